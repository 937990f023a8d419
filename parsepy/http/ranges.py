"""`Range` of a request: which part of a file it asks for (RFC 9110, section 14)."""

import re
from typing import Final

import msgspec

_ONE: Final = re.compile(rb"bytes=\s*(\d{0,19})-(\d{0,19})\s*")


class Part(msgspec.Struct, frozen=True):
    """From `start` up to and without `end`."""

    start: int
    end: int


class Unsatisfiable(Exception):
    """The file ends before the part begins."""


def wanted_part(header: bytes | None, length: int) -> Part | None:
    """`None` asks for the whole: no range, several, or one that is none. Raises `Unsatisfiable`.

    >>> wanted_part(b"bytes=-4", 11)
    Part(start=7, end=11)
    """
    match = None if header is None else _ONE.fullmatch(header)
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        return _last(int(match[2]), length)
    start = int(match[1])
    last = int(match[2]) if match[2] else length - 1
    if match[2] and last < start:
        return None
    if start >= length:
        raise Unsatisfiable
    return Part(start, min(last + 1, length))


def _last(count: int, length: int) -> Part:
    if count == 0 or length == 0:
        raise Unsatisfiable
    return Part(max(length - count, 0), length)
