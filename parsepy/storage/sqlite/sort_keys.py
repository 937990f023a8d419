"""Blobs whose bytes order as MongoDB orders the values they stand for.

    missing, null < numbers < texts < objects < lists < binaries < booleans < dates

The first byte is the kind; texts and lists end with a byte below all that may follow.
"""

import struct
from collections.abc import Iterable
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
    kind,
)
from parsepy.query.traversal import Reached
from parsepy.types import JSONObject, JSONValue, Missing

_END: Final = b"\0"
_EMPTY_LIST: Final = b"\0"
"""MongoDB sorts by the elements of a list; one without elements stands before null."""
_NULL_KEY: Final = bytes((NULL + 1,))
_SIGN: Final = 1 << 63
_ALL_BITS: Final = (1 << 64) - 1


def least_key(reached: Iterable[Reached], *, greatest: bool = False) -> bytes:
    """The key of what a path reaches: of a list's least element, downwards of its greatest."""
    keys = (key for value in reached for key in _keys(value))
    return (max if greatest else min)(keys, default=_NULL_KEY)


def _keys(value: Reached) -> Iterable[bytes]:
    if isinstance(value, Missing):
        return (_NULL_KEY,)
    if isinstance(value, list):
        return map(sort_key, value) if value else (_EMPTY_LIST,)
    return (sort_key(value),)


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
