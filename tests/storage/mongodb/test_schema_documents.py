"""`_SCHEMA`: its documents and the operations on them (storage-mongodb sheet, section 2)."""

import asyncio
import json

import pytest
from pymongo.database import Database

from parsepy.errors import ClassExists, Code, ParseError
from parsepy.protocol.field_types import ARRAY, DATE, GEO_POINT, POLYGON, STRING, FieldType
from parsepy.protocol.values import date
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject
from tests.storage.mongodb.samples import DEFINITION, Raw, schema_of

pytestmark = pytest.mark.anyio

PERMISSIONS: JSONObject = {
    "find": {"*": True},
    "protectedFields": {"*": ["s"]},
    "readUserFields": [],
}
COMMON = {"objectId": "string", "updatedAt": "date", "createdAt": "date"}


async def test_class_without_options_is_a_flat_document_in_order(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.create_class(DEFINITION)

    assert json.dumps(raw["_SCHEMA"].find_one()) == json.dumps(
        {
            "_id": "T",
            "objectId": "string",
            "updatedAt": "date",
            "createdAt": "date",
            "s": "string",
            "n": "number",
            "b": "boolean",
            "d": "date",
            "arr": "array",
            "obj": "object",
            "big": "number",
            "geo": "geopoint",
            "file": "file",
            "rel": "relation<A>",
            "by": "bytes",
            "ptr": "*A",
            "poly": "polygon",
        }
    )
    assert await storage.load_classes() == [DEFINITION]


async def test_options_permissions_and_indexes_are_metadata(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    definition = ClassDefinition(
        "S",
        {
            "s": Field(STRING, required=True, default="x"),
            "d": Field(DATE, default=date("2020-01-01T00:00:00.000Z")),
            "p": Field(FieldType("Pointer", "A")),
        },
        permissions=PERMISSIONS,
        indexes={"i1": {"s": 1, "_p_p": -1}},
    )

    await storage.create_class(definition)

    indexes = {"_id_": {"_id": 1}, "i1": {"s": 1, "_p_p": -1}}
    assert raw["_SCHEMA"].find_one() == {
        "_id": "S",
        **COMMON,
        "_metadata": {
            "fields_options": {
                "s": {"required": True, "defaultValue": "x"},
                # In REST form, not as a BSON date.
                "d": {"defaultValue": {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"}},
            },
            "class_permissions": PERMISSIONS,
            "indexes": indexes,
        },
        "s": "string",
        "d": "date",
        "p": "*A",
    }
    assert raw["S"].index_information()["i1"]["key"] == [("s", 1), ("_p_p", -1)]
    assert await storage.load_classes() == [
        ClassDefinition("S", definition.fields, PERMISSIONS, indexes)  # type: ignore[arg-type]
    ]


async def test_class_with_an_index_that_is_refused_is_not_created(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    with pytest.raises(ParseError) as refused:
        await storage.create_class(ClassDefinition("S", indexes={"bad": {"s": "nonsense"}}))

    assert refused.value.code == Code.INVALID_QUERY
    assert raw["_SCHEMA"].count_documents({}) == 0


async def test_class_that_exists_is_not_created_again(storage: MongoStorage) -> None:
    await storage.create_class(ClassDefinition("S"))

    with pytest.raises(ClassExists):
        await storage.create_class(ClassDefinition("S", {"s": Field(STRING)}))

    assert await storage.load_classes() == [ClassDefinition("S")]


async def test_columns_that_are_never_recorded_stay_out(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    fields = {name: Field(STRING) for name in ("username", "password", "ACL", "objectId")}

    await storage.create_class(ClassDefinition("_User", fields))

    assert raw["_SCHEMA"].find_one() == {"_id": "_User", **COMMON, "username": "string"}


async def test_added_field_makes_its_class_where_it_is_missing(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.add_field("S", "s", Field(STRING, required=True))
    await storage.add_field("S", "list", Field(ARRAY))

    assert raw["_SCHEMA"].find_one() == {
        "_id": "S",
        **COMMON,
        "s": "string",
        "_metadata": {"fields_options": {"s": {"required": True}}},
        "list": "array",
    }


async def test_field_that_is_there_keeps_its_type(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.create_class(ClassDefinition("S", {"s": Field(STRING)}))

    await asyncio.gather(*(storage.add_field("S", "s", Field(DATE)) for _ in range(4)))
    await asyncio.gather(*(storage.add_field("S", "new", Field(DATE)) for _ in range(4)))

    assert raw["_SCHEMA"].find_one() == {"_id": "S", **COMMON, "s": "string", "new": "date"}


async def test_second_geo_point_is_refused(storage: MongoStorage) -> None:
    await storage.add_field("S", "here", Field(GEO_POINT))
    await storage.add_field("S", "here", Field(GEO_POINT))

    with pytest.raises(ParseError) as refused:
        await storage.add_field("S", "there", Field(GEO_POINT))

    assert refused.value.code == Code.INCORRECT_TYPE
    assert refused.value.message == "MongoDB only supports one GeoPoint field in a class."


async def test_added_polygon_gets_an_index_and_a_created_one_does_not(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.create_class(ClassDefinition("S", {"first": Field(POLYGON)}))
    await storage.add_field("S", "area", Field(POLYGON))

    assert list(raw["S"].index_information()) == ["_id_", "area_2dsphere"]


async def test_options_and_permissions_are_replaced(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.create_class(ClassDefinition("S", {"s": Field(STRING, required=True)}))

    await storage.set_field_options("S", "s", Field(STRING, default="x"))
    await storage.set_field_options("S", "missing", Field(STRING, default="x"))
    await storage.set_permissions("S", {"get": {"role:a.b": True}})
    await storage.set_permissions("Missing", {"get": {}})

    assert list(raw["_SCHEMA"].find()) == [
        {
            "_id": "S",
            **COMMON,
            "_metadata": {
                "fields_options": {"s": {"defaultValue": "x"}},
                "class_permissions": {"get": {"role:a.b": True}},
            },
            "s": "string",
        }
    ]


async def test_deleted_fields_take_values_options_and_join_rows_with_them(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    schema = ClassSchema(
        ClassDefinition(
            "S",
            {
                "s": Field(STRING, required=True),
                "p": Field(FieldType("Pointer", "A")),
                "r": Field(FieldType("Relation", "A")),
                "kept": Field(STRING),
            },
        )
    )
    await storage.create_class(schema.definition)
    raw["S"].insert_many(
        [{"_id": "a", "s": "x", "_p_p": "A$1", "kept": "k"}, {"_id": "b", "p": None}, {"_id": "c"}]
    )
    await storage.change_relation("_Join:r:S", "a", ["1"], [])

    await storage.delete_fields(schema, ["s", "p", "r"])

    assert list(raw["S"].find()) == [{"_id": "a", "kept": "k"}, {"_id": "b"}, {"_id": "c"}]
    assert raw["_SCHEMA"].find_one() == {
        "_id": "S",
        **COMMON,
        "_metadata": {"fields_options": {}},
        "kept": "string",
    }
    assert set(raw.list_collection_names()) == {"_SCHEMA", "S"}


async def test_deleted_class_leaves_nothing(storage: MongoStorage, raw: Database[Raw]) -> None:
    schema = schema_of("S", r=FieldType("Relation", "A"))
    await storage.create_class(schema.definition)
    await storage.insert(schema, {"objectId": "o"})
    await storage.change_relation("_Join:r:S", "o", ["1"], [])

    await storage.delete_class(schema)
    await storage.delete_class(schema)

    assert raw.list_collection_names() == ["_SCHEMA"]
    assert await storage.load_classes() == []


async def test_documents_of_older_servers_are_read(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_many(
        [
            {
                "_id": "Old",
                "objectId": "string",
                "createdAt": "string",
                "updatedAt": "string",
                "_client_permissions": {"find": True},
                "data": "map",
                "strange": "hologram",
                "stranger": 5,
                "_metadata": {"fields_options": None},
            },
            {"_id": "_PushStatus", "status": "string"},
            {"_id": "_Hooks"},
        ]
    )

    assert await storage.load_classes() == [
        ClassDefinition("Old", {"data": Field(FieldType("Object"))})
    ]


async def test_erase_leaves_only_what_belongs_to_others(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    for name in ("pre_T", "pre__SCHEMA", "other_T", "fs.files"):
        raw[name].insert_one({})
    storage = MongoStorage(mongodb_database_uri, collection_prefix="pre_")
    await storage.start()
    try:
        await storage.erase()
    finally:
        await storage.close()

    assert set(raw.list_collection_names()) == {"other_T", "fs.files"}
