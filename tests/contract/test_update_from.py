"""`update_from` and `remove`: what an object was and what it is, out of one step.

`PARSEPY_AGREEMENT_EXAMPLES` sets how many random updates are tried (40).
"""

import asyncio
import os
from itertools import pairwise
from typing import cast

import orjson
import pytest
from hypothesis import HealthCheck, given, settings

from parsepy.errors import DuplicateValue, ParseError
from parsepy.protocol.operations import Add, Changes, Increment, SetValue
from parsepy.query.tree import EVERYTHING, Accessible, And, both
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from parsepy.storage.updates import Transition
from parsepy.types import JSONObject, ParseObject
from tests.contract.changing import changes, user_changes, users
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, LATER, equal, is_object, thing
from tests.query.samples import SCHEMA, objects

pytestmark = pytest.mark.anyio

EXAMPLES = int(os.environ.get("PARSEPY_AGREEMENT_EXAMPLES", "40"))
USERS = missing_class("_User")

random_updates = settings(
    max_examples=EXAMPLES,
    deadline=None,
    print_blob=True,
    # Each example removes what the one before it has left.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


async def test_both_states_come_out_of_one_update(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", number=1, list=[1], text="x"))

    changed = await storage.update_from(
        schema,
        is_object("t1"),
        {"number": Increment(2), "list": Add([2]), "updatedAt": SetValue(LATER)},
    )

    assert changed is not None
    assert changed.before == thing("t1", number=1, list=[1], text="x")
    assert changed.after == thing("t1", number=3, list=[1, 2], text="x") | {"updatedAt": LATER}
    assert await storage.get(schema, "t1", None) == changed.after


async def test_the_states_share_no_part(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", map={"a": {"b": [1]}}, list=[{"c": 1}]))

    changed = await storage.update_from(schema, is_object("t1"), {"number": Increment(1)})

    assert changed is not None
    cast("JSONObject", changed.after["map"])["a"] = "other"
    cast("list[JSONObject]", changed.after["list"])[0]["c"] = "other"
    assert changed.before == thing("t1", map={"a": {"b": [1]}}, list=[{"c": 1}])


async def test_a_condition_that_misses_changes_nothing(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", number=1, ACL={"u1": {"write": True}}))
    mine = both(is_object("t1"), Accessible("write", ("*", "u2")))
    for where in (mine, is_object("t2"), And((is_object("t1"), equal("number", 2)))):
        assert await storage.update_from(schema, where, {"number": Increment(1)}) is None
        assert await storage.remove(schema, where) is None
    assert await storage.count(schema, equal("number", 1)) == 1


async def test_a_class_that_nobody_made_has_nothing(storage: Storage) -> None:
    nowhere = missing_class("Nowhere")
    assert await storage.update_from(nowhere, is_object("t1"), {"a": SetValue(1)}) is None
    assert await storage.remove(nowhere, is_object("t1")) is None


async def test_refusals_are_those_of_an_update(storage: Storage, schema: ClassSchema) -> None:
    await storage.ensure_indexes([Index("Thing", "text_1", ("text",), unique=True)])
    await storage.insert_many(schema, [thing("t1", text="a"), thing("t2", text="b", number=1)])
    with pytest.raises(DuplicateValue) as taken:
        await storage.update_from(schema, is_object("t2"), {"text": SetValue("a")})
    with pytest.raises(ParseError):
        await storage.update_from(schema, is_object("t2"), {"text": Increment(1)})
    assert taken.value.field == "text"
    assert await storage.get(schema, "t2", None) == thing("t2", text="b", number=1)


async def test_no_changes_leave_the_object(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", number=1))
    changed = await storage.update_from(schema, is_object("t1"), {})
    assert changed == Transition(thing("t1", number=1), thing("t1", number=1))


async def test_what_is_removed_is_told_and_gone(storage: Storage, schema: ClassSchema) -> None:
    doomed = thing("t1", number=1, ACL={"u1": {"write": True}}, list=[1])
    await storage.insert_many(schema, [doomed, thing("t2", number=1)])
    mine = both(is_object("t1"), Accessible("write", ("*", "u1")))

    assert await storage.remove(schema, mine) == doomed
    assert await storage.remove(schema, mine) is None
    assert await storage.find(schema, EVERYTHING) == [thing("t2", number=1)]


async def test_only_one_object_is_removed(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing("t1", number=1), thing("t2", number=1)])
    assert await storage.remove(schema, equal("number", 1)) is not None
    assert await storage.count(schema, EVERYTHING) == 1


async def test_only_one_of_many_removes_an_object(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1"))
    told = await asyncio.gather(*(storage.remove(schema, is_object("t1")) for _ in range(10)))
    assert [each for each in told if each is not None] == [thing("t1")]


async def test_states_of_concurrent_updates_form_one_chain(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t1", number=0, list=[]))
    await check_chain(storage, storage)


async def test_states_that_two_servers_see_form_one_chain(lasting: StoreOpener) -> None:
    first, second = lasting(), lasting()
    await first.start()
    await second.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", number=0, list=[]))
    await check_chain(first, second)
    await first.close()
    await second.close()


async def check_chain(*stores: Storage) -> None:
    """Ten at once: what one of them leaves is what exactly one other finds."""

    def change(number: int) -> Changes:
        return {"number": Increment(1), "list": Add([number])}

    told = await asyncio.gather(
        *(
            stores[number % 2].update_from(EVERY_TYPE, is_object("t1"), change(number))
            for number in range(10)
        )
    )
    links = sorted((each for each in told if each is not None), key=lambda each: _number(each))
    assert [_number(each) for each in links] == list(range(10))
    for earlier, later in pairwise(links):
        assert later.before == earlier.after
    assert await stores[0].get(EVERY_TYPE, "t1", None) == links[-1].after


def _number(changed: Transition) -> int:
    return cast("int", changed.before["number"])


async def test_both_states_are_seen_within_a_transaction(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.insert_many(schema, [thing("t1", number=1), thing("t2")])
    async with storage.transaction():
        await storage.update(schema, is_object("t1"), {"number": Increment(1)})
        changed = await storage.update_from(schema, is_object("t1"), {"number": Increment(1)})
        removed = await storage.remove(schema, is_object("t2"))
    assert changed == Transition(thing("t1", number=2), thing("t1", number=3))
    assert removed == thing("t2")
    assert await storage.find(schema, EVERYTHING) == [thing("t1", number=3)]


@random_updates
@given(documents=objects, changed=changes)
async def test_the_states_are_what_a_get_gives(
    sampled: Storage, documents: list[ParseObject], changed: Changes
) -> None:
    await check_states(sampled, SCHEMA, documents[0], changed)


@random_updates
@given(user=users, changed=user_changes)
async def test_the_states_of_a_user_are_what_a_get_gives(
    sampled: Storage, user: JSONObject, changed: Changes
) -> None:
    await check_states(sampled, USERS, thing("u1", **user), changed)


@pytest.fixture
async def sampled(storage: Storage) -> Storage:
    await storage.create_class(SCHEMA.definition)
    return storage


async def check_states(
    storage: Storage, schema: ClassSchema, document: ParseObject, changed: Changes
) -> None:
    await storage.delete(schema, EVERYTHING)
    await storage.insert(schema, document)
    object_id = str(document["objectId"])
    stored = text_of(await storage.get(schema, object_id, None))
    refusal = told = None
    try:
        told = await storage.update_from(schema, is_object(object_id), changed)
    except ParseError as refused:
        refusal = refused
    found = text_of(await storage.get(schema, object_id, None))
    if refusal is not None:
        assert refusal.code in (102, 105, 107, 111)
        assert found == stored
        return
    assert told is not None
    assert text_of(told.before) == stored
    assert text_of(told.after) == found


def text_of(document: ParseObject | None) -> str:
    """Tells `1` from `true` and `1.0`, and one order of keys within a value from another."""
    assert document is not None
    access = document.get("ACL")
    ordered = dict(sorted(document.items()))
    if isinstance(access, dict):
        ordered["ACL"] = dict(sorted(access.items()))
    return orjson.dumps(ordered).decode()
