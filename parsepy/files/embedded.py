"""Files beside an SQLite database: contents in a folder, and an index that says which they are.

`app.sqlite` has `app.sqlite.files/`: `index.sqlite`, and `contents/3f/3fa8…`, one file for each
upload, under a random name. A row of the index is what makes a file be there: it is written after
the content has reached the disk, and goes before the content is removed. A process that is killed
leaves at most a content that no row names.
"""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.disk import WRITE_SIZE, Folders, OpenOnDisk, Written, seen_in
from parsepy.files.embedded_index import Index
from parsepy.files.parts import finished, in_parts_of, in_thread
from parsepy.types import JSONObject


class EmbeddedFiles:
    """A `FileStore` in `folder`, made at the first upload. Several processes may share it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._contents = folder / "contents"
        self._folders = Folders(folder)
        self._small = _one_thread()
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
        written = Written(self._path(version), self._folders)
        parts = in_parts_of(WRITE_SIZE, content)
        first = await anext(parts, b"")
        if len(first) < WRITE_SIZE:
            file = StoredFile(name, len(first), version, metadata)
            loop = asyncio.get_running_loop()
            await finished(
                loop.run_in_executor(self._small, self._save_small, written, first, file)
            )
            return
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
        await in_thread(self._make_visible, StoredFile(name, length, version, metadata))

    def _save_small(self, written: Written, content: bytes, file: StoredFile) -> None:
        """All at once: each step of its own would cost more than the writing."""
        try:
            written.begin(content)
            written.finish()
        except BaseException:
            written.discard()
            raise
        self._make_visible(file)

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
                return OpenOnDisk.opened(file, self._path(file.version))
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

    async def stored(self) -> AsyncIterator[StoredFile]:
        page = self._index.page("")
        while page:
            for file in page:
                yield file
            page = self._index.page(page[-1].name)

    async def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        """Contents that no row names."""
        for folder in await in_thread(lambda: sorted(self._contents.glob("??"))):
            for leftover in await in_thread(self._unnamed_in, folder):
                if leftover.changed_at < before:
                    yield leftover

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return await in_thread(self._remove_leftover, leftover)

    def _unnamed_in(self, folder: Path) -> list[Leftover]:
        seen = seen_in(folder)
        named = self._index.named({leftover.key for leftover in seen})
        return [leftover for leftover in seen if leftover.key not in named]

    def _remove_leftover(self, leftover: Leftover) -> bool:
        path = self._path(leftover.key)
        if leftover not in self._unnamed_in(path.parent):
            return False
        path.unlink(missing_ok=True)
        return True

    async def erase(self) -> None:
        await in_thread(self._erase)

    def _erase(self) -> None:
        for version in self._index.clear():
            self._path(version).unlink(missing_ok=True)

    async def close(self) -> None:
        done, self._small = self._small, _one_thread()
        await in_thread(done.shutdown)
        await in_thread(self._index.close)

    def _path(self, version: str) -> Path:
        return self._contents / version[:2] / version


def _one_thread() -> ThreadPoolExecutor:
    """For all small files: several threads would spend more on taking turns in the interpreter than
    on the files. It begins with the first of them."""
    return ThreadPoolExecutor(1, thread_name_prefix="parsepy-files")
