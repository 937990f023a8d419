"""Whether a file is the same on both sides."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from parsepy.errors import ParseError
from parsepy.files.base import OpenFile
from parsepy.files.copy.copied import Versions
from parsepy.files.copy.opening import Side


class Unreadable(Exception):
    """A file of the source is there, and cannot be read; the text says why."""


class Changed(Exception):
    """Somebody has stored or deleted the file meanwhile."""


@dataclass(frozen=True, slots=True)
class Compared:
    """`difference` is `None` for what is the same: length, content and metadata."""

    versions: Versions
    difference: str | None


async def opened(side: Side, name: str) -> OpenFile:
    """A file of the source. Raises `Changed` when it is gone, else `Unreadable`."""
    file = await side.store.open(name)
    if file is not None:
        return file
    if await side.store.find(name) is None:
        raise Changed
    encrypted = "not encrypted with the key of the source, or broken"
    raise Unreadable("cannot be read" if side.key is None else encrypted)


async def compared(source: Side, target: Side, name: str, count: Callable[[int], None]) -> Compared:
    """What both sides have under a name. `count` hears of the bytes that were read of the source.

    Raises `Changed`, `Unreadable`, and what the source raises.
    """
    one = await opened(source, name)
    try:
        try:
            other = await target.store.open(name)
        except (ParseError, OSError):
            other = None
        if other is None:
            if await target.store.find(name) is None:
                raise Changed
            return Compared(Versions(one.stored.version, ""), "cannot be read in the target")
        try:
            versions = Versions(one.stored.version, other.stored.version)
            return Compared(versions, await _difference(one, other, count))
        finally:
            await other.close()
    finally:
        await one.close()


async def _difference(one: OpenFile, other: OpenFile, count: Callable[[int], None]) -> str | None:
    if one.stored.length != other.stored.length:
        return "another length in the target"
    here, there = await _hash(one, count), await _hash_of_target(other)
    if there is None:
        return "cannot be read in the target"
    if here != there:
        return "another content in the target"
    if one.stored.metadata != other.stored.metadata:
        return "other metadata in the target"
    return None


async def _hash_of_target(file: OpenFile) -> bytes | None:
    try:
        return await _hash(file, lambda _: None)
    except (ParseError, OSError):
        return None


async def _hash(file: OpenFile, count: Callable[[int], None]) -> bytes:
    found = hashlib.sha256()
    async for part in file.read(0, file.stored.length):
        found.update(part)
        count(len(part))
    return found.digest()
