"""BSON values → Parse values. What does not look as its type asks comes through as it is."""

import base64
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, cast

from bson import Binary, DatetimeMS, Decimal128, Int64

from parsepy.protocol import dates, values
from parsepy.protocol.json import normalise_number
from parsepy.types import JSONObject, JSONValue

PLAIN: Final = frozenset((str, int, bool, type(None)))

# `isoformat` takes half as long again as putting the parts together: two dates stand in each row.
_TWO_DIGITS: Final = [f"{number:02}" for number in range(60)]
_THREE_DIGITS: Final = [f"{number:03}" for number in range(1000)]

_MANGLED_BYTES: Final = {"buffer", "sub_type", "position"}
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


def read_nested(value: Any) -> JSONValue:
    """Any value, by its BSON type alone. Containers are changed in place: they are ours."""
    read = _BY_TYPE.get(type(value))
    if read is not None:
        return read(value)
    return cast("JSONValue", value) if type(value) in PLAIN else str(value)


def read_iso(value: Any) -> JSONValue:
    """A date as bare ISO text; from a date, or the text of an older layout."""
    if type(value) is datetime:
        return _iso(value)
    if type(value) is DatetimeMS:
        return dates.format_ms(int(value))
    return (dates.normalise(value) or value) if isinstance(value, str) else read_nested(value)


def _iso(moment: datetime) -> str:
    two = _TWO_DIGITS
    return (
        f"{moment.year:04}-{two[moment.month]}-{two[moment.day]}"
        f"T{two[moment.hour]}:{two[moment.minute]}:{two[moment.second]}"
        f".{_THREE_DIGITS[moment.microsecond // 1000]}Z"
    )


def read_date(value: Any) -> JSONValue:
    """A Date field; ISO text is what hosted Parse left in some columns."""
    if type(value) is datetime:
        return {"__type": "Date", "iso": _iso(value)}
    if isinstance(value, str):
        iso = dates.normalise(value)
        return value if iso is None else values.date(iso)
    return read_nested(value)


def read_bytes(value: Any) -> JSONValue:
    if isinstance(value, str) and _BASE64.fullmatch(value):
        return {"__type": "Bytes", "base64": value}
    return read_nested(value)


def read_file(value: Any) -> JSONValue:
    return {"__type": "File", "name": value} if isinstance(value, str) else read_nested(value)


def read_geo_point(value: Any) -> JSONValue:
    if isinstance(value, list) and len(value) == 2:
        longitude, latitude = value
        return {
            "__type": "GeoPoint",
            "latitude": read_nested(latitude),
            "longitude": read_nested(longitude),
        }
    return read_nested(value)


def read_polygon(value: Any) -> JSONValue:
    ring = _outer_ring(value)
    if ring is None:
        return read_nested(value)
    pairs = [[read_nested(latitude), read_nested(longitude)] for longitude, latitude in ring]
    return {"__type": "Polygon", "coordinates": cast("JSONValue", pairs)}


def _outer_ring(value: Any) -> list[list[Any]] | None:
    if not isinstance(value, dict) or value.get("type") != "Polygon":
        return None
    rings = value.get("coordinates")
    ring = rings[0] if isinstance(rings, list) and rings else None
    if not isinstance(ring, list):
        return None
    return ring if all(isinstance(pair, list) and len(pair) == 2 for pair in ring) else None


def _read_object(value: dict[str, Any]) -> JSONValue:
    if len(value) == 3 and value.keys() == _MANGLED_BYTES:
        return _mangled_bytes(value["buffer"])
    for key, child in value.items():
        if type(child) not in PLAIN:
            value[key] = read_nested(child)
    if value.get("__type") == "Date":
        _flatten_date(value)
    return value


def _flatten_date(value: JSONObject) -> None:
    """`{"__type": "Date", "iso": <BSON date>}` has become a Date within a Date: keep the text."""
    iso = value.get("iso")
    if isinstance(iso, dict):
        value["iso"] = iso.get("iso")


def _read_list(value: list[Any]) -> JSONValue:
    for index, item in enumerate(value):
        if type(item) not in PLAIN:
            value[index] = read_nested(item)
    return value


def _mangled_bytes(buffer: Any) -> JSONValue:
    """parse-server writes nested Bytes as the parts of its driver's Binary object."""
    if isinstance(buffer, bytes):
        return _read_binary(buffer)
    octets = list(buffer.values()) if isinstance(buffer, dict) else []
    try:
        return _read_binary(bytes(octets))
    except (TypeError, ValueError):
        return read_nested(buffer)


def _read_binary(value: bytes) -> JSONValue:
    return {"__type": "Bytes", "base64": base64.b64encode(value).decode()}


def _read_double(value: float) -> JSONValue:
    return normalise_number(value) if value.is_integer() else value


def _read_decimal(value: Decimal128) -> JSONValue:
    return normalise_number(float(value.to_decimal()))


def _read_out_of_range_date(value: DatetimeMS) -> JSONValue:
    return {"__type": "Date", "iso": dates.format_ms(int(value))}


_BY_TYPE: Final[dict[type, Callable[[Any], JSONValue]]] = {
    float: _read_double,
    Int64: lambda value: normalise_number(int(value)),
    datetime: read_date,
    DatetimeMS: _read_out_of_range_date,
    dict: _read_object,
    list: _read_list,
    bytes: _read_binary,
    Binary: _read_binary,
    Decimal128: _read_decimal,
}
