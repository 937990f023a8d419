"""Documents that others wrote: earlier layouts, hosted Parse, other programs (section 19)."""

from datetime import datetime
from typing import Any

import pytest
from bson import DatetimeMS, Decimal128, Int64, ObjectId, Regex, encode
from bson.raw_bson import RawBSONDocument
from pymongo.database import Database

from parsepy.protocol.field_types import BYTES, DATE, GEO_POINT, POLYGON, STRING
from parsepy.protocol.values import date, pointer
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONValue
from tests.storage.mongodb.samples import BLOB, DAY, MOMENT, SCHEMA, USER, Raw, schema_of

pytestmark = pytest.mark.anyio

STORED_MOMENT = datetime(2024, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001 - the driver's are naive
MANGLED_BYTES = {
    "buffer": {"0": 104, "1": 101, "2": 108, "3": 108, "4": 111},
    "sub_type": 0,
    "position": 5,
}


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        (Int64(5), 5),
        (Int64(2**53 + 1), 2**53),
        (Decimal128("1.50"), 1.5),
        (Decimal128("3"), 3),
        (4.0, 4),
        (-0.0, 0),
        (STORED_MOMENT, DAY),
        (DatetimeMS(-(10**17)), date("0001-01-01T00:00:00.000Z")),
        (DatetimeMS(10**17), date("9999-12-31T23:59:59.999Z")),
        (b"hello", BLOB),
        (MANGLED_BYTES, BLOB),
        ({"buffer": b"hello", "sub_type": 0, "position": 5}, BLOB),
        ({"buffer": "x", "sub_type": 0, "mine": 5}, {"buffer": "x", "sub_type": 0, "mine": 5}),
        ({"__type": "Date", "iso": STORED_MOMENT}, DAY),
        ({"__type": "Date", "iso": MOMENT}, DAY),
        (ObjectId("6b00688874b1f791f4918a3c"), "6b00688874b1f791f4918a3c"),
        ([{"a": [STORED_MOMENT]}], [{"a": [DAY]}]),
    ],
)
async def test_values_of_other_writers_become_parse_values(
    storage: MongoStorage, raw: Database[Raw], stored: Any, expected: JSONValue
) -> None:
    raw["T"].insert_one({"_id": "o", "unknown": stored, "obj": {"k": stored}, "arr": [stored]})

    assert await storage.get(SCHEMA, "o", None) == {
        "objectId": "o",
        "unknown": expected,
        "obj": {"k": expected},
        "arr": [expected],
    }


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"createdAt": MOMENT}, {"createdAt": MOMENT}),
        ({"createdAt": STORED_MOMENT}, {"createdAt": MOMENT}),
        ({"_created_at": STORED_MOMENT, "createdAt": "2001-01-01"}, {"createdAt": MOMENT}),
        ({"createdAt": "2001-01-01", "_created_at": STORED_MOMENT}, {"createdAt": MOMENT}),
        ({"d": "2024-01-02T03:04:05.678Z"}, {"d": DAY}),
        ({"d": "soon"}, {"d": "soon"}),
        ({"by": "aGVsbG8="}, {"by": BLOB}),
        ({"by": "no base64"}, {"by": "no base64"}),
        ({"geo": [1, 2, 3]}, {"geo": [1, 2, 3]}),
        ({"geo": [Int64(1), 2.0]}, {"geo": {"__type": "GeoPoint", "latitude": 2, "longitude": 1}}),
        ({"poly": {"type": "Point"}}, {"poly": {"type": "Point"}}),
        ({"poly": {"type": "Polygon", "c": 1}}, {"poly": {"type": "Polygon", "c": 1}}),
        ({"file": None}, {"file": None}),
        ({"_p_ptr": "A$with$dollars"}, {"ptr": pointer("A", "with$dollars")}),
        ({"_p_ptr": "Other$x"}, {"ptr": pointer("Other", "x")}),
        ({"_p_ptr": None}, {"ptr": None}),
        ({"_p_ptr": 5}, {}),
        ({"ptr": None, "_p_ptr": "A$x"}, {"ptr": pointer("A", "x")}),
        ({"_p_s": "A$x", "_p_gone": "A$x"}, {}),
        ({"_stray": 1, "_auth_data_x": {"id": "1"}, "": 1}, {"": 1}),
        ({"rel": "leftover", "objectId": "forged", "ACL": {"*": {"read": True}}}, {}),
        ({"_acl": {"u": {"r": True}}}, {}),
        ({"_rperm": ["u"]}, {"ACL": {"u": {"read": True}}}),
        ({"_wperm": []}, {"ACL": {}}),
        ({"_rperm": None, "_wperm": None}, {}),
        ({"obj.y": 5}, {"obj.y": 5}),
    ],
)
async def test_columns_of_other_layouts_are_read_liberally(
    storage: MongoStorage, raw: Database[Raw], columns: Raw, expected: Raw
) -> None:
    raw["T"].insert_one({"_id": "o", **columns})

    assert await storage.get(SCHEMA, "o", None) == {"objectId": "o", **expected}


async def test_user_ignores_a_literal_auth_data_column(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["_User"].insert_one(
        {
            "_id": "u",
            "authData": {"forged": {}},
            "_auth_data_real": {"id": 1},
            "_session_token": "t",
        }
    )

    assert await storage.get(USER, "u", None) == {
        "objectId": "u",
        "authData": {"real": {"id": 1}},
        "sessionToken": "t",
    }


async def test_session_expiry_of_hosted_parse_is_read_as_a_date(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    schema = schema_of("_Session")
    raw["_Session"].insert_many(
        [{"_id": "a", "expiresAt": MOMENT}, {"_id": "b", "_expiresAt": STORED_MOMENT}]
    )

    assert await storage.get(schema, "a", None) == {"objectId": "a", "expiresAt": DAY}
    assert await storage.get(schema, "b", None) == {"objectId": "b", "expiresAt": DAY}


async def test_ids_of_another_type_are_read_as_text(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_one({"_id": ObjectId("6b00688874b1f791f4918a3c")})

    found = await storage.find(SCHEMA, EVERYTHING)

    assert found == [{"objectId": "6b00688874b1f791f4918a3c"}]


async def test_one_odd_row_does_not_break_a_listing(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    broken_text = encode({"_id": "b", "s": "x?x"}).replace(b"x?x", b"x\xffx")
    raw["T"].insert_one({"_id": "a", "_created_at": DatetimeMS(10**17), "obj": Regex("a", "i")})
    raw["T"].insert_one(RawBSONDocument(broken_text))

    found = await storage.find(SCHEMA, EVERYTHING)

    assert {row["objectId"] for row in found} == {"a", "b"}
    assert found[0]["createdAt"] == "9999-12-31T23:59:59.999Z"
    assert found[1]["s"] == "x\N{REPLACEMENT CHARACTER}x"


async def test_class_with_other_types_reads_the_same_columns_otherwise(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["Kinds"].insert_one({"_id": "o", "a": "aGVsbG8=", "b": [1, 2], "c": MOMENT})

    texts = await storage.get(schema_of("Kinds", a=STRING, c=STRING), "o", None)
    typed = await storage.get(schema_of("Kinds", a=BYTES, b=GEO_POINT, c=DATE), "o", None)
    wrong = await storage.get(schema_of("Kinds", a=POLYGON, b=DATE, c=GEO_POINT), "o", None)

    assert texts == wrong == {"objectId": "o", "a": "aGVsbG8=", "b": [1, 2], "c": MOMENT}
    assert typed == {
        "objectId": "o",
        "a": BLOB,
        "b": {"__type": "GeoPoint", "latitude": 2, "longitude": 1},
        "c": DAY,
    }


async def test_projection_brings_every_column_of_the_field(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    row = {
        "_id": "o",
        "_p_ptr": "A$x",
        "s": "x",
        "createdAt": MOMENT,
        "_rperm": ["u"],
        "_wperm": [],
    }
    raw["T"].insert_one(row)

    for fields, expected in (
        ({"ptr"}, {"ptr": pointer("A", "x")}),
        ({"createdAt"}, {"createdAt": MOMENT}),
        ({"ACL", "s"}, {"ACL": {"u": {"read": True}}, "s": "x"}),
        # What a client's `keys` may hold is no operator and no path here.
        ({"$where", "a.b", "", "s\0", "-s", "s"}, {"s": "x"}),
    ):
        found = await storage.find(SCHEMA, EVERYTHING, FindOptions(fields=frozenset(fields)))
        assert found == [{"objectId": "o", **expected}]
