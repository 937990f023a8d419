"""What a store cannot take is a `ParseError`, never an error of its driver, and changes nothing."""

from collections.abc import Awaitable

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.operations import Changes, Increment, SetValue
from parsepy.protocol.values import pointer
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, Compare, In, Matches
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.types import JSONValue
from tests.contract.samples import ids, is_object, path, thing

pytestmark = pytest.mark.anyio

REFUSALS = (102, 105, 107, 111, 121)


def nested(levels: int) -> JSONValue:
    value: JSONValue = 1
    for _ in range(levels):
        value = [value]
    return value


ODD_VALUES: list[tuple[str, JSONValue]] = [
    ("number", 10**400),
    ("number", -(2**70)),
    ("text", "\ud800"),
    ("list", ["\udfff"]),
    ("map", {"a\0b": 1}),
    ("map", {"\ud800": 1}),
    ("list", nested(120)),
    ("list", nested(400)),
    ("text", "x" * (17 << 20)),
    ("day", {"__type": "Date", "iso": "no date"}),
    ("day", {"__type": "Date"}),
    ("place", {"__type": "GeoPoint", "latitude": "x", "longitude": 1}),
    ("area", {"__type": "Polygon", "coordinates": 5}),
    ("owner", {"__type": "Pointer"}),
    ("map", {"__type": "Unknown"}),
    ("_unknownColumn", 1),
    ("with.dot", 1),
    ("$sign", 1),
    ("quote'\"`;--", 1),
]


@pytest.mark.parametrize(("field", "value"), ODD_VALUES, ids=range(len(ODD_VALUES)))
async def test_an_odd_value_is_stored_or_refused(
    storage: Storage, schema: ClassSchema, field: str, value: JSONValue
) -> None:
    await storage.insert(schema, thing("t1", text="x"))
    await _stored_or_refused(storage, schema, field, value)
    await _set_or_refused(storage, schema, field, value)
    assert "t1" in await ids(storage)


async def _accepted(attempt: Awaitable[object]) -> bool:
    """Whether the store took it; any refusal but the ones of the contract fails the test."""
    try:
        await attempt
    except ParseError as refused:
        if refused.code not in REFUSALS:
            raise
        return False
    return True


async def _stored_or_refused(
    storage: Storage, schema: ClassSchema, field: str, value: JSONValue
) -> None:
    stored = await _accepted(storage.insert(schema, thing("odd", **{field: value})))
    assert (await storage.get(schema, "odd", None) is not None) == stored


async def _set_or_refused(
    storage: Storage, schema: ClassSchema, field: str, value: JSONValue
) -> None:
    before = await storage.get(schema, "t1", None)
    changes: Changes = {field: SetValue(value)}
    if not await _accepted(storage.update(schema, is_object("t1"), changes)):
        assert await storage.get(schema, "t1", None) == before


@pytest.mark.parametrize("amount", [10**400, 1e308], ids=["integer", "float"])
async def test_an_increment_beyond_all_numbers_is_stored_or_refused(
    storage: Storage, schema: ClassSchema, amount: float
) -> None:
    await storage.insert(schema, thing("t1", number=1e308))
    await _accepted(storage.update(schema, is_object("t1"), {"number": Increment(amount)}))
    assert await storage.get(schema, "t1", None) is not None


@pytest.mark.parametrize("pattern", ["(", "a{2,1}", "[b-a]", "(?<name", "*", "\\"])
async def test_a_pattern_that_is_none_is_refused(
    storage: Storage, schema: ClassSchema, pattern: str
) -> None:
    await storage.insert(schema, thing("t1", text="x", list=["x"], owner=pointer("_User", "u")))
    for field in ("text", "list", "owner", "map.a"):
        with pytest.raises(ParseError) as refused:
            await storage.find(schema, Matches(path(field), pattern, ""))
        assert refused.value.code == 102


@pytest.mark.parametrize(
    "value",
    [10**400, "\ud800", nested(300), {"a\0b": 1}],
    ids=["number", "surrogate", "deep", "key"],
)
async def test_an_odd_value_in_a_condition_is_refused_or_finds_nothing(
    storage: Storage, schema: ClassSchema, value: JSONValue
) -> None:
    await storage.insert(schema, thing("t1", text="x", number=1, list=[1], map={"a": 1}))
    for field in ("text", "number", "list", "map.a"):
        for where in (In(path(field), (value,)), Compare(path(field), ">", value)):
            if await _accepted(ids(storage, where)):
                assert await ids(storage, where) == []


@pytest.mark.parametrize(
    "key", ["quote'\"`;--", "a\0b", "map.a'b", "list.0.$x", "\U0001f600", "_x"]
)
async def test_an_odd_key_is_data_and_never_code(
    storage: Storage, schema: ClassSchema, key: str
) -> None:
    await storage.insert(schema, thing("t1", text="x"))
    await _accepted(ids(storage, In(path(key), ("x",))))
    await _accepted(ids(storage, options=FindOptions(order=((key, False),))))
    assert await storage.count(schema, EVERYTHING) == 1
