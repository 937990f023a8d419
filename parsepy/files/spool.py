"""Bytes that wait until it is known what becomes of them."""

import os
import tempfile
from collections.abc import AsyncIterator
from typing import IO, Final

from parsepy.files.parts import in_thread

IN_MEMORY: Final = 1 << 20
"""Bytes that are kept in memory; more go to a file without a name, which dies with its process."""

_AT_ONCE: Final = 1 << 20
"""Bytes that are written and read at once: each time costs a hop to a thread."""


class Spool:
    """Written from its beginning, then read as often as one likes. Whoever makes it closes it."""

    __slots__ = ("_file", "_waiting", "size")

    def __init__(self) -> None:
        self.size = 0
        self._waiting = bytearray()
        self._file: IO[bytes] | None = None

    @property
    def in_file(self) -> bool:
        return self._file is not None

    async def write(self, part: bytes) -> None:
        self.size += len(part)
        self._waiting += part
        if len(self._waiting) >= (IN_MEMORY if self._file is None else _AT_ONCE):
            await in_thread(self._write_out)

    def _write_out(self) -> None:
        if self._file is None:
            self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115
        left = memoryview(self._waiting)
        while left:
            left = left[os.write(self._file.fileno(), left) :]
        self._waiting = bytearray()

    async def parts(self) -> AsyncIterator[bytes]:
        at = 0
        in_file = self.size - len(self._waiting)
        while self._file is not None and at < in_file:
            wanted = min(_AT_ONCE, in_file - at)
            part = await in_thread(os.pread, self._file.fileno(), wanted, at)
            if not part:
                raise OSError("a temporary file is shorter than what was written to it")
            at += len(part)
            yield part
        waiting = bytes(self._waiting)
        if waiting:
            yield waiting

    async def clear(self) -> None:
        """As if nothing had been written."""
        await self.aclose()
        self.size, self._waiting = 0, bytearray()

    async def aclose(self) -> None:
        file, self._file = self._file, None
        if file is not None:
            await in_thread(file.close)
