"""`Content`: the bytes of a file, wherever they still are."""

from collections.abc import AsyncIterable, AsyncIterator, Callable
from typing import TypeAlias

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.files.base import READ_SIZE, FileStore

Reading: TypeAlias = Callable[[], AsyncIterator[bytes]]
"""Begins to read from the first byte."""


class Content:
    """Bytes that pass by, unless somebody wants to have them whole: then they are kept."""

    __slots__ = ("_reading", "_whole")

    def __init__(self, source: bytes | Reading) -> None:
        self._whole = source if isinstance(source, bytes) else None
        self._reading = None if isinstance(source, bytes) else source

    async def whole(self) -> bytes:
        """Raises what reading raises."""
        if self._whole is None:
            self._whole = b"".join([part async for part in self.parts()])
        return self._whole

    @property
    def held(self) -> bytes | None:
        """All of it, if it is in memory."""
        return self._whole

    async def parts(self) -> AsyncIterator[bytes]:
        """In parts of a bounded size. Raises what reading raises."""
        if self._whole is None:
            assert self._reading is not None
            async for part in self._reading():
                yield part
            return
        for at in range(0, len(self._whole), READ_SIZE):
            yield self._whole[at : at + READ_SIZE]


def once(source: AsyncIterable[bytes]) -> Reading:
    """A source that is there for one reading. A second one raises 130."""
    unread = [source]

    def read() -> AsyncIterator[bytes]:
        if not unread:
            raise ParseError(Code.FILE_SAVE_ERROR, "The bytes of this file have been read already.")
        return aiter(unread.pop())

    return read


async def stored(store: FileStore, name: str) -> AsyncIterator[bytes]:
    """A file of a store, which is opened when reading begins. Raises 101."""
    file = await store.open(name)
    if file is None:
        raise errors.object_not_found("File not found.")
    try:
        async for part in file.read(0, file.stored.length):
            yield part
    finally:
        await file.close()
