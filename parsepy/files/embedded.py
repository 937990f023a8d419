"""Files beside an SQLite database: contents in a folder, and an index that says which they are.

`app.sqlite` has `app.sqlite.files/`: `index.sqlite`, and `contents/3f/3fa8…`, one file for each
upload, under a random name. A row of the index is what makes a file be there: it is written after
the content has reached the disk, and goes before the content is removed. A process that is killed
leaves at most a content that no row names.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final
from uuid import uuid4

from parsepy.files.base import READ_SIZE, OpenFile, StoredFile
from parsepy.files.embedded_index import Index
from parsepy.files.parts import in_parts_of, in_thread
from parsepy.types import JSONObject

WRITE_SIZE: Final = 1 << 20
"""Bytes of an upload that are written at once: each write costs a hop to a thread."""


class FolderFiles:
    """A `FileStore` in `folder`, made at the first upload. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._contents = folder / "contents"
        self._index = Index(folder / "index.sqlite")

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        version = uuid4().hex
        written = _WrittenContent(self._path(version))
        try:
            length = 0
            await in_thread(written.create)
            async for part in in_parts_of(WRITE_SIZE, content):
                await in_thread(written.write, part)
                length += len(part)
            await in_thread(written.finish)
        except BaseException:
            await asyncio.shield(in_thread(written.discard))
            raise
        await in_thread(self._make_visible, StoredFile(name, length, version, metadata))

    def _make_visible(self, file: StoredFile) -> None:
        try:
            replaced = self._index.put(file)
        except BaseException:
            self._path(file.version).unlink(missing_ok=True)
            raise
        if replaced is not None:
            self._path(replaced).unlink(missing_ok=True)

    async def open(self, name: str) -> OpenFile | None:
        """Opened before it is answered: deleting it meanwhile does not take it away."""
        file = self._index.find(name)
        while file is not None:
            try:
                return _OpenFile(file, os.open(self._path(file.version), os.O_RDONLY))
            except FileNotFoundError:
                missing, file = file, self._index.find(name)
                if file is not None and file.version == missing.version:
                    # The folder has lost it; a backup may have left it out.
                    return None
        return None

    def location(self, name: str) -> str | None:
        return None

    async def find(self, name: str) -> StoredFile | None:
        return self._index.find(name)

    async def delete(self, name: str) -> bool:
        return await in_thread(self._delete, name)

    def _delete(self, name: str) -> bool:
        version = self._index.delete(name)
        if version is None:
            return False
        self._path(version).unlink(missing_ok=True)
        return True

    async def erase(self) -> None:
        await in_thread(self._erase)

    def _erase(self) -> None:
        for version in self._index.clear():
            self._path(version).unlink(missing_ok=True)

    async def close(self) -> None:
        await in_thread(self._index.close)

    def _path(self, version: str) -> Path:
        return self._contents / version[:2] / version


class _OpenFile:
    def __init__(self, stored: StoredFile, descriptor: int) -> None:
        self.stored = stored
        self._descriptor = descriptor

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            part = await in_thread(os.pread, self._descriptor, min(READ_SIZE, end - start), start)
            if not part:
                raise OSError(f"the content of {self.stored.name} is shorter than its index says")
            start += len(part)
            yield part

    async def close(self) -> None:
        os.close(self._descriptor)


class _WrittenContent:
    """A content on its way to the disk. Each step waits for it, so none is for the loop."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._descriptor: int | None = None

    def create(self) -> None:
        # `mkdir(parents=True)` would leave the folders above open to all.
        for folder in _folders(self._path):
            folder.mkdir(mode=0o700, exist_ok=True)
        self._descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def write(self, part: bytes) -> None:
        assert self._descriptor is not None
        left = memoryview(part)
        while left:
            left = left[os.write(self._descriptor, left) :]

    def finish(self) -> None:
        """Syncs the content and its folders: a row must not name what a power cut takes."""
        assert self._descriptor is not None
        os.fsync(self._descriptor)
        self._close()
        for folder in _folders(self._path):
            opened = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(opened)
            finally:
                os.close(opened)

    def discard(self) -> None:
        self._close()
        self._path.unlink(missing_ok=True)

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)


def _folders(path: Path) -> tuple[Path, ...]:
    """That of the store, that of its contents, and the one that holds this content."""
    return tuple(path.parents[2::-1])
