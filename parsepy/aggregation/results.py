"""From rows in stored form to what the client gets (§15)."""

import base64
import binascii
import re
from collections.abc import Callable, Iterable
from typing import Final, cast

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.aggregation.stored_names import AUTH_PREFIX, POINTER_PREFIX, SECRETS, SESSION
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import FieldType
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, JSONValue

_SHOWN: Final = re.compile(r"[A-Za-z][0-9A-Za-z_]*", re.ASCII)
_TEXT_DATES: Final = {
    "_created_at": "createdAt",
    "createdAt": "createdAt",
    "_updated_at": "updatedAt",
    "updatedAt": "updatedAt",
    "_last_used": "lastUsed",
    "lastUsed": "lastUsed",
}
_RENAMED: Final = {SESSION["sessionToken"]: "sessionToken", SESSION["timesUsed"]: "timesUsed"}


def present_rows(
    rows: Iterable[JSONValue], schema: ClassSchema, options: AggregateOptions, *, by_pointer: bool
) -> list[JSONValue]:
    """The `results` of a pipeline. Rows are changed."""
    return [_row(row, schema, options, by_pointer=by_pointer) for row in rows]


def present_distinct(
    found: Iterable[JSONValue], schema: ClassSchema, field: str
) -> list[JSONValue]:
    """The `results` of a distinct: null is left out."""
    decode = _decode_pointer if field in schema.pointers else _decode_value
    decoded = (decode(value, schema, field) for value in found if value is not None)
    return [value for value in decoded if value is not None]


def _row(
    row: JSONValue, schema: ClassSchema, options: AggregateOptions, *, by_pointer: bool
) -> JSONValue:
    if not isinstance(row, dict):
        return row
    shown = without_secrets(row, nested=options.raw_values or options.raw_field_names)
    if not options.raw_field_names:
        _name_id(shown, by_pointer=by_pointer)
    if options.raw_values:
        return shown
    return _plain(shown) if options.raw_field_names else _decode_row(shown, schema)


def without_secrets(row: JSONObject, *, nested: bool) -> JSONObject:
    """A copy without internal columns.

    A session's token at the top of a row is the field of a session, unless rows are raw.
    """
    return {
        name: _without_secrets(child)
        for name, child in row.items()
        if name not in SECRETS or (name == SESSION["sessionToken"] and not nested)
    }


def _without_secrets(value: JSONValue) -> JSONValue:
    if isinstance(value, dict):
        return without_secrets(value, nested=True)
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value


def _name_id(row: JSONObject, *, by_pointer: bool) -> None:
    if "_id" not in row:
        return
    value = row.pop("_id")
    if by_pointer and isinstance(value, str):
        value = value.partition("$")[2] or None
    row["objectId"] = None if value in ("", [], {}) else value


def _plain(value: JSONValue) -> JSONValue:
    """As JavaScript writes stored values into JSON: dates and binaries are plain texts."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"__type": "Date", "iso": iso} if len(value) == 2:
            return iso
        case {"__type": "Bytes", "base64": text} if len(value) == 2:
            return text
    return {name: _plain(child) for name, child in value.items()}


def _decode_row(row: JSONObject, schema: ClassSchema) -> JSONObject:
    decoded: JSONObject = {}
    for name, value in row.items():
        if name in _TEXT_DATES:
            decoded[_TEXT_DATES[name]] = _bare_iso(value)
        elif name in ("expiresAt", "_expiresAt"):
            decoded["expiresAt"] = _typed_date(value)
        elif name in _RENAMED:
            decoded[_RENAMED[name]] = value
        elif name.startswith(AUTH_PREFIX) and schema.name == "_User":
            auth_data = cast("JSONObject", decoded.setdefault("authData", {}))
            if value is not None:
                auth_data[name.removeprefix(AUTH_PREFIX)] = value
        elif name.startswith(POINTER_PREFIX):
            field = name.removeprefix(POINTER_PREFIX)
            found = _decode_pointer(value, schema, field)
            if found is not None:
                decoded[field] = found
        elif _SHOWN.fullmatch(name) is not None and not _is_hidden(name, schema):
            decoded[name] = _decode_field(value, schema.type_of(name))
    for name, target in schema.relations.items():
        decoded[name] = {"__type": "Relation", "className": target}
    return decoded


def _is_hidden(name: str, schema: ClassSchema) -> bool:
    return schema.name == "_User" and name in ("password", "authData")


def _bare_iso(value: JSONValue) -> JSONValue:
    if isinstance(value, dict) and value.get("__type") == "Date":
        return value.get("iso")
    return (dates.normalise(value) or value) if isinstance(value, str) else value


def _typed_date(value: JSONValue) -> JSONValue:
    canonical = dates.normalise(value) if isinstance(value, str) else None
    return value if canonical is None else values.date(canonical)


def _decode_pointer(value: JSONValue, schema: ClassSchema, field: str) -> JSONValue:
    """`None` for what is no Pointer of that field."""
    if not isinstance(value, str):
        return None
    class_name, _, object_id = value.partition("$")
    if class_name != schema.pointers.get(field):
        return None
    return values.pointer(class_name, object_id)


def _decode_value(value: JSONValue, schema: ClassSchema, _field: str) -> JSONValue:
    is_row = isinstance(value, dict) and value.get("__type") not in ("Date", "Bytes")
    return _decode_row(without_secrets(value, nested=True), schema) if is_row else value  # type: ignore[arg-type]


def _decode_field(value: JSONValue, type_: FieldType | None) -> JSONValue:
    decode = None if type_ is None else _DECODERS.get(type_.name)
    decoded = None if decode is None else decode(value)
    return value if decoded is None else decoded


def _file(value: JSONValue) -> JSONValue:
    return {"__type": "File", "name": value} if isinstance(value, str) else None


def _geo_point(value: JSONValue) -> JSONValue:
    if not isinstance(value, list) or len(value) != 2:
        return None
    longitude, latitude = value
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


def _polygon(value: JSONValue) -> JSONValue:
    match value:
        case {"type": "Polygon", "coordinates": [[*ring], *_]}:
            pairs = [pair for pair in ring if isinstance(pair, list) and len(pair) == 2]
            if len(pairs) == len(ring):
                return {"__type": "Polygon", "coordinates": [[pair[1], pair[0]] for pair in pairs]}
    return None


def _bytes(value: JSONValue) -> JSONValue:
    if not isinstance(value, str):
        return None
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return None
    return {"__type": "Bytes", "base64": value}


_DECODERS: Final[dict[str, Callable[[JSONValue], JSONValue]]] = {
    "File": _file,
    "GeoPoint": _geo_point,
    "Polygon": _polygon,
    "Bytes": _bytes,
}
"""By type of a field: its REST form, or `None` when the value does not look as the type asks."""
