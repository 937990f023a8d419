"""Field types of a class, and what type a value of the wire has."""

from typing import Final, TypeAlias, cast

import orjson
from msgspec import Struct

from parsepy import errors
from parsepy.types import JSONObject, JSONValue

PLAIN_TYPES: Final = frozenset(
    "String Number Boolean Date Object Array GeoPoint File Bytes Polygon ACL".split()
)
TARGETED_TYPES: Final = frozenset(("Pointer", "Relation"))


class FieldType(Struct, frozen=True):
    """`FieldType("Pointer", "Team")` reads `Pointer<Team>` in error texts."""

    name: str
    target_class: str | None = None

    def __str__(self) -> str:
        return self.name if self.target_class is None else f"{self.name}<{self.target_class}>"


Fields: TypeAlias = dict[str, FieldType]

STRING: Final = FieldType("String")
NUMBER: Final = FieldType("Number")
BOOLEAN: Final = FieldType("Boolean")
DATE: Final = FieldType("Date")
OBJECT: Final = FieldType("Object")
ARRAY: Final = FieldType("Array")
GEO_POINT: Final = FieldType("GeoPoint")
FILE: Final = FieldType("File")
BYTES: Final = FieldType("Bytes")
POLYGON: Final = FieldType("Polygon")
ACL: Final = FieldType("ACL")

_OPERATION_TYPES: Final = {
    "Increment": NUMBER,
    "Add": ARRAY,
    "AddUnique": ARRAY,
    "Remove": ARRAY,
    "Delete": None,
}


def type_of(value: JSONValue) -> FieldType | None:
    """The field type that writing `value` asks for; `None` for null and for a Delete operation.

    Raises 111 for a malformed typed object, 108 for an unknown operation.
    """
    kind = type(value)
    if kind is str:
        return STRING
    if kind is bool:
        return BOOLEAN
    if kind is int or kind is float:
        return NUMBER
    if value is None:
        return None
    if kind is list:
        return ARRAY
    fields = cast("JSONObject", value)
    if "__type" in fields:
        return _typed(fields)
    if "__op" in fields:
        return _implied_by_operation(fields)
    return OBJECT


def is_typed(value: JSONValue, type_name: str) -> bool:
    return isinstance(value, dict) and value.get("__type") == type_name


def as_text(value: JSONValue) -> str:
    """How JavaScript puts a value into a text: parse-server's messages are made that way."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return ",".join("" if item is None else as_text(item) for item in value)
    return "[object Object]" if isinstance(value, dict) else orjson.dumps(value).decode()


def _typed(value: JSONObject) -> FieldType:
    type_name = value["__type"]
    check = _CHECKS.get(type_name) if isinstance(type_name, str) else None
    field_type = check(value) if check else None
    if field_type is None:
        raise errors.not_a_valid(as_text(type_name))
    return field_type


def _implied_by_operation(value: JSONObject) -> FieldType | None:
    name = value["__op"]
    if name in ("AddRelation", "RemoveRelation"):
        objects = value.get("objects")
        first = objects[0] if isinstance(objects, list) and objects else None
        if not isinstance(first, dict) or not isinstance(first.get("className"), str):
            raise errors.invalid_json(f"{name} needs a list of at least one Pointer")
        return FieldType("Relation", cast("str", first["className"]))
    if name == "Batch":
        operations = value.get("ops")
        first = operations[0] if isinstance(operations, list) and operations else None
        if not isinstance(first, dict) or first.get("__op") not in (
            "AddRelation",
            "RemoveRelation",
        ):
            raise errors.invalid_json("Batch needs a list of AddRelation and RemoveRelation")
        return _implied_by_operation(first)
    if isinstance(name, str) and name in _OPERATION_TYPES:
        return _OPERATION_TYPES[name]
    shown = name if isinstance(name, str) else "given"
    raise errors.not_supported_yet(f"The {shown} operator")


def _pointer(value: JSONObject) -> FieldType | None:
    class_name = value.get("className")
    return FieldType("Pointer", class_name) if isinstance(class_name, str) and class_name else None


def _relation(value: JSONObject) -> FieldType | None:
    class_name = value.get("className")
    return FieldType("Relation", class_name) if isinstance(class_name, str) and class_name else None


def _date(value: JSONObject) -> FieldType | None:
    return DATE if isinstance(value.get("iso"), str) and value["iso"] else None


def _file(value: JSONObject) -> FieldType | None:
    return FILE if isinstance(value.get("name"), str) and value["name"] else None


def _geo_point(value: JSONObject) -> FieldType | None:
    latitude, longitude = value.get("latitude"), value.get("longitude")
    return GEO_POINT if is_number(latitude) and is_number(longitude) else None


def _bytes(value: JSONObject) -> FieldType | None:
    return BYTES if isinstance(value.get("base64"), str) and value["base64"] else None


def _polygon(value: JSONObject) -> FieldType | None:
    coordinates = value.get("coordinates")
    if not isinstance(coordinates, list) or not coordinates:
        return None
    pairs = all(
        isinstance(pair, list) and len(pair) == 2 and all(map(is_number, pair))
        for pair in coordinates
    )
    return POLYGON if pairs else None


def is_number(value: JSONValue) -> bool:
    """Numbers only: a Python bool is an int, a Parse Boolean is no Number."""
    return type(value) is int or type(value) is float


_CHECKS: Final = {
    "Pointer": _pointer,
    "Relation": _relation,
    "Date": _date,
    "File": _file,
    "GeoPoint": _geo_point,
    "Bytes": _bytes,
    "Polygon": _polygon,
}
