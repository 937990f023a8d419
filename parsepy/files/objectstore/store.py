"""Files in a bucket.

An object is there when its upload is complete, as a whole, in place of what was there. What a
server that was killed has begun to upload is no object; `unfinished.py` says who knows of it.
"""

import logging
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

import obstore
from obstore.exceptions import BaseError

from parsepy.errors import database_error
from parsepy.files import media_types
from parsepy.files.base import READ_SIZE, Leftover, OpenFile, StoredFile
from parsepy.files.objectstore.metadata import as_attributes, from_attributes
from parsepy.files.objectstore.settings import Place, without_secrets
from parsepy.files.objectstore.signing import signed_by_client
from parsepy.files.objectstore.upload import put
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

WINDOW: Final = 2 << 20
"""Bytes that are asked for at once: a slow client holds no connection to the service open."""

_LISTED_AT_ONCE: Final = 500
_KEPT: Final = "/!'()*"
_UNSAFE: Final = re.compile(r"[^0-9A-Za-z_-]")
_FAILURES: Final = (BaseError, OSError)


class ObjectStoreFiles:
    """A `FileStore`."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._store = place.store

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        key = self._key(name)
        if key is None:
            raise OSError("the service takes no such name")
        attributes = as_attributes(metadata)
        attributes["Content-Type"] = media_types.content_type_of(name)
        if self._place.cache_control is not None:
            attributes["Cache-Control"] = self._place.cache_control
        try:
            await put(self._store, key, content, attributes=attributes, tags=_texts(tags))
        except BaseError as error:
            raise OSError(self._told(error)) from None

    @property
    def address(self) -> str:
        """Where all keys begin."""
        return f"{self._place.address}/{self._place.prefix}"

    def location(self, name: str) -> str | None:
        place = self._place
        key = self._key(name) if place.direct_access else None
        if key is None:
            return None
        signed = None
        if place.expires is not None and (signed := self._signed(key, place.expires)) is None:
            return None
        if place.base_url is None:
            return signed or f"{place.address}/{quote(key, safe=_KEPT)}"
        shown = key if place.prefix_in_address else name
        url = f"{place.base_url}/{quote(shown, safe=_KEPT)}"
        return url if signed is None else f"{url}?{signed.partition('?')[2]}"

    def _signed(self, key: str, expires: timedelta) -> str | None:
        sign = self._place.sign or signed_by_client
        with self._reading():
            # Computed here, in 0.1 ms, unless the key has to be asked for first.
            return sign(self._store, key, expires)

    async def open(self, name: str) -> OpenFile | None:
        stored = await self.find(name)
        key = self._key(name)
        return None if stored is None or key is None else _OpenFile(self, key, stored)

    async def find(self, name: str) -> StoredFile | None:
        key = self._key(name)
        if key is None:
            return None
        with self._reading():
            try:
                found = await obstore.get_async(self._store, key, options={"head": True})
            except FileNotFoundError:
                return None
        return _stored(name, found.meta, from_attributes(found.attributes))

    async def delete(self, name: str) -> bool:
        key = self._key(name)
        if key is None or await self.find(name) is None:
            return False
        with self._reading():
            try:
                await obstore.delete_async(self._store, key)
            except FileNotFoundError:
                # Somebody else was faster; S3 does not tell.
                return False
        return True

    async def stored(self) -> AsyncIterator[StoredFile]:
        prefix = self._place.prefix
        folder = prefix.rpartition("/")[0] or None
        with self._reading():
            async for page in obstore.list(self._store, folder, chunk_size=_LISTED_AT_ONCE):
                for meta in page:
                    if meta["path"].startswith(prefix):
                        yield _stored(meta["path"].removeprefix(prefix), meta, {})

    async def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        unfinished = self._place.unfinished
        with self._reading():
            async for leftover in unfinished.before(self._place.prefix, before):
                yield leftover

    async def remove_leftover(self, leftover: Leftover) -> bool:
        with self._reading():
            return await self._place.unfinished.remove(leftover)

    async def erase(self) -> None:
        names = [file.name async for file in self.stored()]
        for name in names:
            await self.delete(name)

    async def close(self) -> None:
        """obstore's connections close with the process."""
        await self._place.unfinished.close()

    async def part(self, key: str, start: int, end: int, stored: StoredFile) -> bytes:
        """A part of one version. Raises when it is another one's by now."""
        with self._reading():
            found = await obstore.get_async(self._store, key, options={"range": (start, end)})
            if _version(found.meta) != stored.version:
                raise database_error()
            return bytes(await found.bytes_async())

    def _key(self, name: str) -> str | None:
        """`None` for a name that the service, or its client, would take for another one."""
        key = self._place.prefix + name
        is_key = name.isprintable() and not any(
            segment in ("", ".", "..") for segment in key.split("/")
        )
        return key if is_key else None

    @contextmanager
    def _reading(self) -> Iterator[None]:
        try:
            yield
        except _FAILURES as error:
            _log.error("the file store has failed: %s", self._told(error))
            raise database_error() from None

    def _told(self, error: Exception) -> str:
        return without_secrets(f"{type(error).__name__}: {error}", self._place.secrets)


class _OpenFile:
    def __init__(self, files: ObjectStoreFiles, key: str, stored: StoredFile) -> None:
        self.stored = stored
        self._files = files
        self._key = key

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        while start < end:
            window = await self._files.part(self._key, start, min(start + WINDOW, end), self.stored)
            if not window:
                raise database_error()
            for at in range(0, len(window), READ_SIZE):
                yield window[at : at + READ_SIZE]
            start += len(window)

    async def close(self) -> None:
        return None


def _stored(name: str, meta: Any, metadata: JSONObject) -> StoredFile:
    return StoredFile(name, int(meta["size"]), _version(meta), metadata, meta["last_modified"])


def _version(meta: Any) -> str:
    """The same bytes have the same tag at S3: the time tells two uploads of them apart."""
    tag = _UNSAFE.sub("", meta["e_tag"] or "")
    return f"{tag}-{int(meta['last_modified'].timestamp()):x}"


def _texts(tags: JSONObject | None) -> dict[str, str] | None:
    return {name: str(value) for name, value in tags.items()} if tags else None
