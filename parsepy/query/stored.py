"""Values as MongoDB holds them, and their order and equality there.

A `where` means what MongoDB makes of it, and MongoDB compares *stored* values. This is the one
place that says what they are, so that odd operators mean the same in every evaluator:

    Date                  a date, everywhere
    Bytes                 binary, everywhere; shorter ones come first
    Pointer, top level    the text "Class$id", so `<` and `$regex` see that text
    File, top level       the text of its name
    GeoPoint, top level   the list [longitude, latitude], so `geo.0` is the longitude
    Polygon, top level    GeoJSON, {"type": "Polygon", "coordinates": [[[longitude, latitude], …]]}
    all else, and Pointers, Files, … inside an Array or Object: as on the wire

A path below a Pointer field (`team.name`) reaches nothing. Numbers, texts (by code point),
objects (key by key, in their order), lists, binaries, booleans and dates never equal or exceed
one another; `true` is not 1.
"""

import base64
from collections.abc import Sequence
from typing import Final, TypeAlias, TypeGuard, cast

from parsepy.protocol import values
from parsepy.protocol.acl import to_lists
from parsepy.protocol.field_types import ARRAY
from parsepy.query.tree import Path
from parsepy.types import MISSING, JSONMapping, JSONObject, JSONValue, Missing

Stored: TypeAlias = JSONValue
"""Dates and Bytes stay in their typed forms, but they are no objects here: nothing is in them."""

_DATES: Final = frozenset(("createdAt", "updatedAt"))

NULL, NUMBER, TEXT, OBJECT, LIST, BINARY, BOOLEAN, DATE = range(8)
_KINDS: Final = {
    type(None): NULL,
    int: NUMBER,
    float: NUMBER,
    str: TEXT,
    list: LIST,
    bool: BOOLEAN,
}
_SCALAR_TYPES: Final = {"Date": DATE, "Bytes": BINARY}


def kind(value: Stored) -> int:
    """The BSON kind, in the order in which MongoDB sorts kinds."""
    if type(value) is dict:
        return OBJECT if is_object(value) else _SCALAR_TYPES[cast("str", value["__type"])]
    return _KINDS[type(value)]


def is_object(value: Stored | Missing) -> TypeGuard[JSONObject]:
    return type(value) is dict and value.get("__type") not in ("Date", "Bytes")


def stored_field(document: JSONMapping, name: str) -> Stored | Missing:
    """The stored value of a root field of a `ParseObject`."""
    value = document.get(name, MISSING)
    if type(value) is dict:
        return stored_value(value) if "__type" in value else value
    if type(value) is str and name in _DATES:
        return values.date(value)
    if isinstance(value, Missing) and name[:1] == "_":
        return _internal_field(document, name)
    return value


def stored_value(value: JSONValue) -> Stored:
    """What the canonical value of a root field is stored as."""
    if type(value) is not dict:
        return value
    match value.get("__type"):
        case "Pointer":
            return f"{value['className']}${value['objectId']}"
        case "File":
            return value["name"]
        case "GeoPoint":
            return [value["longitude"], value["latitude"]]
        case "Polygon":
            points = cast("list[list[JSONValue]]", value["coordinates"])
            ring: JSONValue = [[longitude, latitude] for latitude, longitude in points]
            return {"type": "Polygon", "coordinates": [ring]}
        case _:
            return value


def stored_operand(path: Path, value: JSONValue) -> Stored:
    """What a value of the tree is compared as at `path`."""
    return value if path.nested or path.type == ARRAY else stored_value(value)


def equal(left: Stored, right: Stored) -> bool:
    return compare(left, right) == 0


def compare(left: Stored, right: Stored) -> int:
    """Negative, zero or positive, as MongoDB orders the two."""
    group = kind(left)
    difference = group - kind(right)
    if difference or group == NULL:
        return difference
    if group == OBJECT:
        return _compare_objects(cast("JSONObject", left), cast("JSONObject", right))
    if group == LIST:
        return _compare_lists(cast("list[JSONValue]", left), cast("list[JSONValue]", right))
    first, second = _scalar(left, group), _scalar(right, group)
    return (first > second) - (first < second)


def binary(value: Stored) -> bytes:
    """The content of a Bytes value."""
    return base64.b64decode(cast("str", cast("JSONObject", value)["base64"]))


def _scalar(value: Stored, group: int) -> str:
    """The value by which scalars of one kind compare (of whatever type: all here are ordered)."""
    if group == DATE:
        return cast("str", cast("JSONObject", value)["iso"])
    if group == BINARY:
        content = binary(value)
        return cast("str", (len(content), content))
    return cast("str", value)


def _compare_lists(left: Sequence[JSONValue], right: Sequence[JSONValue]) -> int:
    for first, second in zip(left, right, strict=False):
        difference = compare(first, second)
        if difference:
            return difference
    return len(left) - len(right)


def _compare_objects(left: JSONObject, right: JSONObject) -> int:
    for (key, value), (other_key, other) in zip(left.items(), right.items(), strict=False):
        # BSON's order: the kind of the value, then the key, then the value.
        difference = kind(value) - kind(other)
        if difference:
            return difference
        if key != other_key:
            return -1 if key < other_key else 1
        difference = compare(value, other)
        if difference:
            return difference
    return len(left) - len(right)


def _internal_field(document: JSONMapping, name: str) -> Stored | Missing:
    """Stored columns that a `ParseObject` shows under another name."""
    if name == "_session_token":
        return document.get("sessionToken", MISSING)
    acl = document.get("ACL")
    if name in ("_rperm", "_wperm") and isinstance(acl, dict):
        return cast("JSONValue", to_lists(acl)[name == "_wperm"])
    return MISSING
