"""Which BSON values fit a field type (storage-mongodb sheet, sections 4 and 5)."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from bson import DatetimeMS, Decimal128

_BASE64: Final = re.compile(r"[A-Za-z0-9+/\s]*={0,2}")


def fits(type_name: str, value: Any) -> bool:
    return value is None or _FITS[type_name](value)


def kind(value: Any) -> str:
    return _KINDS.get(type(value), type(value).__name__)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float | Decimal128) and not isinstance(value, bool)


def _is_place(value: Any) -> bool:
    if not isinstance(value, list) or len(value) != 2 or not all(map(_is_number, value)):
        return False
    longitude, latitude = (float(str(each)) for each in value)
    return -180 <= longitude <= 180 and -90 <= latitude <= 90


def _is_polygon(value: Any) -> bool:
    if not isinstance(value, dict) or value.get("type") != "Polygon":
        return False
    rings = value.get("coordinates")
    ring = rings[0] if isinstance(rings, list) and rings else None
    return isinstance(ring, list) and len(ring) > 3 and all(map(_is_place, ring))


def _is_bytes(value: Any) -> bool:
    return isinstance(value, bytes) or (
        isinstance(value, str) and _BASE64.fullmatch(value) is not None
    )


def _is(*types: type) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, types)


_FITS: Final[dict[str, Callable[[Any], bool]]] = {
    "String": _is(str),
    "Number": _is_number,
    "Boolean": _is(bool),
    "Date": _is(datetime, DatetimeMS),
    "Object": _is(dict),
    "Array": _is(list),
    "GeoPoint": _is_place,
    "Polygon": _is_polygon,
    "File": _is(str),
    "Bytes": _is_bytes,
    "ACL": _is(dict),
}
_KINDS: Final = {
    str: "String",
    bool: "Boolean",
    int: "Number",
    float: "Number",
    datetime: "Date",
    dict: "Object",
    list: "Array",
    bytes: "Bytes",
}
