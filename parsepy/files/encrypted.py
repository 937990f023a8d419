"""A store whose files are encrypted as parse-server encrypts them, whichever store is below.

GCM vouches for a file as a whole. So it is read once from end to end before anything of it is
given out, and the versions that were found genuine are remembered; then any part can be decrypted
alone. A reader of the whole file has its end only after the tag was found right once more: what is
exchanged below in between comes to nobody as a complete file.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime
from typing import Final
from weakref import WeakValueDictionary

from parsepy.errors import ParseError, database_error
from parsepy.files.base import FileStore, Leftover, OpenFile, StoredFile
from parsepy.files.encryption import TRAILER_SIZE, Counted, NotGenuine, decrypted, encrypted
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

REMEMBERED: Final = 10_000
"""Versions that are known to be genuine, at most."""


class EncryptedFiles:
    """A `FileStore` before another. `key` has 32 bytes."""

    def __init__(self, below: FileStore, key: bytes) -> None:
        self._below = below
        self._key = key
        self._genuine: OrderedDict[str, None] = OrderedDict()
        self._reading: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        await self._below.save(name, encrypted(self._key, content), metadata, tags=tags)

    async def open(self, name: str) -> OpenFile | None:
        """`None` also for a file that is not encrypted with this key, as with parse-server."""
        below = await self._below.open(name)
        if below is None:
            return None
        try:
            file = await self._genuinely(below)
        except BaseException:
            await below.close()
            raise
        if file is None:
            _log.error("file %s is not encrypted with the app's key, or was changed", name)
            await below.close()
        return file

    def location(self, name: str) -> str | None:
        return self._below.location(name)

    async def find(self, name: str) -> StoredFile | None:
        stored = await self._below.find(name)
        return None if stored is None else _plain(stored)

    async def delete(self, name: str) -> bool:
        return await self._below.delete(name)

    async def stored(self) -> AsyncIterator[StoredFile]:
        async for stored in self._below.stored():
            yield _plain(stored)

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        return self._below.leftovers(before)

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return await self._below.remove_leftover(leftover)

    async def erase(self) -> None:
        await self._below.erase()

    async def close(self) -> None:
        await self._below.close()

    async def _genuinely(self, below: OpenFile) -> "_OpenFile | None":
        version = below.stored.version
        # Whoever wants the same file meanwhile waits: one reading is enough.
        lock = self._reading.setdefault(version, asyncio.Lock())
        async with lock:
            if version in self._genuine:
                self._genuine.move_to_end(version)
                return await _opened(below, self._key)
            file = await _opened(below, self._key)
            if file is None or not await file.is_genuine():
                return None
            self._genuine[version] = None
            if len(self._genuine) > REMEMBERED:
                self._genuine.popitem(last=False)
            return file


class _OpenFile:
    def __init__(self, below: OpenFile, key: bytes, trailer: bytes) -> None:
        self.stored = _plain(below.stored)
        self._below = below
        self._key = key
        self._trailer = trailer

    async def is_genuine(self) -> bool:
        try:
            async for _part in self._whole():
                pass
        except NotGenuine:
            return False
        return True

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        if (start, end) == (0, self.stored.length):
            try:
                async for part in self._whole():
                    yield part
            except NotGenuine:
                _log.error("file %s was changed while it was read", self.stored.name)
                raise database_error() from None
            return
        counted = Counted(self._key, self._trailer)
        async for part in self._below.read(start, end):
            yield counted.part(start, part)
            start += len(part)

    async def close(self) -> None:
        await self._below.close()

    def _whole(self) -> AsyncIterator[bytes]:
        ciphertext = self._below.read(0, self.stored.length)
        return decrypted(self._key, self._trailer, ciphertext)


async def _opened(below: OpenFile, key: bytes) -> _OpenFile | None:
    length = below.stored.length
    if length < TRAILER_SIZE:
        return None
    trailer = b"".join([part async for part in below.read(length - TRAILER_SIZE, length)])
    return _OpenFile(below, key, trailer)


async def is_encrypted(store: FileStore, name: str, key: bytes) -> bool | None:
    """Whether a file of `store` is encrypted with `key`, whole and unchanged; `None` where there is
    no such file, or it is broken."""
    file = await store.open(name)
    if file is None:
        return None
    try:
        opened = await _opened(file, key)
        return opened is not None and await opened.is_genuine()
    except (ParseError, OSError):
        return None
    finally:
        await file.close()


def _plain(stored: StoredFile) -> StoredFile:
    return replace(stored, length=max(stored.length - TRAILER_SIZE, 0))
