"""Appending to a file that others append to as well."""

import errno
import os
from pathlib import Path

import pytest

from parsepy.logs.files.writing import GrowingFile


def test_what_is_appended_is_there_and_readable_for_the_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file"
    file = GrowingFile(path)
    file.append(b"one\n")
    file.append(b"two\n")
    file.close()

    assert path.read_bytes() == b"one\ntwo\n"
    assert path.stat().st_mode & 0o007 == 0
    assert path.parent.stat().st_mode & 0o007 == 0


def test_two_writers_of_one_file_do_not_write_over_each_other(tmp_path: Path) -> None:
    one, two = GrowingFile(tmp_path / "file"), GrowingFile(tmp_path / "file")
    for _ in range(3):
        one.append(b"one\n")
        two.append(b"two\n")
    one.close()
    two.close()

    assert (tmp_path / "file").read_bytes() == b"one\ntwo\n" * 3


def test_what_a_full_disk_has_torn_does_not_tear_the_next_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = GrowingFile(tmp_path / "file")
    real_write = os.write
    calls: list[int] = []

    def full(descriptor: int, content: bytes) -> int:
        calls.append(len(content))
        if len(calls) > 1:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, content[:3])

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OSError, match="No space"):
        file.append(b"torn apart\n")
    monkeypatch.undo()
    file.append(b"whole\n")
    file.close()

    assert (tmp_path / "file").read_bytes() == b"tor\nwhole\n"


def test_a_file_that_was_moved_away_is_noticed(tmp_path: Path) -> None:
    file = GrowingFile(tmp_path / "file")
    assert file.is_there()

    (tmp_path / "file").rename(tmp_path / "file.1")
    assert not file.is_there()

    (tmp_path / "file").touch()
    assert not file.is_there(), "another one has its name"
    file.close()
