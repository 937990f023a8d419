"""Marks in a file that processes share."""

import fcntl
import shutil
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from parsepy.cache.marks import SIZE, SLOTS, PrivateMarks, slot_of
from parsepy.cache.shared_marks import SharedMarks

TOUCH = """
import sys
from pathlib import Path
from parsepy.cache.shared_marks import SharedMarks
marks = SharedMarks(Path(sys.argv[1]))
marks.touch([int(sys.argv[2])])
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "app.marks"


def test_a_slot_is_the_same_in_every_process() -> None:
    command = [sys.executable, "-c", "from parsepy.cache.marks import slot_of as s; print(s('x'))"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout

    assert int(told) == slot_of("x")
    assert len({slot_of(f"user {number}") for number in range(2000)}) > SLOTS / 8


def test_what_another_process_touches_is_seen_at_once(path: Path) -> None:
    marks = SharedMarks(path)
    before = list(marks.view)

    subprocess.run([sys.executable, "-c", TOUCH, str(path), "7"], check=True)

    changed = [slot for slot, mark in enumerate(marks.view) if mark != before[slot]]
    assert changed == [7]
    marks.close()


def test_opening_again_changes_nothing(path: Path) -> None:
    first = SharedMarks(path)
    first.touch([1])
    before = list(first.view)

    second = SharedMarks(path)

    assert list(second.view) == before == list(first.view)
    first.close()
    second.close()


def test_a_new_file_that_another_holds_is_not_waited_for(path: Path) -> None:
    with path.open("wb") as other:
        fcntl.flock(other, fcntl.LOCK_SH)

        with pytest.raises(OSError, match="another size"):
            SharedMarks(path)


def test_who_begin_at_once_have_the_same_marks(tmp_path: Path) -> None:
    at_once = threading.Barrier(4)

    def begin(number: int) -> SharedMarks:
        at_once.wait()
        return SharedMarks(tmp_path / f"{number}.marks")

    with ThreadPoolExecutor(4) as threads:
        for number in range(100):
            found = list(threads.map(begin, [number] * 4))
            assert len({bytes(marks.view) for marks in found}) == 1
            for marks in found:
                marks.close()


def test_the_file_is_for_its_owner_only(path: Path) -> None:
    marks = SharedMarks(path)

    assert path.stat().st_size == SIZE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    marks.close()


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "precious"
    target.write_text("precious")
    path.symlink_to(target)

    with pytest.raises(OSError, match="app"):
        SharedMarks(path)
    assert target.read_text() == "precious"


def test_a_file_of_another_size_is_made_anew(path: Path) -> None:
    path.write_bytes(b"x")
    marks = SharedMarks(path)

    assert path.stat().st_size == SIZE
    assert len(set(marks.view)) == SLOTS
    marks.close()


def test_a_writer_and_a_reader_find_each_other_when_the_file_has_gone(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader, writer = SharedMarks(path), SharedMarks(path)
    seen = reader.view[3]
    path.unlink()

    writer.touch([3])
    in_old_file = reader.view[3]
    later = time.monotonic() + 1.1
    monkeypatch.setattr("parsepy.cache.shared_marks.monotonic", lambda: later)
    reader.refresh()
    in_new_file = reader.view[3]
    writer.touch([3])

    assert len({seen, in_old_file, in_new_file, reader.view[3]}) == 4
    assert list(reader.view) == list(writer.view)
    reader.close()
    writer.close()


def test_the_last_one_removes_the_file(path: Path) -> None:
    first, second = SharedMarks(path), SharedMarks(path)
    view = first.view

    first.close()
    assert path.exists()
    second.close()
    assert not path.exists()
    assert len(view) == SLOTS


def test_where_no_new_file_can_be_made_one_goes_on_alone(
    path: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "gone"
    folder.mkdir()
    marks = SharedMarks(folder / "app.marks")
    shutil.rmtree(folder)
    before = marks.view[1]

    for _ in range(3):
        marks.touch([1])

    assert marks.view[1] != before
    assert len(caplog.records) == 1
    folder.mkdir()
    marks.touch([1])
    assert SharedMarks(folder / "app.marks").view[1] == marks.view[1]
    marks.close()


def test_touching_all_changes_every_mark(path: Path) -> None:
    for marks in (SharedMarks(path), PrivateMarks()):
        before = list(marks.view)
        marks.touch_all()
        assert all(mark != old for mark, old in zip(marks.view, before, strict=True))
        marks.close()


def test_nothing_stays_open(path: Path) -> None:
    before = _open_files()
    marks = SharedMarks(path)
    marks.touch([1])
    marks.close()
    marks.close()
    del marks

    assert _open_files() == before


def _open_files() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))
