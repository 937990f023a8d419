"""A store that a command may copy from, as `filesAdapter` names it: reading one of its files stops
in the middle for as long as it should."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

from parsepy.files.base import OpenFile, StoredFile
from parsepy.files.held import HeldFile
from parsepy.files.memory import MemoryFiles
from parsepy.types import JSONMapping

HELD: Final = "f10"
NAMES: Final = [f"f{number:02}" for number in range(20)]


def content(name: str) -> bytes:
    """That of `HELD` is too long to be written at once."""
    return name.encode() * (1_000_000 if name == HELD else 100_000)


class HeldSource(MemoryFiles):
    """Has `NAMES`; `HELD` can be read to its end once the file `go` is there."""

    def __init__(self, options: JSONMapping) -> None:
        super().__init__()
        self._go = Path(str(options["go"]))

    async def open(self, name: str) -> OpenFile | None:
        if name not in NAMES:
            return None
        file = HeldFile.made(name, content(name), {})
        return _StoppingFile(file, self._go) if name == HELD else file

    async def find(self, name: str) -> StoredFile | None:
        file = await self.open(name)
        return None if file is None else file.stored

    async def stored(self) -> AsyncIterator[StoredFile]:
        for name in NAMES:
            file = await self.find(name)
            assert file is not None
            yield file


class _StoppingFile:
    def __init__(self, file: HeldFile, go: Path) -> None:
        self.stored = file.stored
        self._file = file
        self._go = go

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        middle = (start + end) // 2
        async for part in self._file.read(start, middle):
            yield part
        if not self._go.exists():
            await asyncio.Event().wait()
        async for part in self._file.read(middle, end):
            yield part

    async def close(self) -> None:
        return None
