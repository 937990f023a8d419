"""Lines from either end of a file."""

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.logs.files import lines


@given(
    st.lists(st.binary(max_size=30).map(lambda line: line.replace(b"\n", b"")), max_size=20),
    st.integers(1, 9),
)
def test_both_ends_give_the_same_lines(
    tmp_path_factory: pytest.TempPathFactory, content: list[bytes], block: int
) -> None:
    path = tmp_path_factory.mktemp("lines") / "file"
    path.write_bytes(b"".join(line + b"\n" for line in content))
    with pytest.MonkeyPatch.context() as patch, path.open("rb") as file:
        patch.setattr(lines, "BLOCK", block)
        end = lines.end_of(file)
        backwards = list(lines.backwards(file, end))
        forwards = list(lines.forwards(file, 0))

    assert forwards == content
    assert backwards == [line for line in reversed(content) if line]


def test_a_line_that_is_being_written_is_not_there_yet(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo\nthr")
    with path.open("rb") as file:
        end = lines.end_of(file)
        assert list(lines.backwards(file, end)) == [b"two", b"one"]
        assert list(lines.forwards(file, 0)) == [b"one", b"two"]


def test_a_line_that_is_too_long_is_left_out_without_being_held(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with path.open("wb") as out:
        out.write(b"first\n")
        for _ in range(200):
            out.write(b"x" * (200 << 10))
        out.write(b"\nlast\n")
    tracemalloc.start()
    try:
        with path.open("rb") as file:
            assert list(lines.backwards(file, lines.end_of(file))) == [b"last", b"first"]
            assert list(lines.forwards(file, 0)) == [b"first", b"last"]
        assert tracemalloc.get_traced_memory()[1] < 8 << 20, "the file has 40 MB"
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("wanted", [-1, 0, 1, 4_321, 49_999, 50_000, 99_999])
def test_a_place_is_found_without_reading_what_is_before_it(tmp_path: Path, wanted: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"%020d\n" % number for number in range(50_000)))
    looked_at: list[int] = []

    def is_behind(line: bytes) -> bool | None:
        looked_at.append(int(line))
        return int(line) > wanted

    with path.open("rb") as file:
        end = lines.end_of(file)
        first, last = lines.around(file, end, is_behind)
        place = min(max(wanted + 1, 0), 50_000) * 21

    assert first <= place <= last
    assert last - first <= 3 * lines.BLOCK
    assert first % 21 == last % 21 == 0
    assert len(looked_at) < 20


def test_lines_that_say_nothing_are_passed_by(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"%020d\n" % number for number in range(10_000)))
    with path.open("rb") as file:
        found = lines.around(
            file, lines.end_of(file), lambda line: int(line) > 5000 if line[-1:] == b"7" else None
        )

    assert found[0] <= 5001 * 21 <= found[1]
