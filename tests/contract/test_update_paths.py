"""`update` below the root of a field: dotted paths into objects and lists."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.operations import (
    UNSET,
    Add,
    AddUnique,
    Changes,
    Increment,
    Remove,
    SetValue,
)
from parsepy.protocol.values import date, pointer
from parsepy.query.tree import Compare
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.types import JSONObject
from tests.contract.samples import CREATED, LATER, ids, is_object, path, thing

pytestmark = pytest.mark.anyio

USER: JSONObject = pointer("_User", "u1")

CASES: list[tuple[JSONObject, Changes, JSONObject]] = [
    ({"map": {"a": 1, "b": 2}}, {"map.a": SetValue(7)}, {"map": {"a": 7, "b": 2}}),
    (
        {"map": {"a": 1}},
        {"map.b.c.d": SetValue("new")},
        {"map": {"a": 1, "b": {"c": {"d": "new"}}}},
    ),
    ({}, {"map.a": SetValue(1)}, {"map": {"a": 1}}),
    ({"map": {"a": 1}}, {"map.a": Increment(2), "map.b": Increment(3)}, {"map": {"a": 3, "b": 3}}),
    ({"map": {"a": [1]}}, {"map.a": Add([2])}, {"map": {"a": [1, 2]}}),
    ({"map": {"a": [1]}}, {"map.a": AddUnique([1, 2])}, {"map": {"a": [1, 2]}}),
    ({"map": {"a": [1, 2, 1]}}, {"map.a": Remove([1])}, {"map": {"a": [2]}}),
    ({"map": {"a": 1, "b": 2}}, {"map.a": UNSET}, {"map": {"b": 2}}),
    ({"map": {"a": 1}}, {"map.x.y": UNSET}, {"map": {"a": 1}}),
    ({"map": {"a": {"b": 1}}}, {"map.a.b": SetValue(None)}, {"map": {"a": {"b": None}}}),
    ({"map": {}}, {"map.0": SetValue("named")}, {"map": {"0": "named"}}),
    ({"map": {}}, {"map.p": SetValue(USER)}, {"map": {"p": USER}}),
    ({"map": {}}, {"map.d": SetValue(date(LATER))}, {"map": {"d": date(LATER)}}),
    (
        {"list": [{"id": 1}, {"id": 2}]},
        {"list.1.id": SetValue(5)},
        {"list": [{"id": 1}, {"id": 5}]},
    ),
    ({"list": [1, 2]}, {"list.0": Increment(9)}, {"list": [10, 2]}),
    ({"list": [1]}, {"list.3": SetValue("x")}, {"list": [1, None, None, "x"]}),
    ({"list": [1]}, {"list.1.a": SetValue(1)}, {"list": [1, {"a": 1}]}),
    ({"list": [1, 2]}, {"list.0": UNSET}, {"list": [None, 2]}),
    ({"list": [1, 2]}, {"list.7": UNSET}, {"list": [1, 2]}),
    ({"list": [[1], 2]}, {"list.0": Add([3])}, {"list": [[1, 3], 2]}),
    ({"list": [1, 2]}, {"list.01": SetValue(5)}, {"list": [1, 5]}),
    ({"map": {}}, {"map.01": SetValue(1), "map.02": SetValue(2)}, {"map": {"01": 1, "02": 2}}),
    ({"map": {"": 1}}, {"map.key with space": SetValue(1)}, {"map": {"": 1, "key with space": 1}}),
]


@pytest.mark.parametrize(("before", "changes", "after"), CASES, ids=range(len(CASES)))
async def test_a_path_is_changed_and_its_neighbours_are_not(
    storage: Storage, schema: ClassSchema, before: JSONObject, changes: Changes, after: JSONObject
) -> None:
    await storage.insert(schema, thing("t1", **before))
    expected = thing("t1", **after)
    assert await storage.update(schema, is_object("t1"), changes) == expected
    found = await storage.get(schema, "t1", None)
    assert repr({**expected, **(found or {})}) == repr(expected)


@pytest.mark.parametrize(
    ("before", "changes"),
    [
        ({"map": {"a": 1}}, {"map.a.b": SetValue(1)}),
        ({"map": {"a": None}}, {"map.a.b": SetValue(1)}),
        ({"map": {"a": "text"}}, {"map.a": Increment(1)}),
        ({"list": [1]}, {"list.a": SetValue(1)}),
        ({"list": [1]}, {"list.0.a": SetValue(1)}),
        ({"map": {"a": 1}}, {"map": SetValue({}), "map.a": SetValue(2)}),
        ({"list": [1, 2]}, {"list.01": SetValue(1), "list.1": SetValue(2)}),
        ({"list": []}, {"list.00": SetValue(1), "list.0": UNSET}),
        ({"list": []}, {"list.01": SetValue({}), "list.1.a": SetValue(2)}),
    ],
)
async def test_a_path_through_something_else_is_refused(
    storage: Storage, schema: ClassSchema, before: JSONObject, changes: Changes
) -> None:
    await storage.insert(schema, thing("t1", **before))
    with pytest.raises(ParseError) as refused:
        await storage.update(schema, is_object("t1"), {"flag": SetValue(True), **changes})
    assert refused.value.code in (102, 107, 111)
    assert await storage.get(schema, "t1", None) == thing("t1", **before)


async def test_an_index_far_behind_the_end_is_refused(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", list=[1]))
    with pytest.raises(ParseError) as refused:
        await storage.update(schema, is_object("t1"), {"list.2000000": SetValue(1)})
    assert refused.value.code in (102, 107, 111)
    assert await storage.get(schema, "t1", None) == thing("t1", list=[1])


async def test_a_date_set_at_a_path_is_found_as_a_date(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", map={}))
    await storage.update(schema, is_object("t1"), {"map.day": SetValue(date(LATER))})
    assert await ids(storage, Compare(path("map.day"), ">", date(CREATED))) == ["t1"]
