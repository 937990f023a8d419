"""Marks: numbers that change whenever what they stand for has changed, in whichever process.

A topic (`user:xWMyZ4`) has one of a few thousand slots; two topics may share one, which costs a
look-up now and then and nothing else. A mark is never counted up, it gets a new random number: so
writers need no lock, and no reader takes a new mark for an old one.
"""

import os
import zlib
from collections.abc import Iterable
from typing import Final, Protocol

SLOTS: Final = 8192
SIZE: Final = SLOTS * 8


def slot_of(topic: str) -> int:
    """The same in every process, which `hash` is not."""
    return zlib.crc32(topic.encode()) % SLOTS


class Marks(Protocol):
    view: "memoryview[int]"
    """The marks by slot, as they are at the moment of looking."""

    def refresh(self) -> None:
        """Sees to it, now and then, that `view` is the one that others have too."""

    def touch(self, slots: Iterable[int]) -> None:
        """Changes the marks, in this order."""

    def touch_all(self) -> None: ...

    def close(self) -> None: ...


class PrivateMarks:
    """For a process whose store nobody else opens."""

    def __init__(self) -> None:
        self.view = memoryview(bytearray(os.urandom(SIZE))).cast("Q")

    def refresh(self) -> None: ...

    def touch(self, slots: Iterable[int]) -> None:
        touch(self.view, slots)

    def touch_all(self) -> None:
        touch_all(self.view)

    def close(self) -> None: ...


def touch(view: "memoryview[int]", slots: Iterable[int]) -> None:
    for slot in slots:
        view[slot] = int.from_bytes(os.urandom(8), "little")


def touch_all(view: "memoryview[int]") -> None:
    view[:] = memoryview(os.urandom(SIZE)).cast("Q")
