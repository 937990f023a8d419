"""Files beside an SQLite database: an index that says which they are, and a folder of contents.

`app.sqlite` has `app.sqlite.files/`: `index.sqlite`, and `contents/3f/3fa8…`, one file for each
large upload, under a random name. A small content is in the index: one write to the disk keeps it
and its name, where a file needs three, and several uploads share it. A row of the index is what
makes a file be there: it is written after a large content has reached the disk, and goes before the
content is removed. A process that is killed leaves at most a content that no row names.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import uuid4

from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.disk import WRITE_SIZE, Folders, OpenOnDisk, Written, seen_in
from parsepy.files.embedded.index import Gone, Index
from parsepy.files.held import HeldFile
from parsepy.files.parts import in_parts_of, in_thread
from parsepy.types import JSONObject

IN_INDEX: Final = 128 << 10
"""Bytes of the largest content that is kept in the index. Above, writing it twice, to SQLite's log
and to its place, costs more than the writes for a file; below, reading it is no work for a
thread."""


class EmbeddedFiles:
    """A `FileStore` in `folder`, made at the first upload. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._contents = folder / "contents"
        self._folders = Folders(folder)
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
        parts = in_parts_of(WRITE_SIZE, content)
        first = await anext(parts, b"")
        if len(first) <= IN_INDEX:
            file = StoredFile(name, len(first), version, metadata)
            await self._removed(await self._index.put(file, first))
            return
        written = Written(self._path(version), self._folders)
        try:
            await in_thread(written.begin, first)
            length = len(first)
            async for part in parts:
                await in_thread(written.write, part)
                length += len(part)
            await in_thread(written.finish)
        except BaseException:
            await asyncio.shield(in_thread(written.discard))
            raise
        try:
            gone = await self._index.put(StoredFile(name, length, version, metadata))
        except Exception:
            # The index has refused it. One that was cancelled is in the index.
            await in_thread(written.discard)
            raise
        await self._removed(gone)

    async def open(self, name: str) -> OpenFile | None:
        """Opened before it is answered: deleting it meanwhile does not take it away."""
        found = await self._index.read(name)
        while found is not None:
            if found.content is not None:
                return HeldFile(found.file, found.content)
            try:
                return OpenOnDisk.opened(found.file, self._path(found.file.version))
            except FileNotFoundError:
                missing, found = found, await self._index.read(name)
                if found is not None and found.file.version == missing.file.version:
                    # The folder has lost it; a backup may have left it out.
                    return None
        return None

    def location(self, name: str) -> str | None:
        return None

    async def find(self, name: str) -> StoredFile | None:
        return await self._index.find(name)

    async def delete(self, name: str) -> bool:
        gone = await self._index.delete(name)
        await self._removed(gone)
        return gone is not None

    async def _removed(self, gone: Gone | None) -> None:
        if gone is not None and gone.on_disk is not None:
            # What happened to the file has happened. A sweep finds what stays.
            with suppress(OSError):
                await in_thread(self._unlink, gone.on_disk)

    async def stored(self) -> AsyncIterator[StoredFile]:
        page = await self._index.page("")
        while page:
            for file in page:
                yield file
            page = await self._index.page(page[-1].name)

    async def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        """Contents that no row names."""
        for folder in await in_thread(lambda: sorted(self._contents.glob("??"))):
            for leftover in await self._unnamed_in(folder):
                if leftover.changed_at < before:
                    yield leftover

    async def remove_leftover(self, leftover: Leftover) -> bool:
        if leftover not in await self._unnamed_in(self._path(leftover.key).parent):
            return False
        await in_thread(self._unlink, leftover.key)
        return True

    async def _unnamed_in(self, folder: Path) -> list[Leftover]:
        seen = await in_thread(seen_in, folder)
        named = await self._index.named({leftover.key for leftover in seen})
        return [leftover for leftover in seen if leftover.key not in named]

    async def erase(self) -> None:
        versions = await self._index.clear()
        await in_thread(self._unlink, *versions)

    async def close(self) -> None:
        await self._index.close()

    def _unlink(self, *versions: str) -> None:
        for version in versions:
            self._path(version).unlink(missing_ok=True)

    def _path(self, version: str) -> Path:
        return self._contents / version[:2] / version
