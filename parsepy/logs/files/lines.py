"""Lines of a file of any size from either end, in constant memory."""

import os
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, TypeAlias

Judge: TypeAlias = Callable[[bytes], bool | None]
"""Whether a line is behind some point; `None` where it does not say."""

BLOCK: Final = 64 << 10
LONGEST: Final = 1 << 20
"""Bytes of a line; a longer one is no entry of ours, and left out."""


def forwards(file: BinaryIO, start: int) -> Iterator[bytes]:
    """The whole lines from `start` on, which is the beginning of one."""
    file.seek(start)
    is_long = False
    while line := file.readline(LONGEST):
        if not line.endswith(b"\n"):
            is_long = True
            continue
        if not is_long:
            yield line[:-1]
        is_long = False


def backwards(file: BinaryIO, end: int) -> Iterator[bytes]:
    """The whole lines before `end`, which is the beginning of one, the last one first."""
    rest: bytes | None = b""
    position = end
    while position > 0:
        start = max(0, position - BLOCK)
        file.seek(start)
        parts = (file.read(position - start) + (rest or b"")).split(b"\n")
        position = start
        is_inside = rest is None and len(parts) == 1
        if rest is None and not is_inside:
            parts.pop()  # the beginning of a line that is too long
        for line in reversed(parts[1:]):
            if line:
                yield line
        rest = None if is_inside or len(parts[0]) > LONGEST else parts[0]
    if rest:
        yield rest


def end_of(file: BinaryIO) -> int:
    """The end of the last line; what is behind it is still being written."""
    size = file.seek(0, os.SEEK_END)
    position = size
    while position > 0:
        start = max(0, position - BLOCK)
        file.seek(start)
        found = file.read(position - start).rfind(b"\n")
        if found >= 0:
            return start + found + 1
        position = start
    return 0


def around(file: BinaryIO, end: int, is_behind: Judge) -> tuple[int, int]:
    """Two beginnings of lines, about `BLOCK` apart: the first line of which `is_behind` is true is
    not before the one, and not behind the other.

    The lines have to be about in order. `None` is what a line says nothing about.
    """
    low, high = 0, end
    while high - low > BLOCK:
        middle = (low + high) // 2
        if _judged(file, middle, high, is_behind):
            high = middle
        else:
            low = middle
    first = 0 if low == 0 else _next_line(file, low)
    return first, end if high == end else min(end, _next_line(file, high))


def _judged(file: BinaryIO, position: int, end: int, is_behind: Judge) -> bool:
    start = _next_line(file, position)
    for line in forwards(file, start):
        answer = is_behind(line)
        if answer is not None:
            return answer
        start += len(line) + 1
        if start >= end:
            break
    return True


def _next_line(file: BinaryIO, position: int) -> int:
    """The beginning of the first line behind `position`."""
    file.seek(position)
    while part := file.readline(LONGEST):
        position += len(part)
        if part.endswith(b"\n"):
            break
    return position
