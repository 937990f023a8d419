"""What goes to the database, and how its refusals come back."""

from datetime import datetime

import pytest
from bson import Decimal128, ObjectId
from pymongo.database import Database

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.errors import ParseError
from parsepy.protocol.field_types import DATE, NUMBER
from parsepy.protocol.values import date
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.mongodb import MongoStorage
from parsepy.types import JSONObject
from tests.storage.mongodb.samples import Raw

pytestmark = pytest.mark.anyio

GAME = ClassSchema(ClassDefinition("Game", {"n": Field(NUMBER), "day": Field(DATE)}))
ISO = "2024-01-02T03:04:05.678Z"
RAW = AggregateOptions(raw_values=True)


@pytest.fixture
def row(raw: Database[Raw]) -> ObjectId:
    """One document with what Parse itself never stores."""
    key = ObjectId()
    day = datetime.fromisoformat(ISO).replace(tzinfo=None)
    raw["Game"].insert_one({"_id": key, "n": 5, "day": day, "price": Decimal128("1.50")})
    return key


async def test_dates_go_as_dates_and_come_as_typed_ones(
    storage: MongoStorage, row: ObjectId
) -> None:
    pipeline: list[JSONObject] = [{"$match": {"day": date(ISO)}}, {"$project": {"day": 1}}]
    assert await storage.aggregate(GAME, pipeline) == [{"_id": str(row), "day": date(ISO)}]


async def test_extended_json_has_every_type_of_the_database(
    storage: MongoStorage, row: ObjectId
) -> None:
    pipeline: list[JSONObject] = [{"$match": {"_id": {"$oid": str(row)}}}]
    assert await storage.aggregate(GAME, pipeline, RAW) == [
        {
            "_id": {"$oid": str(row)},
            "n": 5,
            "day": {"$date": ISO},
            "price": {"$numberDecimal": "1.50"},
        }
    ]


async def test_stages_that_only_the_database_has(storage: MongoStorage, row: ObjectId) -> None:
    boundaries: JSONObject = {"$bucketAuto": {"groupBy": "$n", "buckets": 1}}
    assert await storage.aggregate(GAME, [boundaries]) == [
        {"_id": {"min": 5, "max": 5}, "count": 1}
    ]
    assert await storage.aggregate(GAME, [{"$out": "Copy"}]) == []
    copy = ClassSchema(ClassDefinition("Copy"))
    assert await storage.aggregate(copy, [{"$count": "n"}]) == [{"n": 1}]


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"$set": {"x": {"$divide": [1, 0]}}}, "can't $divide by zero"),
        ({"$foo": 1}, "Unrecognized pipeline stage name: '$foo'"),
        ({"$match": {"n": {"$regex": "("}}}, "The $regex value is not a valid regular expression."),
    ],
)
async def test_of_a_refusal_the_cause_alone_is_told(
    storage: MongoStorage, row: ObjectId, stage: JSONObject, message: str
) -> None:
    with pytest.raises(ParseError) as refused:
        await storage.aggregate(GAME, [stage])
    assert (refused.value.code, refused.value.message) == (102, message)


async def test_time_limits_hold(mongodb_database_uri: str, raw: Database[Raw]) -> None:
    limited = MongoStorage(mongodb_database_uri, options={"maxTimeMS": 1})
    await limited.start()
    try:
        raw["Game"].insert_many([{"n": n} for n in range(2000)])
        product: JSONObject = {
            "from": "Game",
            "pipeline": [{"$match": {"n": {"$lt": 0}}}],
            "as": "x",
        }
        with pytest.raises(ParseError) as refused:
            await limited.aggregate(GAME, [{"$lookup": {**product, "let": {"m": "$n"}}}])
        assert refused.value.code == 1
    finally:
        await limited.close()
