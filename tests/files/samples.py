"""Contents, and reading them back."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from parsepy.files.base import FileStore, StoredFile

Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[FileStore]]

LARGE = bytes(range(251)) * 8_000
"""Two megabytes, and no chunk of it like another."""


class BrokenUpload(Exception):
    """What a test's upload ends with."""


async def parts(content: bytes, size: int = 70_001) -> AsyncIterator[bytes]:
    for at in range(0, len(content), size):
        yield content[at : at + size]


async def broken(content: bytes) -> AsyncIterator[bytes]:
    async for part in parts(content):
        yield part
    raise BrokenUpload


async def listed(files: FileStore) -> list[StoredFile]:
    return [file async for file in files.stored()]


def later() -> datetime:
    """Behind everything that has been written: some stores count seconds."""
    return datetime.now(UTC) + timedelta(seconds=2)


async def whole(files: FileStore, name: str) -> bytes | None:
    file = await files.open(name)
    if file is None:
        return None
    try:
        return b"".join([part async for part in file.read(0, file.stored.length)])
    finally:
        await file.close()
