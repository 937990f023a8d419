"""One object with every type, and its class, in Parse's terms."""

from typing import Any, TypeAlias

from parsepy.protocol.field_types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DATE,
    FILE,
    GEO_POINT,
    NUMBER,
    OBJECT,
    POLYGON,
    STRING,
    FieldType,
)
from parsepy.protocol.values import date, pointer
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, ParseObject

Raw: TypeAlias = dict[str, Any]

MOMENT = "2024-01-02T03:04:05.678Z"
DAY = date(MOMENT)
POINTER = pointer("A", "q")
PLACE: JSONObject = {"__type": "GeoPoint", "latitude": 40, "longitude": -30}
BLOB: JSONObject = {"__type": "Bytes", "base64": "aGVsbG8="}
AREA: JSONObject = {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]]}
PICTURE: JSONObject = {"__type": "File", "name": "abc_x.png"}

TYPES = {
    "s": STRING,
    "n": NUMBER,
    "b": BOOLEAN,
    "d": DATE,
    "arr": ARRAY,
    "obj": OBJECT,
    "big": NUMBER,
    "geo": GEO_POINT,
    "file": FILE,
    "rel": FieldType("Relation", "A"),
    "by": BYTES,
    "ptr": FieldType("Pointer", "A"),
    "poly": POLYGON,
}
DEFINITION = ClassDefinition("T", {name: Field(type_) for name, type_ in TYPES.items()})
SCHEMA = ClassSchema(DEFINITION)
USER = ClassSchema(ClassDefinition("_User"))
ROLE = ClassSchema(ClassDefinition("_Role"))

OBJECT_OF_ALL_TYPES: ParseObject = {
    "objectId": "sPbqbiGANB",
    "createdAt": MOMENT,
    "updatedAt": MOMENT,
    "s": "str",
    "n": 1.5,
    "big": 5_000_000_000,
    "b": True,
    "d": DAY,
    "by": BLOB,
    "ptr": POINTER,
    "arr": [1, "x", DAY, POINTER, PLACE, BLOB, None, PICTURE, [1, [2]]],
    "obj": {"x": 1, "d": DAY, "p": POINTER, "g": PLACE, "f": PICTURE, "nul": None, "poly": AREA},
    "geo": PLACE,
    "poly": AREA,
    "file": PICTURE,
    "ACL": {"u1": {"read": True, "write": True}, "role:Admins": {"write": True}},
}


def schema_of(class_name: str, **types: FieldType) -> ClassSchema:
    return ClassSchema(
        ClassDefinition(class_name, {name: Field(type_) for name, type_ in types.items()})
    )
