"""Values of a write, checked and in canonical form.

Canonical means: a stored value equals another exactly when their JSON texts are equal. So Dates
carry milliseconds and `Z`, Pointers have their three keys in parse-server's order (MongoDB
compares embedded documents with their key order), Polygons are closed.
"""

import base64
import binascii
from typing import Final, cast

import orjson

from parsepy import errors
from parsepy.protocol import dates
from parsepy.protocol.field_types import type_of
from parsepy.protocol.file_urls import unsigned
from parsepy.types import JSONObject, JSONValue

_TYPED_WITHIN: Final = ("Pointer", "Date", "Bytes")
"""Types that have a stored form of their own inside an Array or Object too."""


def same(left: JSONValue, right: JSONValue) -> bool:
    """Equality of canonical values: `1` is not `true`, the order of keys counts as in MongoDB."""
    return left is right or orjson.dumps(left) == orjson.dumps(right)


def date(iso: str) -> JSONObject:
    return {"__type": "Date", "iso": iso}


def pointer(class_name: str, object_id: str) -> JSONObject:
    return {"__type": "Pointer", "className": class_name, "objectId": object_id}


def clean(value: JSONValue) -> JSONValue:
    """The canonical copy of a whole field value. Raises 111, 121."""
    kind = type(value)
    if kind is dict:
        fields = cast("JSONObject", value)
        if "__type" in fields:
            type_of(fields)
            return _clean_typed(fields)
        return _clean_object(fields)
    if kind is list:
        return [clean_nested(item) for item in cast("list[JSONValue]", value)]
    return value


def clean_nested(value: JSONValue) -> JSONValue:
    """The canonical copy of a value inside an Array or Object. Raises 111, 121."""
    kind = type(value)
    if kind is dict:
        fields = cast("JSONObject", value)
        nested_type = fields.get("__type")
        if nested_type in _TYPED_WITHIN:
            type_of(fields)
            return _clean_typed(fields)
        cleaned = _clean_object(fields)
        if nested_type == "File" and isinstance(url := cleaned.get("url"), str):
            cleaned["url"] = unsigned(url)
        return cleaned
    if kind is list:
        return [clean_nested(item) for item in cast("list[JSONValue]", value)]
    return value


def _clean_object(value: JSONObject) -> JSONObject:
    for key in value:
        if "$" in key or "." in key or "\0" in key:
            raise errors.invalid_nested_key()
    return {key: clean_nested(child) for key, child in value.items()}


def _clean_typed(value: JSONObject) -> JSONValue:
    match value["__type"]:
        case "Date":
            return date(_canonical_iso(value))
        case "Pointer":
            return _clean_pointer(value)
        case "GeoPoint":
            return {
                "__type": "GeoPoint",
                "latitude": value["latitude"],
                "longitude": value["longitude"],
            }
        case "Bytes":
            return {"__type": "Bytes", "base64": _canonical_base64(cast("str", value["base64"]))}
        case "Polygon":
            return _closed_polygon(cast("list[JSONValue]", value["coordinates"]))
        case "File":
            return {"__type": "File", "name": value["name"]}
        case _:
            return {"__type": value["__type"], "className": value["className"]}


def _canonical_iso(value: JSONObject) -> str:
    iso = cast("str", value["iso"])
    canonical = dates.normalise(iso)
    if canonical is None:
        # The reference stores 1970 for a text that is no date; losing data silently is worse.
        raise errors.not_a_valid("Date")
    return canonical


def _clean_pointer(value: JSONObject) -> JSONObject:
    object_id = value.get("objectId")
    if isinstance(object_id, int) and not isinstance(object_id, bool):
        # As parse-server, which stores it as text too: the config's row goes by the number 1.
        object_id = str(object_id)
    # An empty id is taken, as by parse-server: such a Pointer points to nothing.
    if not isinstance(object_id, str):
        raise errors.not_a_valid("Pointer")
    return pointer(cast("str", value["className"]), object_id)


def _canonical_base64(text: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(text, validate=False)).decode()
    except (binascii.Error, ValueError):
        raise errors.not_a_valid("Bytes") from None


def _closed_polygon(coordinates: list[JSONValue]) -> JSONObject:
    points = [list(cast("list[JSONValue]", pair)) for pair in coordinates]
    if not all(map(_is_on_earth, cast("list[list[float]]", points))):
        # A geo index takes no such vertex: the write would fail after the field was made.
        raise errors.incorrect_type("Polygon coordinates must be latitudes and longitudes")
    if points[0] != points[-1]:
        points.append(list(points[0]))
    if len({tuple(cast("list[float]", point)) for point in points}) < 3:
        raise errors.incorrect_type("GeoJSON: Loop must have at least 3 different vertices")
    return {"__type": "Polygon", "coordinates": cast("JSONValue", points)}


def _is_on_earth(vertex: list[float]) -> bool:
    latitude, longitude = vertex
    return -90 <= latitude <= 90 and -180 <= longitude <= 180
