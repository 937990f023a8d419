"""Files beside a database in memory: gone with the process."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import uuid4

from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.held import HeldFile
from parsepy.files.parts import each
from parsepy.types import JSONObject


class MemoryFiles:
    """A `FileStore` for `sqlite::memory:`."""

    def __init__(self) -> None:
        self._files: dict[str, HeldFile] = {}

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        data = b"".join([part async for part in content])
        stored = StoredFile(name, len(data), uuid4().hex, dict(metadata), datetime.now(UTC))
        self._files[name] = HeldFile(stored, data)

    async def open(self, name: str) -> OpenFile | None:
        return self._files.get(name)

    def location(self, name: str) -> str | None:
        return None

    async def find(self, name: str) -> StoredFile | None:
        file = self._files.get(name)
        return None if file is None else file.stored

    async def delete(self, name: str) -> bool:
        return self._files.pop(name, None) is not None

    def stored(self) -> AsyncIterator[StoredFile]:
        return each([file.stored for file in self._files.values()])

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        return each(())

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return False

    async def erase(self) -> None:
        self._files.clear()

    async def close(self) -> None:
        return None
