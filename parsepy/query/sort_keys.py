"""Blobs whose bytes order as MongoDB orders the values they stand for.

    missing, null < numbers < texts < objects < lists < binaries < booleans < dates

The first byte is the kind; texts and lists end with a byte below all that may follow.
"""

import re
import struct
from collections.abc import Iterator, Sequence
from typing import Final, cast

from parsepy.query.stored import (
    BINARY,
    BOOLEAN,
    DATE,
    LIST,
    NULL,
    NUMBER,
    OBJECT,
    TEXT,
    Stored,
    binary,
    is_object,
    kind,
)
from parsepy.query.traversal import Reached
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_INDEX: Final = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
_END: Final = b"\0"
_EMPTY_LIST: Final = b"\0"
"""MongoDB sorts by the elements of a list; one without elements stands before null."""
_NULL_KEY: Final = bytes((NULL + 1,))
_SIGN: Final = 1 << 63
_ALL_BITS: Final = (1 << 64) - 1


def least_key(value: Reached, parts: Sequence[str], *, greatest: bool = False) -> bytes:
    """The key of the least value at the path `parts` below `value`, downwards of the greatest."""
    return (max if greatest else min)(_keys(value, parts))


def _keys(value: Reached, parts: Sequence[str]) -> Iterator[bytes]:
    """The keys of all values at the path, as MongoDB's sort walks it (its find does otherwise)."""
    if type(value) is list:
        yield from _keys_in_list(value, parts)
    elif is_object(value) and parts:
        yield from _keys(value.get(parts[0], MISSING), parts[1:])
    else:
        yield _NULL_KEY if parts or isinstance(value, Missing) else sort_key(value)


def _keys_in_list(items: Sequence[JSONValue], parts: Sequence[str]) -> Iterator[bytes]:
    if not parts:
        yield from map(sort_key, items) if items else (_EMPTY_LIST,)
        return
    place, *rest = parts
    if _INDEX.fullmatch(place) and int(place) < len(items):
        yield from _keys_at_place(items[int(place)], rest)
        return
    for item in items:
        yield from _keys(item, parts) if is_object(item) else (_NULL_KEY,)
    if not items:
        yield _NULL_KEY


def _keys_at_place(item: JSONValue, rest: Sequence[str]) -> Iterator[bytes]:
    if item and not rest:
        # A list in a list is a value: its own elements do not count.
        yield sort_key(item)
    else:
        yield from _keys(item, rest)


def sort_key(value: Stored) -> bytes:
    group = kind(value)
    return bytes((group + 1,)) + _ENCODERS[group](value)


def _number(value: Stored) -> bytes:
    (bits,) = struct.unpack(">Q", struct.pack(">d", cast("float", value)))
    return struct.pack(">Q", bits ^ (_ALL_BITS if bits & _SIGN else _SIGN))


def _text(value: Stored) -> bytes:
    # A NUL inside must stand above the end: it is followed by a byte that no end has.
    return cast("str", value).encode().replace(b"\0", b"\0\xff") + _END


def _object(value: Stored) -> bytes:
    # BSON's order: kind of the value, name, value; then the next pair.
    fields = cast("JSONObject", value)
    return b"".join(_pair(name, child) for name, child in fields.items()) + _END


def _pair(name: str, child: JSONValue) -> bytes:
    key = sort_key(child)
    return key[:1] + _text(name) + key[1:]


def _list(value: Stored) -> bytes:
    return b"".join(map(sort_key, cast("list[JSONValue]", value))) + _END


def _binary(value: Stored) -> bytes:
    content = binary(value)
    return struct.pack(">Q", len(content)) + content


def _date(value: Stored) -> bytes:
    return _text(cast("JSONObject", value)["iso"])


_ENCODERS: Final = {
    NULL: lambda _value: b"",
    NUMBER: _number,
    TEXT: _text,
    OBJECT: _object,
    LIST: _list,
    BINARY: _binary,
    BOOLEAN: lambda value: b"\1" if value else b"\0",
    DATE: _date,
}
