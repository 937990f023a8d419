"""Parse values → BSON values (storage-mongodb sheet, section 4).

At the top of an object typed values take a form of their own (`_p_owner: "Class$id"`,
`[lng, lat]`, a file's name); inside Arrays and Objects only Dates and Bytes do. Two of
parse-server's forms we read but do not write: a nested Bytes value that its driver's Binary
fell apart in (`{buffer, sub_type, position}`), and Dates left as JSON under a dotted update
key, which its own queries do not find. In their place stand BSON Binary and BSON date, which
parse-server reads as Bytes and Date.
"""

import base64
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, TypeAlias, cast

from parsepy import errors
from parsepy.protocol import dates
from parsepy.types import JSONObject, JSONValue

_PLAIN: Final = frozenset((str, bool, type(None)))
_INT32_MIN: Final = -(2**31)
_INT32_MAX: Final = 2**31 - 1


def encode_field(value: JSONValue) -> Any:
    """The stored form of a whole field. A Pointer becomes the text of its `_p_` column."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        fields = cast("JSONObject", value)
        return _encode_typed(fields, _FIELD_TYPES) if "__type" in fields else encode_object(fields)
    if kind is list:
        return [encode_nested(item) for item in cast("list[JSONValue]", value)]
    return encode_number(cast("float", value))


def encode_nested(value: JSONValue) -> Any:
    """The stored form of a value inside an Array or Object."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        fields = cast("JSONObject", value)
        return _encode_typed(fields, _NESTED_TYPES) if "__type" in fields else encode_object(fields)
    if kind is list:
        return [encode_nested(item) for item in cast("list[JSONValue]", value)]
    return encode_number(cast("float", value))


def encode_verbatim(value: JSONValue) -> Any:
    """JSON as it is, for data that is no Parse value: permissions, configuration, auth data."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is dict:
        return {key: encode_verbatim(child) for key, child in cast("JSONObject", value).items()}
    if kind is list:
        return [encode_verbatim(item) for item in cast("list[JSONValue]", value)]
    return encode_number(cast("float", value))


def encode_object(value: JSONObject) -> dict[str, Any]:
    return {
        key: child if type(child) in _PLAIN else encode_nested(child)
        for key, child in value.items()
    }


def encode_number(number: int | float) -> int | float:
    """As Node's driver: an int32 where the number is whole and fits, else a double."""
    if type(number) is float:
        return int(number) if _INT32_MIN <= number <= _INT32_MAX and number % 1 == 0 else number
    if _INT32_MIN <= number <= _INT32_MAX:
        return number
    try:
        return float(number)
    except OverflowError:
        raise errors.incorrect_type("The number is too large.") from None


def encode_date(iso: JSONValue) -> datetime:
    """A naive UTC `datetime`: the driver stores it without asking for an offset."""
    if isinstance(iso, str):
        try:
            return datetime.fromisoformat(iso.removesuffix("Z"))
        except ValueError:
            moment = dates.parse(iso)
            if moment is not None:
                return moment.replace(tzinfo=None)
    raise errors.not_a_valid("Date")


def encode_date_or_text(value: JSONValue) -> Any:
    """For columns that hold dates whoever writes them as bare ISO text or as a typed Date."""
    return encode_date(value) if isinstance(value, str) else encode_field(value)


def _encode_typed(value: JSONObject, encoders: "_Encoders") -> Any:
    type_name = value["__type"]
    encode = encoders.get(type_name) if isinstance(type_name, str) else None
    if encode is None:
        return encode_object(value)
    try:
        return encode(value)
    except (KeyError, TypeError, ValueError):
        raise errors.not_a_valid(str(type_name)) from None


def _date(value: JSONObject) -> datetime:
    return encode_date(value["iso"])


def _pointer_text(value: JSONObject) -> str:
    return f"{value['className']}${value['objectId']}"


def _nested_pointer(value: JSONObject) -> JSONObject:
    # MongoDB compares embedded documents with the order of their keys.
    return {
        "__type": "Pointer",
        "className": value["className"],
        "objectId": value["objectId"],
    }


def _geo_point(value: JSONObject) -> list[Any]:
    return [encode_nested(value["longitude"]), encode_nested(value["latitude"])]


def encode_polygon(value: JSONObject) -> dict[str, Any]:
    ring = [
        [encode_nested(longitude), encode_nested(latitude)]
        for latitude, longitude in cast("list[list[JSONValue]]", value["coordinates"])
    ]
    return {"type": "Polygon", "coordinates": [ring]}


def _bytes(value: JSONObject) -> bytes:
    return base64.b64decode(cast("str", value["base64"]))


def _file_name(value: JSONObject) -> JSONValue:
    return value["name"]


_Encoders: TypeAlias = dict[str, Callable[[JSONObject], Any]]

_NESTED_TYPES: Final[_Encoders] = {
    "Date": _date,
    "Pointer": _nested_pointer,
    "Bytes": _bytes,
}
_FIELD_TYPES: Final[_Encoders] = {
    "Date": _date,
    "Pointer": _pointer_text,
    "GeoPoint": _geo_point,
    "Polygon": encode_polygon,
    "Bytes": _bytes,
    "File": _file_name,
}
