"""`aggregate` and `distinct`. What stages and expressions mean is tested in `tests/aggregation`."""

import pytest

from parsepy.aggregation.pipeline import AggregateOptions
from parsepy.errors import ParseError
from parsepy.protocol.values import date, pointer
from parsepy.query.tree import EVERYTHING, NOTHING
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, JSONValue
from tests.contract.samples import EVERY_TYPE, LATER, equal, thing

pytestmark = pytest.mark.anyio

SORT: JSONObject = {"$sort": {"_id": 1}}


@pytest.fixture
async def held(storage: Storage, schema: ClassSchema) -> Storage:
    await storage.insert_many(
        schema,
        [
            thing(
                f"t{n}",
                number=n,
                flag=n % 2 == 0,
                text=f"text {n % 3}",
                day=date(LATER),
                list=[n, {"k": n % 2}],
                ACL={"*": {"read": True}},
            )
            for n in range(6)
        ],
    )
    await storage.insert(schema, thing("empty"))
    return storage


async def test_groups_of_every_kind(held: Storage) -> None:
    sums: JSONObject = {"n": {"$sum": 1}, "s": {"$sum": "$number"}, "a": {"$avg": "$number"}}
    for key, expected in (
        ("$flag", [(None, 1, 0, None), (False, 3, 9, 3), (True, 3, 6, 2)]),
        (None, [(None, 7, 15, 2.5)]),
        ("$day", [(None, 1, 0, None), (date(LATER), 6, 15, 2.5)]),
    ):
        stage: JSONObject = {"$group": {"_id": key, **sums}}
        rows = await held.aggregate(EVERY_TYPE, [stage, SORT])
        assert [tuple(row.values()) for row in rows if isinstance(row, dict)] == expected


async def test_what_leads_the_pipeline_and_what_follows(held: Storage) -> None:
    rows = await held.aggregate(
        EVERY_TYPE,
        [
            {"$match": {"number": {"$gte": 1}, "list.k": 1}},
            {"$sort": {"number": -1}},
            {"$skip": 1},
            {"$limit": 2},
            {"$match": {"number": {"$lt": 3}}},
            {"$project": {"number": 1}},
        ],
    )
    assert rows == [{"_id": "t1", "number": 1}]


async def test_whole_documents_are_in_stored_form(held: Storage) -> None:
    (row,) = await held.aggregate(EVERY_TYPE, [{"$match": {"_id": "t0"}}])
    assert isinstance(row, dict)
    assert row["_id"] == "t0"
    assert row["_rperm"] == ["*"]
    assert row["_wperm"] == []
    assert row["_acl"] == {"*": {"r": True}}
    assert {"createdAt", "ACL", "objectId"}.isdisjoint(row)


async def test_many_rows(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing(f"t{n}", number=n) for n in range(500)])
    pipeline: list[JSONObject] = [
        {"$set": {"twice": {"$multiply": ["$number", 2]}}},
        {"$group": {"_id": None, "s": {"$sum": "$twice"}}},
    ]
    assert await storage.aggregate(schema, pipeline) == [{"_id": None, "s": 499 * 500}]


async def test_other_classes_can_be_read(held: Storage) -> None:
    name = EVERY_TYPE.name
    joined: JSONObject = {"from": name, "localField": "number", "foreignField": "number", "as": "j"}
    rows = await held.aggregate(
        EVERY_TYPE,
        [{"$match": {"number": 1}}, {"$lookup": joined}, {"$project": {"j._id": 1}}],
    )
    assert rows == [{"_id": "t1", "j": [{"_id": "t1"}]}]
    missing: JSONObject = {"from": "Nothing", "pipeline": [], "as": "j"}
    rows = await held.aggregate(
        EVERY_TYPE, [{"$limit": 1}, {"$lookup": missing}, {"$project": {"_id": 0, "j": 1}}]
    )
    assert rows == [{"j": []}]


async def test_a_class_without_objects(storage: Storage, schema: ClassSchema) -> None:
    assert await storage.aggregate(schema, [{"$group": {"_id": None, "n": {"$sum": 1}}}]) == []
    assert await storage.aggregate(schema, [{"$match": {}}]) == []
    assert await storage.distinct(schema, "number", EVERYTHING) == []


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"$foo": 1}, "Unrecognized pipeline stage name: '$foo'"),
        ({"$limit": 0}, "the limit must be positive"),
        ({"$set": {"r": {"$size": "$number"}}}, "must be an array, but was of type"),
    ],
)
async def test_what_is_refused(held: Storage, stage: JSONObject, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        await held.aggregate(EVERY_TYPE, [stage])
    assert refused.value.code == 102
    assert message in refused.value.message


async def test_an_unknown_hint_is_refused_without_names_of_the_store(held: Storage) -> None:
    options = AggregateOptions(hint="nothing_1")
    with pytest.raises(ParseError) as refused:
        await held.aggregate(EVERY_TYPE, [{"$match": {}}], options)
    assert refused.value.code == 102
    assert "ns=" not in refused.value.message
    known = AggregateOptions(hint="_id_", comment="c", read_preference="PRIMARY")
    assert len(await held.aggregate(EVERY_TYPE, [{"$match": {}}], known)) == 7


async def test_explain(held: Storage) -> None:
    options = AggregateOptions(explain="queryPlanner")
    (plan,) = await held.aggregate(EVERY_TYPE, [{"$match": {"number": 1}}], options)
    assert isinstance(plan, dict)
    assert "queryPlanner" in plan


async def test_raw_values(held: Storage) -> None:
    options = AggregateOptions(raw_values=True)
    shown = await held.aggregate(
        EVERY_TYPE,
        [
            {"$match": {"number": {"$numberInt": "1"}, "day": {"$gte": {"$date": LATER}}}},
            {"$project": {"_id": 0, "day": 1}},
        ],
        options,
    )
    assert shown == [{"day": {"$date": LATER.replace(".000Z", "Z")}}]
    with pytest.raises(ParseError) as refused:
        await held.aggregate(EVERY_TYPE, [{"$match": {"day": {"$date": "soon"}}}], options)
    assert refused.value.code == 102


@pytest.mark.parametrize(
    ("field", "expected"),
    [
        ("number", [0, 1, 2, 3, 4, 5]),
        ("text", ["text 0", "text 1", "text 2"]),
        ("flag", [False, True]),
        ("day", [date(LATER)]),
        ("list.k", [0, 1]),
        ("list", [0, 1, 2, 3, 4, 5, {"k": 0}, {"k": 1}]),
        ("_rperm", ["*"]),
        ("nothing", []),
        ("a'b", []),
        ("", []),
    ],
)
async def test_distinct(held: Storage, field: str, expected: JSONValue) -> None:
    assert await held.distinct(EVERY_TYPE, field, EVERYTHING) == expected


async def test_distinct_of_what_matches(held: Storage) -> None:
    assert await held.distinct(EVERY_TYPE, "number", equal("flag", True)) == [0, 2, 4]
    assert await held.distinct(EVERY_TYPE, "list", equal("number", 1)) == [1, {"k": 1}]
    assert await held.distinct(EVERY_TYPE, "objectId", equal("number", 1)) == ["t1"]
    assert await held.distinct(EVERY_TYPE, "number", NOTHING) == []


async def test_distinct_pointers_are_in_stored_form(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("a", owner=pointer("_User", "x")))
    for field in ("owner", "_p_owner"):
        assert await storage.distinct(schema, field, EVERYTHING) == ["_User$x"]
    assert await storage.distinct(schema, "owner.objectId", EVERYTHING) == []


async def test_a_transaction_sees_its_own_writes(storage: Storage, schema: ClassSchema) -> None:
    if not storage.capabilities.transactions:
        pytest.skip("the store has no transactions")
    count: JSONObject = {"$count": "n"}
    async with storage.transaction():
        await storage.insert(schema, thing("t", number=1))
        assert await storage.aggregate(schema, [count]) == [{"n": 1}]
        assert await storage.distinct(schema, "number", EVERYTHING) == [1]


async def test_distinct_takes_a_number_behind_a_list_for_a_place(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("a", list=[{"0": "inside"}, "second"]))

    assert await storage.distinct(schema, "list.0", EVERYTHING) == [{"0": "inside"}]
    assert await storage.distinct(schema, "list.1", EVERYTHING) == ["second"]
    assert await storage.distinct(schema, "list.0.0", EVERYTHING) == ["inside"]
