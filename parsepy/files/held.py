"""A file whose bytes are in memory."""

import hashlib
from collections.abc import AsyncIterator

from parsepy.files.base import READ_SIZE, StoredFile
from parsepy.types import JSONObject


class HeldFile:
    """An `OpenFile`."""

    def __init__(self, stored: StoredFile, data: bytes) -> None:
        self.stored = stored
        self._data = data

    @classmethod
    def made(cls, name: str, data: bytes, metadata: JSONObject) -> "HeldFile":
        """One that no store has: the same bytes are the same version."""
        version = hashlib.sha256(data).hexdigest()[:32]
        return cls(StoredFile(name, len(data), version, metadata), data)

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        for at in range(start, end, READ_SIZE):
            yield self._data[at : min(at + READ_SIZE, end)]

    async def close(self) -> None:
        return None
