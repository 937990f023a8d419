"""`update_many`: every update is judged on its own, however many a store does at once."""

import asyncio
from collections.abc import Callable

import pytest

from parsepy.errors import DuplicateValue, ParseError
from parsepy.protocol.operations import Add, Changes, Increment, SetValue
from parsepy.query.tree import EVERYTHING, Accessible, both
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from parsepy.storage.updates import Outcome, Update
from parsepy.types import JSONValue
from tests.contract.samples import LATER, equal, is_object, thing

pytestmark = pytest.mark.anyio

MANY = 20
"""So many that a store may do them at once."""


def number(place: int) -> str:
    return f"thing{place:05}"


def changing(place: int, changes: Changes) -> Update:
    return Update(number(place), is_object(number(place)), changes)


def added(place: int) -> Update:
    return changing(place, {"number": Increment(1), "updatedAt": SetValue(LATER)})


def raised(place: int) -> Update:
    """The same, when `hold` has stored the object, without an operation to be told of."""
    return changing(place, {"number": SetValue(place + 1), "updatedAt": SetValue(LATER)})


Raise = Callable[[int], Update]
both_ways = pytest.mark.parametrize("change", [added, raised])


async def hold(storage: Storage, schema: ClassSchema, count: int = MANY) -> None:
    things = [thing(number(place), number=place) for place in range(count)]
    assert await storage.insert_many(schema, things) == [None] * count


def numbers(outcomes: list[Outcome]) -> list[JSONValue]:
    return [outcome["number"] for outcome in outcomes if isinstance(outcome, dict)]


@both_ways
@pytest.mark.parametrize("count", [0, 1, 3, MANY])
async def test_each_gets_its_object_as_it_is_after_the_update(
    storage: Storage, schema: ClassSchema, count: int, change: Raise
) -> None:
    await hold(storage, schema, MANY)

    outcomes = await storage.update_many(schema, [change(place) for place in range(count)])

    assert numbers(outcomes) == [place + 1 for place in range(count)]
    stored = await storage.find(schema, is_object(number(0)))
    assert stored[0].get("updatedAt") == (LATER if count else thing("x")["updatedAt"])


@both_ways
async def test_objects_that_are_not_there_keep_no_other_from_being_changed(
    storage: Storage, schema: ClassSchema, change: Raise
) -> None:
    await hold(storage, schema)

    outcomes = await storage.update_many(schema, [change(place) for place in range(MANY + 5)])

    assert numbers(outcomes) == [place + 1 for place in range(MANY)]
    assert outcomes[MANY:] == [None] * 5


@both_ways
async def test_where_none_is_there_nothing_is_changed(
    storage: Storage, schema: ClassSchema, change: Raise
) -> None:
    outcomes = await storage.update_many(schema, [change(place) for place in range(MANY)])

    assert outcomes == [None] * MANY
    assert await storage.count(schema, EVERYTHING) == 0


@both_ways
async def test_each_has_a_condition_of_its_own(
    storage: Storage, schema: ClassSchema, change: Raise
) -> None:
    things = [
        thing(number(place), number=place, ACL={f"u{place % 2}": {"write": True}})
        for place in range(MANY)
    ]
    await storage.insert_many(schema, things)
    mine = Accessible("write", ("*", "u1"))
    updates = [
        Update(number(place), both(is_object(number(place)), mine), change(place).changes)
        for place in range(MANY)
    ]

    outcomes = await storage.update_many(schema, updates)

    assert [outcome is None for outcome in outcomes] == [True, False] * (MANY // 2)
    assert numbers(outcomes) == [place + 1 for place in range(1, MANY, 2)]


async def test_conditions_that_differ_are_each_obeyed(
    storage: Storage, schema: ClassSchema
) -> None:
    await hold(storage, schema)
    updates = [
        Update(
            number(place),
            both(is_object(number(place)), equal("number", place if place % 3 else -1)),
            raised(place).changes,
        )
        for place in range(MANY)
    ]

    outcomes = await storage.update_many(schema, updates)

    assert [outcome is None for outcome in outcomes] == [place % 3 == 0 for place in range(MANY)]


async def test_what_does_not_fit_the_stored_value_is_refused_alone(
    storage: Storage, schema: ClassSchema
) -> None:
    await hold(storage, schema)
    updates = [added(place) for place in range(MANY)]
    updates[3] = changing(3, {"number": Add([1])})

    outcomes = await storage.update_many(schema, updates)

    assert isinstance(outcomes[3], ParseError)
    assert numbers(outcomes) == [place + 1 for place in range(MANY) if place != 3]


async def test_a_value_that_is_taken_is_refused_alone(storage: Storage) -> None:
    user = missing_class("_User")
    await storage.ensure_indexes([Index("_User", "username_1", ("username",), unique=True)])
    await storage.insert_many(
        user, [thing(number(place), username=f"name{place}") for place in range(MANY)]
    )
    updates = [changing(place, {"username": SetValue(f"new{place}")}) for place in range(MANY)]
    updates[5] = changing(5, {"username": SetValue("name0")})
    updates[0] = changing(0, {"email": SetValue("a@b.c")})

    outcomes = await storage.update_many(user, updates)

    assert isinstance(outcomes[5], DuplicateValue)
    refused = [place for place, outcome in enumerate(outcomes) if not isinstance(outcome, dict)]
    assert refused == [5]


async def test_two_updates_of_one_object_both_count(storage: Storage, schema: ClassSchema) -> None:
    await hold(storage, schema)

    outcomes = await storage.update_many(schema, [added(7) for _ in range(MANY)])

    assert sorted(map(str, numbers(outcomes))) == sorted(str(7 + n) for n in range(1, MANY + 1))
    (stored,) = await storage.find(schema, is_object(number(7)))
    assert stored["number"] == 7 + MANY


async def test_many_who_write_the_same_at_once_hold_nobody_up(
    storage: Storage, schema: ClassSchema
) -> None:
    await hold(storage, schema)
    every = [raised(place) for place in range(MANY)]

    rounds = await asyncio.gather(*(storage.update_many(schema, every) for _ in range(8)))

    assert [numbers(outcomes) for outcomes in rounds] == [list(range(1, MANY + 1))] * 8


async def test_others_who_write_at_once_lose_nothing(storage: Storage, schema: ClassSchema) -> None:
    await hold(storage, schema)
    every = [added(place) for place in range(MANY)]

    rounds = await asyncio.gather(
        *(storage.update_many(schema, every) for _ in range(5)),
        *(storage.update(schema, is_object(number(4)), added(4).changes) for _ in range(5)),
    )

    assert all(isinstance(outcome, list | dict) for outcome in rounds)
    (stored,) = await storage.find(schema, is_object(number(4)))
    assert stored["number"] == 4 + 10
