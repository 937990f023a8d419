"""What is stored: parse-server's documents (storage-mongodb sheet, sections 3, 4, 7 to 9)."""

import json
from datetime import datetime

import pytest
from bson import json_util
from pymongo.database import Database

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol.field_types import DATE, NUMBER, OBJECT, STRING, FieldType
from parsepy.protocol.values import pointer
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject, ParseObject
from tests.storage.mongodb.samples import (
    DAY,
    MOMENT,
    OBJECT_OF_ALL_TYPES,
    SCHEMA,
    USER,
    Raw,
    schema_of,
)

pytestmark = pytest.mark.anyio

AUTH_DATA: JSONObject = {"id": "12", "until": DAY}
STORED_MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001 - the driver's are naive


async def stored(
    storage: MongoStorage, raw: Database[Raw], schema: ClassSchema, document: ParseObject
) -> Raw:
    await storage.insert(schema, document)
    found = raw[schema.name].find_one({"_id": document["objectId"]})
    assert found is not None
    return found


async def test_object_of_all_types_is_stored_as_parse_server_stores_it(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    document = await stored(storage, raw, SCHEMA, OBJECT_OF_ALL_TYPES)

    # Text and not a dict: the order of the columns is part of the layout.
    assert json_util.dumps(document, json_options=json_util.RELAXED_JSON_OPTIONS) == json.dumps(
        {
            "_id": "sPbqbiGANB",
            "s": "str",
            "n": 1.5,
            "big": 5000000000.0,
            "b": True,
            "d": {"$date": MOMENT},
            "by": {"$binary": {"base64": "aGVsbG8=", "subType": "00"}},
            "_p_ptr": "A$q",
            "arr": [
                1,
                "x",
                {"$date": MOMENT},
                {"__type": "Pointer", "className": "A", "objectId": "q"},
                {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
                {"$binary": {"base64": "aGVsbG8=", "subType": "00"}},
                None,
                {"__type": "File", "name": "abc_x.png"},
                [1, [2]],
            ],
            "obj": {
                "x": 1,
                "d": {"$date": MOMENT},
                "p": {"__type": "Pointer", "className": "A", "objectId": "q"},
                "g": {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
                "f": {"__type": "File", "name": "abc_x.png"},
                "nul": None,
                "poly": {
                    "__type": "Polygon",
                    "coordinates": [[0, 0], [0, 1], [1, 1], [1, 0], [0, 0]],
                },
            },
            "geo": [-30, 40],
            "poly": {
                "type": "Polygon",
                "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]],
            },
            "file": "abc_x.png",
            "_wperm": ["u1", "role:Admins"],
            "_rperm": ["u1"],
            "_acl": {"u1": {"w": True, "r": True}, "role:Admins": {"w": True}},
            "_created_at": {"$date": MOMENT},
            "_updated_at": {"$date": MOMENT},
        }
    )


async def test_object_of_all_types_reads_back_as_it_was_written(storage: MongoStorage) -> None:
    before = json.dumps(OBJECT_OF_ALL_TYPES)

    await storage.insert(SCHEMA, OBJECT_OF_ALL_TYPES)

    assert await storage.get(SCHEMA, "sPbqbiGANB", None) == OBJECT_OF_ALL_TYPES
    assert json.dumps(OBJECT_OF_ALL_TYPES) == before


@pytest.mark.parametrize(
    ("number", "bson_type", "expected"),
    [
        (3, "int", 3),
        (-(2**31), "int", -(2**31)),
        (2**31, "double", 2**31),
        (1e21, "double", 1e21),
        (2.0, "int", 2),
        (0.5, "double", 0.5),
        (2**63, "double", 2.0**63),
    ],
)
async def test_numbers_are_stored_as_int32_where_they_fit_else_as_doubles(
    storage: MongoStorage, raw: Database[Raw], number: float, bson_type: str, expected: float
) -> None:
    await storage.insert(SCHEMA, {"objectId": "o", "n": number, "arr": [number]})

    assert raw["T"].count_documents({"n": {"$type": bson_type}, "arr": {"$type": bson_type}}) == 1
    found = await storage.get(SCHEMA, "o", None)
    assert found is not None
    assert found["n"] == expected
    assert (type(found["n"]) is int) == (float(number).is_integer() and number < 2**63)


@pytest.mark.parametrize(
    ("access", "columns"),
    [
        (None, {}),
        ({}, {"_wperm": [], "_rperm": [], "_acl": {}}),
        (
            {"u9": {"read": True}},
            {"_wperm": [], "_rperm": ["u9"], "_acl": {"u9": {"r": True}}},
        ),
    ],
)
async def test_access_columns_are_all_there_or_none(
    storage: MongoStorage, raw: Database[Raw], access: JSONObject | None, columns: Raw
) -> None:
    document: ParseObject = (
        {"objectId": "o"} if access is None else {"objectId": "o", "ACL": access}
    )

    assert await stored(storage, raw, SCHEMA, document) == {"_id": "o", **columns}
    assert await storage.get(SCHEMA, "o", None) == document


async def test_null_in_a_pointer_field_stands_under_the_fields_own_name(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    assert await stored(storage, raw, SCHEMA, {"objectId": "o", "ptr": None}) == {
        "_id": "o",
        "ptr": None,
    }


async def test_pointer_in_an_unknown_field_gets_its_prefix_and_a_relation_no_column(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    relation: JSONObject = {"__type": "Relation", "className": "A"}
    document: ParseObject = {
        "objectId": "o",
        "new": pointer("B", "1"),
        "rel": relation,
        "other": relation,
    }

    assert await stored(storage, raw, SCHEMA, document) == {"_id": "o", "_p_new": "B$1"}


async def test_user_has_its_internal_columns_and_one_column_per_provider(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    user: ParseObject = {
        "objectId": "JVfVpKhFjd",
        "createdAt": MOMENT,
        "updatedAt": MOMENT,
        "username": "u1",
        "_hashed_password": "$2y$10$x",
        "_email_verify_token_expires_at": DAY,
        "_failed_login_count": 3,
        "_password_history": ["$2y$10$MC4z", "$2y$10$LE5F"],
        "authData": {"myauth": AUTH_DATA, "gone": None},
        "ACL": {"JVfVpKhFjd": {"read": True, "write": True}},
    }

    document = await stored(storage, raw, USER, user)

    assert list(document.items()) == [
        ("_id", "JVfVpKhFjd"),
        ("username", "u1"),
        ("_hashed_password", "$2y$10$x"),
        ("_email_verify_token_expires_at", STORED_MOMENT),
        ("_failed_login_count", 3),
        ("_password_history", ["$2y$10$MC4z", "$2y$10$LE5F"]),
        ("_wperm", ["JVfVpKhFjd"]),
        ("_rperm", ["JVfVpKhFjd"]),
        # As the provider gave it: parse-server reads auth data without looking into it.
        ("_auth_data_myauth", {"id": "12", "until": {"__type": "Date", "iso": MOMENT}}),
        ("_acl", {"JVfVpKhFjd": {"w": True, "r": True}}),
        ("_created_at", STORED_MOMENT),
        ("_updated_at", STORED_MOMENT),
    ]
    read = await storage.get(USER, "JVfVpKhFjd", None)
    assert read == {**user, "authData": {"myauth": AUTH_DATA}}


async def test_session_has_its_token_in_a_column_of_its_own(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    session: ParseObject = {
        "objectId": "ZiL48kbtmX",
        "sessionToken": "r:2caeaccc81570b52525d69cc63ee73ac",
        "user": pointer("_User", "k5LdwSV1cN"),
        "createdWith": {"action": "login", "authProvider": "anonymous"},
        "expiresAt": DAY,
    }
    schema = ClassSchema(ClassDefinition("_Session"))

    assert await stored(storage, raw, schema, session) == {
        "_id": "ZiL48kbtmX",
        "_session_token": "r:2caeaccc81570b52525d69cc63ee73ac",
        "_p_user": "_User$k5LdwSV1cN",
        "createdWith": {"action": "login", "authProvider": "anonymous"},
        "expiresAt": STORED_MOMENT,
    }
    assert await storage.get(schema, "ZiL48kbtmX", None) == session


async def test_audience_and_configuration_have_their_own_columns(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    audience = ClassSchema(ClassDefinition("_Audience"))
    config = ClassSchema(ClassDefinition("_GlobalConfig"))
    used: ParseObject = {"objectId": "f95", "lastUsed": DAY, "timesUsed": 1}
    settings: ParseObject = {"objectId": "1", "params": {"d": DAY, "big": 2**40}}

    assert await stored(storage, raw, audience, used) == {
        "_id": "f95",
        "_last_used": STORED_MOMENT,
        "times_used": 1,
    }
    await storage.insert(config, settings)
    assert raw["_GlobalConfig"].find_one() == {
        "_id": 1,
        "params": {"d": {"__type": "Date", "iso": MOMENT}, "big": 2.0**40},
    }
    assert await storage.get(audience, "f95", None) == used
    assert await storage.get(config, "1", None) == settings


async def test_prefix_stands_before_every_collection(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    storage = MongoStorage(mongodb_database_uri, collection_prefix="pre_")
    await storage.start()
    try:
        await storage.create_class(SCHEMA.definition)
        await storage.insert(SCHEMA, {"objectId": "o"})
        await storage.change_relation("_Join:users:_Role", "r", ["u"], [])
    finally:
        await storage.close()

    assert set(raw.list_collection_names()) == {"pre__SCHEMA", "pre_T", "pre__Join:users:_Role"}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        # parse-server refuses to read a whole class in which one such column is.
        ({"_unknown": 1}, errors.Code.INVALID_KEY_NAME),
        ({"authData": {"a.b": {"id": 1}}}, errors.Code.INVALID_KEY_NAME),
        ({"a": {"__type": "Date", "iso": "never"}}, errors.Code.INCORRECT_TYPE),
        ({"a": [{"__type": "Bytes", "base64": 5}]}, errors.Code.INCORRECT_TYPE),
        ({"a": {"__type": "GeoPoint"}}, errors.Code.INCORRECT_TYPE),
        ({"a": 10**400}, errors.Code.INCORRECT_TYPE),
    ],
)
async def test_what_the_layout_has_no_form_for_is_refused(
    storage: MongoStorage, raw: Database[Raw], document: ParseObject, code: int
) -> None:
    with pytest.raises(ParseError) as refused:
        await storage.insert(USER, {"objectId": "o", **document})

    assert refused.value.code == code
    assert raw["_User"].count_documents({}) == 0


async def test_type_names_that_are_no_texts_are_data(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    schema = schema_of("Odd", a=OBJECT)
    document: ParseObject = {"objectId": "o", "a": {"__type": [], "b": {"__type": {}}}}

    assert await stored(storage, raw, schema, document) == {"_id": "o", "a": document["a"]}


async def test_columns_of_one_class_do_not_leak_into_another(storage: MongoStorage) -> None:
    """`authData`, `lastUsed` and the like are ordinary fields where they mean nothing."""
    schema = schema_of(
        "Plain", authData=OBJECT, lastUsed=DATE, timesUsed=NUMBER, user=FieldType("Pointer", "B")
    )
    document: ParseObject = {
        "objectId": "o",
        "authData": {"facebook": {"id": "1"}},
        "lastUsed": DAY,
        "timesUsed": 2,
        "user": pointer("B", "1"),
        "expiresAt": "tomorrow",
    }

    await storage.insert(schema, document)

    assert await storage.get(schema, "o", None) == document
    assert await storage.get(schema_of("Plain", s=STRING), "o", None) == {
        name: value for name, value in document.items() if name != "user"
    }
