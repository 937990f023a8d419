"""Filters, as documents: what goes to the database (storage-mongodb sheet, section 11)."""

from typing import Any

import pytest
from bson import Regex
from pymongo.database import Database

from parsepy.errors import Code, ParseError
from parsepy.protocol.field_types import ARRAY, DATE, NUMBER, OBJECT, STRING, FieldType
from parsepy.protocol.values import pointer
from parsepy.query.options import FindOptions
from parsepy.query.tree import (
    EVERYTHING,
    NOTHING,
    Accessible,
    All,
    AllMatch,
    And,
    Compare,
    ContainedBy,
    Equal,
    Exists,
    In,
    Matches,
    Nor,
    NotEqual,
    NotIn,
    Or,
    Path,
    Where,
)
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.where import compile_where
from parsepy.types import JSONObject, JSONValue
from tests.storage.mongodb.samples import DAY, POINTER, SCHEMA, USER, Raw
from tests.storage.mongodb.test_layout import STORED_MOMENT

pytestmark = pytest.mark.anyio

N = Path("n", NUMBER)
S = Path("s", STRING)
ARR = Path("arr", ARRAY)
PTR = Path("ptr", FieldType("Pointer", "A"))
NESTED = Path("obj.k", OBJECT)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        (EVERYTHING, {}),
        (NOTHING, {"$nor": [{}]}),
        (Or(()), {"$nor": [{}]}),
        (Nor(()), {}),
        (Equal(N, 1), {"n": 1}),
        (Equal(N, 2**40), {"n": 2.0**40}),
        (Equal(S, None), {"s": None}),
        (NotEqual(S, "x"), {"s": {"$ne": "x"}}),
        (Compare(N, "<", 1), {"n": {"$lt": 1}}),
        (Compare(N, "<=", 1), {"n": {"$lte": 1}}),
        (Compare(N, ">", 1), {"n": {"$gt": 1}}),
        (Compare(N, ">=", 1), {"n": {"$gte": 1}}),
        (In(N, (1, None)), {"n": {"$in": [1, None]}}),
        (NotIn(N, (1,)), {"n": {"$nin": [1]}}),
        (Exists(S, False), {"s": {"$exists": False}}),
        (
            Exists(PTR, True),
            {"$or": [{"_p_ptr": {"$exists": True}}, {"ptr": {"$exists": True}}]},
        ),
        (
            Exists(PTR, False),
            {"$and": [{"_p_ptr": {"$exists": False}}, {"ptr": {"$exists": False}}]},
        ),
        (Equal(PTR, POINTER), {"_p_ptr": "A$q"}),
        (In(PTR, (POINTER,)), {"_p_ptr": {"$in": ["A$q"]}}),
        (Equal(Path("new"), pointer("B", "1")), {"new": "B$1"}),
        (Equal(ARR, POINTER), {"arr": {"$eq": POINTER}}),
        (Equal(NESTED, POINTER), {"obj.k": {"$eq": POINTER}}),
        (Equal(Path("d", DATE), DAY), {"d": STORED_MOMENT}),
        (Compare(Path("createdAt", DATE), "<", DAY), {"_created_at": {"$lt": STORED_MOMENT}}),
        (Equal(Path("objectId", STRING), "o"), {"_id": "o"}),
        (Equal(Path("sessionToken", STRING), "r:1"), {"_session_token": "r:1"}),
        (All(ARR, (1, POINTER)), {"arr": {"$all": [1, POINTER]}}),
        (AllMatch(ARR, ("^\\Qa\\E",)), {"arr": {"$all": [Regex("^\\Qa\\E")]}}),
        (ContainedBy(ARR, (1,)), {"$nor": [{"arr": {"$elemMatch": {"$nin": [1]}}}]}),
        (Matches(S, "^a", ""), {"s": {"$regex": "^a"}}),
        (Matches(S, "^a", "im"), {"s": {"$regex": "^a", "$options": "im"}}),
        (Accessible("read", ("*", "u")), {"_rperm": {"$in": [None, "*", "u"]}}),
        (Accessible("write", ()), {"_wperm": {"$in": [None]}}),
        (And((Equal(N, 1), Equal(S, "x"))), {"n": 1, "s": "x"}),
        (And((Equal(N, 1), Equal(N, 2), EVERYTHING)), {"n": 1, "$and": [{"n": 2}]}),
        (
            And(
                (
                    Or((Equal(N, 1),)),
                    Or((Equal(N, 2),)),
                    Exists(PTR, False),
                    Equal(N, 3),
                    Equal(N, 4),
                )
            ),
            {
                "$or": [{"n": 1}],
                "$and": [
                    {"_p_ptr": {"$exists": False}},
                    {"ptr": {"$exists": False}},
                    {"$or": [{"n": 2}]},
                    {"n": 4},
                ],
                "n": 3,
            },
        ),
        (
            And((ContainedBy(ARR, ()), ContainedBy(ARR, ()))),
            {
                "$nor": [{"arr": {"$elemMatch": {"$nin": []}}}],
                "$and": [{"$nor": [{"arr": {"$elemMatch": {"$nin": []}}}]}],
            },
        ),
    ],
)
def test_tree_becomes_a_filter(where: Where, expected: Raw) -> None:
    assert compile_where(Columns(SCHEMA), where) == expected


def test_user_and_configuration_paths_have_columns_of_their_own() -> None:
    users, config = Columns(USER), Columns(ClassSchema(ClassDefinition("_GlobalConfig")))

    assert compile_where(users, Equal(Path("authData.fb.id"), "1")) == {"_auth_data_fb.id": "1"}
    assert compile_where(users, Exists(Path("authData.fb"), True)) == {
        "_auth_data_fb": {"$exists": True}
    }
    assert compile_where(Columns(SCHEMA), Equal(Path("authData.fb.id"), "1")) == {
        "authData.fb.id": "1"
    }
    assert compile_where(config, Equal(Path("objectId", STRING), "1")) == {"_id": 1}


@pytest.mark.parametrize(
    "value", [{"$ne": None}, {"$elemMatch": {}}, {"$where": "1"}, {"__type": "X", "$ne": 1}]
)
def test_value_that_could_be_read_as_an_operator_is_refused(value: JSONObject) -> None:
    columns = Columns(SCHEMA)

    for path in (S, ARR, NESTED, Path("missing")):
        for where in (
            Equal(path, value),
            NotEqual(path, value),
            Compare(path, "<", value),
            In(path, (1, value)),
            NotIn(path, (value,)),
            All(path, (value,)),
            ContainedBy(path, (value,)),
        ):
            with pytest.raises(ParseError) as refused:
                compile_where(columns, Or((EVERYTHING, where)))
            assert refused.value.code == Code.INVALID_NESTED_KEY


async def test_operators_deeper_in_a_value_are_compared_as_data(storage: MongoStorage) -> None:
    await storage.insert(SCHEMA, {"objectId": "o", "s": "secret", "arr": ["secret"]})

    values: list[JSONValue] = [[{"$ne": None}], {"a": {"$ne": None}}]
    for value in values:
        for path in (S, ARR, NESTED, Path("missing")):
            for where in (Equal(path, value), In(path, (value,)), All(path, (value,))):
                assert await storage.find(SCHEMA, where) == []


@pytest.mark.parametrize("pattern", ["(", "[", "*", "\\", "a{2,1}", "\\p{Foo}"])
async def test_bad_regular_expression_is_a_bad_query(storage: MongoStorage, pattern: str) -> None:
    for operation in (storage.find, storage.count):
        with pytest.raises(ParseError) as refused:
            await operation(SCHEMA, Matches(S, pattern, ""))

        assert refused.value.code == Code.INVALID_QUERY
        assert refused.value.message == "The $regex value is not a valid regular expression."


@pytest.mark.parametrize("options", ["i", "m", "s", "x", "u", "imsxu"])
async def test_every_regex_option_of_the_protocol_is_taken(
    storage: MongoStorage, options: str
) -> None:
    await storage.insert(SCHEMA, {"objectId": "o", "s": "abc"})

    found = await storage.find(SCHEMA, Matches(S, "^a", options))

    assert [row["objectId"] for row in found] == ["o"]


async def test_find_sorts_skips_limits_and_compares_without_case(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw["T"].insert_many(
        [
            {"_id": name, "s": text, "_p_ptr": f"A${name}"}
            for name, text in zip("abc", "xXy", strict=True)
        ]
    )

    async def ids(where: Where, options: FindOptions) -> list[Any]:
        return [row["objectId"] for row in await storage.find(SCHEMA, where, options)]

    assert await ids(EVERYTHING, FindOptions(order=(("ptr", True),))) == ["c", "b", "a"]
    assert await ids(EVERYTHING, FindOptions(order=(("objectId", False),), skip=1, limit=1)) == [
        "b"
    ]
    assert await ids(Equal(S, "x"), FindOptions()) == ["a"]
    assert await ids(Equal(S, "x"), FindOptions(case_insensitive=True, comment="note")) == [
        "a",
        "b",
    ]


async def test_listing_longer_than_one_batch_is_complete(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    raw["T"].insert_many([{"_id": str(number)} for number in range(25)])
    storage = MongoStorage(mongodb_database_uri, options={"batchSize": 10, "maxTimeMS": 60_000})
    await storage.start()
    try:
        assert len(await storage.find(SCHEMA, EVERYTHING)) == 25
        assert await storage.count(SCHEMA, EVERYTHING) == 25
        assert await storage.count(SCHEMA, Equal(Path("objectId", STRING), "7")) == 1
        assert await storage.get(SCHEMA, "7", ("*",)) == {"objectId": "7"}
    finally:
        await storage.close()
