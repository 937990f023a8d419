"""Inserts at once: how many messages they are, and that none pays for another."""

import asyncio
from collections.abc import Sequence

import pytest
from pymongo.database import Database

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.mongodb.grouped_inserts import LARGEST_IN_GROUP
from parsepy.types import ParseObject
from tests.contract.samples import EVERY_TYPE, thing
from tests.storage.mongodb.samples import Raw
from tests.storage.mongodb.test_transaction import OUTSIDE

pytestmark = pytest.mark.anyio


async def at_once(
    storage: MongoStorage, objects: Sequence[ParseObject], schema: ClassSchema = EVERY_TYPE
) -> list[BaseException | None]:
    inserts = (storage.insert(schema, each) for each in objects)
    return await asyncio.gather(*inserts, return_exceptions=True)


def things(count: int) -> list[ParseObject]:
    return [thing(f"t{number}", number=number) for number in range(count)]


def messages(raw: Database[Raw]) -> list[int]:
    """How many objects each insert into the class has brought, since profiling began."""
    wanted = {"op": "insert", "ns": f"{raw.name}.{EVERY_TYPE.name}"}
    return [entry["ninserted"] for entry in raw["system.profile"].find(wanted)]


def stored_ids(raw: Database[Raw]) -> set[str]:
    return {document["_id"] for document in raw[EVERY_TYPE.name].find()}


async def test_who_comes_while_others_are_stored_goes_with_them(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw.command("profile", 2)

    assert await at_once(storage, things(10)) == [None] * 10

    assert sorted(messages(raw)) == [1, 9]
    assert len(stored_ids(raw)) == 10


@pytest.mark.parametrize("place", [0, 1, 4])
async def test_of_two_with_one_id_one_is_refused_and_nobody_else(
    storage: MongoStorage, raw: Database[Raw], place: int
) -> None:
    await storage.insert(EVERY_TYPE, thing(f"t{place}"))

    failures = await at_once(storage, things(5))

    refused = failures.pop(place)
    assert isinstance(refused, DuplicateValue)
    assert refused.field == "objectId"
    assert failures == [None] * 4
    assert stored_ids(raw) == {f"t{number}" for number in range(5)}


async def test_what_cannot_be_stored_is_refused_alone(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    objects = [*things(4), thing("bad", text="\ud800")]

    *failures, refused = await at_once(storage, objects)

    assert isinstance(refused, ParseError)
    assert refused.code == Code.INCORRECT_TYPE
    assert failures == [None] * 4
    assert stored_ids(raw) == {"t0", "t1", "t2", "t3"}


async def test_what_the_database_refuses_is_refused_alone(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    raw.create_collection(EVERY_TYPE.name, validator={"number": {"$ne": 3}})

    failures = await at_once(storage, things(5))

    assert [failure is None for failure in failures] == [True, True, True, False, True]
    assert "t3" not in stored_ids(raw)


async def test_a_large_one_goes_alone(storage: MongoStorage, raw: Database[Raw]) -> None:
    raw.command("profile", 2)

    await at_once(storage, [*things(3), thing("large", text="x" * LARGEST_IN_GROUP)])

    assert sorted(messages(raw)) == [1, 1, 2]


async def test_who_gives_up_while_he_waits_is_not_stored(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    inserts = [asyncio.create_task(storage.insert(EVERY_TYPE, each)) for each in things(4)]
    await asyncio.sleep(0)  # each goes as far as it can: three wait for the first
    inserts[2].cancel()

    await asyncio.wait(inserts)

    assert stored_ids(raw) == {"t0", "t1", "t3"}


async def test_one_that_waits_for_a_lock_holds_nobody_up(storage: MongoStorage) -> None:
    await storage.insert(EVERY_TYPE, thing("first"))

    async with asyncio.timeout(30):
        async with storage.transaction():
            await storage.insert(EVERY_TYPE, thing("t0"))
            waits = asyncio.create_task(storage.insert(EVERY_TYPE, thing("t0")), context=OUTSIDE)
            follow = asyncio.create_task(at_once(storage, things(4)[1:]), context=OUTSIDE.copy())
            assert await follow == [None] * 3
            assert not waits.done()
        with pytest.raises(DuplicateValue):
            await waits


async def test_a_transaction_takes_back_what_it_has_stored(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    await storage.insert(EVERY_TYPE, thing("first"))

    async def give_up() -> None:
        async with storage.transaction():
            await at_once(storage, things(3))
            raise LookupError

    with pytest.raises(LookupError):
        await give_up()

    assert stored_ids(raw) == {"first"}


async def test_classes_of_the_server_are_stored_one_by_one(
    storage: MongoStorage, raw: Database[Raw]
) -> None:
    schema = ClassSchema(ClassDefinition("_Product", dict(EVERY_TYPE.fields)))
    raw.command("profile", 2)

    await at_once(storage, things(4), schema)

    found = raw["system.profile"].find({"op": "insert", "ns": f"{raw.name}._Product"})
    assert [entry["ninserted"] for entry in found] == [1] * 4


async def test_all_are_told_when_the_store_is_not_there(storage: MongoStorage) -> None:
    await storage.close()

    failures = await at_once(storage, things(3))

    assert all(isinstance(failure, Exception) for failure in failures)
