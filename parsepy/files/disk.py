"""Contents on a disk: written so that they are whole once they are named, and read in parts."""

import os
import threading
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from parsepy.files.base import READ_SIZE, Leftover, StoredFile
from parsepy.files.parts import in_thread

WRITE_SIZE: Final = 1 << 20
"""Bytes of an upload that are written at once: each write costs a hop to a thread."""


class OpenOnDisk:
    """An `OpenFile`: one file of a disk, which nobody writes any more."""

    def __init__(self, stored: StoredFile, descriptor: int) -> None:
        self.stored = stored
        self._descriptor = descriptor

    @classmethod
    def opened(cls, stored: StoredFile, path: Path) -> "OpenOnDisk":
        """Raises `FileNotFoundError`."""
        return cls(stored, os.open(path, os.O_RDONLY))

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            part = await in_thread(os.pread, self._descriptor, min(READ_SIZE, end - start), start)
            if not part:
                raise OSError(f"the content of {self.stored.name} is shorter than it was")
            start += len(part)
            yield part

    async def close(self) -> None:
        os.close(self._descriptor)


class Folders:
    """The folders of a store. Each is made where it is missing, and known to be there for good,
    once in a process; its steps wait for the disk."""

    def __init__(self, below: Path) -> None:
        self._below = below
        self._known: set[Path] = set()
        self._making = threading.Lock()

    def prepare(self, folder: Path) -> None:
        """`folder` is the store's own, or within."""
        if folder in self._known:
            return
        with self._making:
            # `mkdir(parents=True)` would leave the folders above open to all.
            for each in (self._below, *_between(self._below, folder)):
                if each not in self._known:
                    each.mkdir(mode=0o700, exist_ok=True)
                    if each != self._below:
                        sync_folder(each.parent)
                    self._known.add(each)

    def forget(self) -> None:
        """Somebody has removed some."""
        with self._making:
            self._known.clear()


class Written:
    """A content on its way to the disk. Each step waits for it, so none is for the loop."""

    def __init__(self, path: Path, folders: Folders) -> None:
        self._path = path
        self._folders = folders
        self._descriptor: int | None = None

    def create(self) -> None:
        self._folders.prepare(self._path.parent)
        try:
            self._descriptor = self._created()
        except FileNotFoundError:
            self._folders.forget()
            self._folders.prepare(self._path.parent)
            self._descriptor = self._created()

    def _created(self) -> int:
        return os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def begin(self, part: bytes) -> None:
        self.create()
        self.write(part)

    def write(self, part: bytes) -> None:
        assert self._descriptor is not None
        left = memoryview(part)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def finish(self) -> None:
        """Syncs the content and its folder: nothing must name what a power cut takes."""
        assert self._descriptor is not None
        os.fsync(self._descriptor)
        self._close()
        sync_folder(self._path.parent)

    def rename(self, path: Path) -> None:
        """Puts what is finished in the place of what is there, within the store."""
        self._path.replace(path)
        sync_folder(path.parent)

    def discard(self) -> None:
        """Nothing is left of it, unless it was renamed."""
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """A name is there for good when its folder is."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def seen_in(folder: Path) -> list[Leftover]:
    """The files in a folder, by their names, as leftovers; none where there is no folder."""
    seen = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                try:
                    found = entry.stat(follow_symlinks=False)
                except FileNotFoundError:
                    continue
                if entry.is_file(follow_symlinks=False):
                    changed_at = datetime.fromtimestamp(found.st_mtime, UTC)
                    seen.append(Leftover(entry.name, found.st_size, changed_at))
    except FileNotFoundError:
        return []
    return seen


def _between(below: Path, folder: Path) -> tuple[Path, ...]:
    """From the first one below `below` to `folder` itself."""
    inner = (folder.relative_to(below), *folder.relative_to(below).parents)
    return tuple(below / each for each in reversed(inner) if each != Path())
