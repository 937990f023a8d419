"""Files in a folder, named as npm's `@parse/fs-files-adapter` names them, in place.

`files/<sub-directory>/<name>` holds the bytes, the name encoded as JavaScript's
`encodeURIComponent` does it: slashes too, so that the folder is flat. That adapter keeps no
metadata and passes over names that begin with a dot; here `.metadata/` holds them, under the same
names, and `.uploads/` what is on its way. An upload is renamed into its place when it is on the
disk.
"""

import asyncio
import errno
import os
import stat
import threading
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote
from uuid import uuid4

from parsepy.errors import Code, ParseError
from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.disk import WRITE_SIZE, Folders, OpenOnDisk, Written, seen_in
from parsepy.files.folder_metadata import FolderMetadata
from parsepy.files.parts import in_parts_of, in_thread
from parsepy.types import JSONObject

_KEPT: Final = "!'()*"
"""What `encodeURIComponent` leaves beside letters, digits and `-_.~`."""

_MISSING: Final = frozenset({errno.ENOENT, errno.ENOTDIR, errno.ENAMETOOLONG, errno.ENXIO})
_LISTED_AT_ONCE: Final = 500
_UPLOADS: Final = ".uploads"


class FolderFiles:
    """A `FileStore` in `folder`, which is made at the first upload. Several processes may share it,
    parse-server among them.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folders = Folders(folder)
        self._metadata = FolderMetadata(folder, self._folders)
        self._changing = threading.Lock()

    @property
    def folder(self) -> Path:
        return self._folder

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        path = self._path(name)
        if path is None:
            raise ParseError(Code.INVALID_FILE_NAME, "Filename contains invalid characters.")
        written = Written(self._folder / _UPLOADS / uuid4().hex, self._folders)
        try:
            await in_thread(self._folder.mkdir, 0o700, parents=True, exist_ok=True)
            await in_thread(written.create)
            async for part in in_parts_of(WRITE_SIZE, content):
                await in_thread(written.write, part)
            await in_thread(written.finish)
            await in_thread(self._make_visible, written, path, metadata)
        except BaseException:
            await asyncio.shield(in_thread(written.discard))
            raise

    def _make_visible(self, written: Written, path: Path, metadata: JSONObject) -> None:
        # Metadata are there when the file is. Two uploads of one name must not mix theirs.
        with self._changing:
            self._metadata.put(path.name, metadata)
            written.rename(path)

    async def open(self, name: str) -> OpenFile | None:
        return await in_thread(self._open, name)

    def _open(self, name: str) -> OpenFile | None:
        path = self._path(name)
        if path is None:
            return None
        metadata = self._metadata.of(path.name)
        try:
            # What is no file, such as a pipe, must not be waited for.
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        except OSError as error:
            _check_missing(error)
            return None
        found = os.fstat(descriptor)
        if not stat.S_ISREG(found.st_mode):
            os.close(descriptor)
            return None
        return OpenOnDisk(_stored(name, found, metadata), descriptor)

    def location(self, name: str) -> str | None:
        return None

    async def find(self, name: str) -> StoredFile | None:
        return await in_thread(self._find, name)

    def _find(self, name: str) -> StoredFile | None:
        path = self._path(name)
        if path is None:
            return None
        try:
            found = path.stat()
        except OSError as error:
            _check_missing(error)
            return None
        if not stat.S_ISREG(found.st_mode):
            return None
        return _stored(name, found, self._metadata.of(path.name))

    async def delete(self, name: str) -> bool:
        return await in_thread(self._delete, name)

    def _delete(self, name: str) -> bool:
        path = self._path(name)
        with self._changing:
            if path is None or self._find(name) is None:
                return False
            path.unlink(missing_ok=True)
            self._metadata.remove(path.name)
        return True

    async def stored(self) -> AsyncIterator[StoredFile]:
        names = _names_in(self._folder)
        while page := await in_thread(lambda: list(islice(names, _LISTED_AT_ONCE))):
            for file in await in_thread(lambda names: [*map(self._find, names)], page):
                if file is not None:
                    yield file

    async def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        """Uploads that broke off, and metadata of files that are gone."""
        for leftover in await in_thread(self._left_over):
            if leftover.changed_at < before:
                yield leftover

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return await in_thread(self._remove_leftover, leftover)

    def _left_over(self) -> list[Leftover]:
        uploads = [
            Leftover(f"{_UPLOADS}/{seen.key}", seen.size, seen.changed_at)
            for seen in seen_in(self._folder / _UPLOADS)
        ]
        return uploads + self._metadata.without_file()

    def _remove_leftover(self, leftover: Leftover) -> bool:
        with self._changing:
            if leftover not in self._left_over():
                return False
            (self._folder / leftover.key).unlink(missing_ok=True)
        return True

    async def erase(self) -> None:
        async for file in self.stored():
            await self.delete(file.name)

    async def close(self) -> None:
        return None

    def _path(self, name: str) -> Path | None:
        """`None` for a name that no file here can have."""
        if not name or name.startswith("."):
            return None
        encoded = _encoded(name)
        return None if encoded is None else self._folder / encoded


def _encoded(name: str) -> str | None:
    try:
        return quote(name, safe=_KEPT)
    except UnicodeEncodeError:
        return None


def _names_in(folder: Path) -> Iterator[str]:
    if not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        for entry in entries:
            name = unquote(entry.name)
            # Others may lie here that no name of a file leads to.
            if not name.startswith(".") and _encoded(name) == entry.name:
                yield name


def _check_missing(error: OSError) -> None:
    """Raises it again unless it says that there is no such file."""
    if error.errno not in _MISSING:
        raise error


def _stored(name: str, found: os.stat_result, metadata: JSONObject) -> StoredFile:
    version = f"{found.st_mtime_ns:x}-{found.st_size:x}-{found.st_ino:x}"
    uploaded_at = datetime.fromtimestamp(found.st_mtime, UTC)
    return StoredFile(name, found.st_size, version, metadata, uploaded_at)
