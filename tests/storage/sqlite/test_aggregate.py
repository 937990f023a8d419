"""What of a pipeline becomes SQL, and that evaluation does not hold up the loop."""

import asyncio
from typing import cast

import pytest

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.errors import ParseError
from parsepy.protocol.field_types import ARRAY, BOOLEAN, DATE, NUMBER, OBJECT, STRING, FieldType
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.sqlite.aggregate import make_plan
from parsepy.types import JSONObject, JSONValue

pytestmark = pytest.mark.anyio

SCORE = ClassSchema(
    ClassDefinition(
        "Score",
        {
            "points": Field(NUMBER),
            "player": Field(STRING),
            "won": Field(BOOLEAN),
            "day": Field(DATE),
            "team": Field(FieldType("Pointer", "Team")),
            "tags": Field(ARRAY),
            "info": Field(OBJECT),
        },
    )
)
NOW = "2024-01-02T03:04:05.678Z"


def sql(*pipeline: JSONObject) -> str:
    return make_plan(SCORE, pipeline).query.sql


def rest(*pipeline: JSONObject) -> list[JSONObject]:
    return [*make_plan(SCORE, pipeline).rest]


@pytest.mark.parametrize(
    "group",
    [
        {"_id": "$player", "n": {"$sum": 1}, "s": {"$sum": "$points"}, "a": {"$avg": "$points"}},
        {"_id": "$_p_team", "lo": {"$min": "$points"}, "hi": {"$max": "$day"}},
        {"_id": "$won", "n": {"$count": {}}},
        {"_id": "$_created_at"},
        {"_id": None, "n": {"$sum": 2}},
    ],
)
def test_plain_groups_are_sql(group: JSONObject) -> None:
    assert rest({"$group": group}) == []
    assert rest({"$match": {"points": {"$gt": 1}}}, {"$group": group}, {"$limit": 1}) == [
        {"$limit": 1}
    ]


@pytest.mark.parametrize(
    "group",
    [
        {"_id": "$tags"},
        {"_id": {"p": "$player"}},
        {"_id": "$player", "x": {"$push": "$points"}},
        {"_id": "$player", "x": {"$sum": "$player"}},
        {"_id": "$player", "x": {"$sum": {"$add": ["$points", 1]}}},
        {"_id": "$player", "a b": {"$sum": 1}},
        {"_id": "$info.a"},
    ],
)
def test_other_groups_are_evaluated(group: JSONObject) -> None:
    assert rest({"$group": group}) == [{"$group": group}]


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ({"points": {"$gte": 1, "$lt": 5}, "player": "a"}, None),
        ({"_p_team": "Team$x", "_id": {"$in": ["a", "b"]}}, None),
        ({"$or": [{"points": 1}, {"$and": [{"won": True}, {"player": {"$ne": None}}]}]}, None),
        ({"player": {"$regex": "^a", "$options": "i"}}, None),
        ({"points": 1, "tags": "a"}, {"tags": "a"}),
        ({"points": {"$type": "int"}}, {"points": {"$type": "int"}}),
        ({"points": {"$gt": None}}, {"points": {"$gt": None}}),
        ({"$or": [{"points": 1}, {"tags": 1}]}, {"$or": [{"points": 1}, {"tags": 1}]}),
        ({"team": "x"}, {"team": "x"}),
        ({"createdAt": "x"}, {"createdAt": "x"}),
        ({"$expr": True}, {"$expr": True}),
    ],
)
def test_conditions_on_plain_fields_are_sql(query: JSONObject, left: JSONValue) -> None:
    assert rest({"$match": query}) == ([] if left is None else [{"$match": left}])


def test_sorting_and_paging_are_sql_in_the_order_of_one_statement() -> None:
    page: list[JSONObject] = [{"$sort": {"points": -1, "_id": 1}}, {"$skip": 1}, {"$limit": 2}]
    assert rest(*page) == []
    assert "LIMIT 2 OFFSET 1" in sql(*page)
    assert rest({"$limit": 2}, {"$sort": {"points": 1}}) == [{"$sort": {"points": 1}}]
    assert rest({"$limit": 2}, {"$skip": 1}) == [{"$skip": 1}]
    assert rest({"$limit": 2}, {"$match": {"points": 1}}) == [{"$match": {"points": 1}}]
    assert rest({"$sort": {"tags": 1}}) == [{"$sort": {"tags": 1}}]


def test_only_fields_that_are_looked_at_are_read() -> None:
    selected = sql({"$group": {"_id": {"p": "$player"}, "n": {"$sum": "$points"}}})
    assert "json(data)" not in selected
    assert "player" in selected
    assert "info" not in selected
    assert "json(data)" in sql({"$match": {"points": 1}})


async def test_null_and_missing_are_told_apart(store: SQLiteStorage) -> None:
    await store.insert_many(
        SCORE,
        [
            {"objectId": "null", "points": None, "team": None},
            {"objectId": "missing"},
            {"objectId": "there", "points": 1.5, "won": False, "player": ""},
        ],
    )
    types = {name: {"$type": f"${name}"} for name in ("points", "won", "player", "_p_team", "team")}
    pipeline: list[JSONObject] = [
        {"$sort": {"_id": 1}},
        {"$project": {"_id": 0, "types": cast("JSONValue", [*types.values()])}},
    ]
    assert await store.aggregate(SCORE, pipeline) == [
        {"types": ["missing", "missing", "missing", "missing", "missing"]},
        {"types": ["null", "missing", "missing", "missing", "null"]},
        {"types": ["double", "bool", "string", "missing", "missing"]},
    ]


async def test_long_evaluations_do_not_hold_up_the_loop(store: SQLiteStorage) -> None:
    await store.insert_many(SCORE, [{"objectId": f"o{n}", "points": n} for n in range(300)])
    spin: JSONObject = {
        "$reduce": {
            "input": {"$range": [0, 500]},
            "initialValue": 0,
            "in": {"$add": ["$$value", "$points"]},
        }
    }
    turns = 0
    answer = asyncio.create_task(store.aggregate(SCORE, [{"$set": {"x": spin}}, {"$count": "n"}]))
    while not answer.done():
        turns += 1
        await asyncio.sleep(0)
    assert await answer == [{"n": 300}]
    # In the loop it would have been a handful: one for each time that a thread is waited for.
    assert turns > 50


async def test_explain_tells_the_statement(store: SQLiteStorage) -> None:
    await store.insert(SCORE, {"objectId": "a", "points": 1, "createdAt": NOW, "updatedAt": NOW})
    options = AggregateOptions(explain=True)
    (plan,) = await store.aggregate(SCORE, [{"$match": {"_id": "a"}}], options)
    planner = cast("JSONObject", cast("JSONObject", plan)["queryPlanner"])
    assert cast("JSONObject", planner["winningPlan"])["stage"] == "IXSCAN"


async def test_an_object_that_only_looks_like_a_date_is_refused(store: SQLiteStorage) -> None:
    await store.insert(SCORE, {"objectId": "a", "points": 1})
    for parts in ([["__type", "Date"]], [["__type", "Date"], ["iso", "soon"]]):
        made: JSONObject = {"$year": {"$arrayToObject": {"$literal": cast("JSONValue", parts)}}}
        with pytest.raises(ParseError) as refused:
            await store.aggregate(SCORE, [{"$set": {"x": made}}])
        assert refused.value.code == 102
