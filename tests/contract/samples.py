"""Classes and objects that the contract tests share."""

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
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Compare, Equal, Path, Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.base import Storage
from parsepy.types import JSONValue, ParseObject

CREATED, UPDATED = "2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.679Z"
LATER = "2024-05-06T07:08:09.010Z"

EVERY_TYPE = ClassSchema(
    ClassDefinition(
        "Thing",
        {
            "text": Field(STRING),
            "number": Field(NUMBER),
            "flag": Field(BOOLEAN),
            "day": Field(DATE),
            "map": Field(OBJECT),
            "list": Field(ARRAY),
            "place": Field(GEO_POINT),
            "area": Field(POLYGON),
            "file": Field(FILE),
            "blob": Field(BYTES),
            "owner": Field(FieldType("Pointer", "_User")),
            "members": Field(FieldType("Relation", "_User")),
        },
    )
)


def thing(object_id: str, **fields: JSONValue) -> ParseObject:
    return {"objectId": object_id, "createdAt": CREATED, "updatedAt": UPDATED, **fields}


def path(key: str) -> Path:
    return Path(key, EVERY_TYPE.type_of(key.partition(".")[0]))


def equal(key: str, value: JSONValue) -> Equal:
    return Equal(path(key), value)


def below(key: str, value: JSONValue) -> Compare:
    return Compare(path(key), "<", value)


def is_object(object_id: str) -> Equal:
    return equal("objectId", object_id)


async def ids(
    storage: Storage,
    where: Where = EVERYTHING,
    options: FindOptions | None = None,
    schema: ClassSchema = EVERY_TYPE,
) -> list[str]:
    found = await storage.find(schema, where, options or FindOptions(order=(("objectId", False),)))
    return [str(document["objectId"]) for document in found]
