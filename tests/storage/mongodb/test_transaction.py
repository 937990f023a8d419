"""Transactions of MongoDB: what conflicts, what comes after the commit, where there are none."""

import asyncio
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path

import pytest
from pymongo.database import Database

from parsepy.errors import Code, ParseError, TransactionLost
from parsepy.protocol.field_types import POLYGON
from parsepy.protocol.operations import SetValue
from parsepy.query.geometry import Position
from parsepy.query.tree import EVERYTHING, Near
from parsepy.schema.classes import Field
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.mongodb.transaction import MongoTransaction
from parsepy.storage.transaction import MOST_RETRIES, all_or_nothing
from parsepy.types import JSONValue
from tests.contract.samples import EVERY_TYPE, is_object, path, thing
from tests.storage.mongodb.samples import Raw
from tests.support.mongod import find_mongod
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

pytestmark = pytest.mark.anyio

OUTSIDE = Context()
"""Of tasks that are no part of the transaction in which they are begun."""


async def change(storage: MongoStorage, number: int) -> None:
    await storage.update(EVERY_TYPE, is_object("t1"), {"number": SetValue(number)})


async def number(storage: MongoStorage) -> object:
    found = await storage.get(EVERY_TYPE, "t1", None)
    return None if found is None else found["number"]


async def test_who_meets_another_s_change_loses(storage: MongoStorage) -> None:
    await storage.insert(EVERY_TYPE, thing("t1", number=1))

    async def lose() -> None:
        async with storage.transaction():
            await change(storage, 3)

    async with storage.transaction():
        await change(storage, 2)
        losing = asyncio.get_running_loop().create_task(lose(), context=OUTSIDE)
        with pytest.raises(TransactionLost):
            await losing
    assert await number(storage) == 2


async def test_one_that_always_loses_is_given_up(storage: MongoStorage) -> None:
    await storage.insert(EVERY_TYPE, thing("t1", number=1))
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        await change(storage, 3)

    async with storage.transaction():
        await change(storage, 2)
        losing = asyncio.get_running_loop().create_task(
            all_or_nothing(storage, work), context=OUTSIDE
        )
        with pytest.raises(TransactionLost):
            await losing
    assert attempts == MOST_RETRIES + 1
    assert await number(storage) == 2


async def test_its_operations_never_overlap(storage: MongoStorage) -> None:
    under_way: list[str] = []
    go_on = asyncio.Event()

    async def first() -> None:
        under_way.append("first")
        await go_on.wait()
        under_way.append("first is done")

    async def second() -> None:
        under_way.append("second")

    async with storage.transaction():
        transaction = storage.current_transaction
        assert isinstance(transaction, MongoTransaction)
        tasks = [asyncio.create_task(transaction.run(each())) for each in (first, second)]
        await asyncio.wait(tasks, timeout=0.05)
        go_on.set()
        await asyncio.gather(*tasks)
    assert under_way == ["first", "first is done", "second"]


async def test_an_error_that_hides_a_conflict_does_not_hide_it(storage: MongoStorage) -> None:
    await storage.insert(EVERY_TYPE, thing("t1", number=1))

    async def lose() -> None:
        async with storage.transaction():
            try:
                await change(storage, 3)
            except ParseError:
                raise ValueError("something else") from None

    async with storage.transaction():
        await change(storage, 2)
        with pytest.raises(TransactionLost):
            await asyncio.get_running_loop().create_task(lose(), context=OUTSIDE)


@pytest.mark.parametrize("kept", [True, False])
async def test_an_index_that_a_new_field_needs_is_made_after_the_commit(
    storage: MongoStorage, raw: Database[Raw], kept: bool
) -> None:
    corners: list[JSONValue] = [[0, 0], [0, 1], [1, 1], [0, 0]]

    async def add() -> None:
        async with storage.transaction():
            await storage.add_fields("Thing", {"area": Field(POLYGON)})
            await storage.insert(
                EVERY_TYPE, thing("t1", area={"__type": "Polygon", "coordinates": corners})
            )
            assert "area_2dsphere" not in raw["Thing"].index_information()
            if not kept:
                raise ValueError

    await asyncio.wait([adding := asyncio.create_task(add())])

    assert (adding.exception() is None) is kept
    assert ("area_2dsphere" in raw["Thing"].index_information()) is kept


async def test_an_index_that_a_search_lacks_is_made_for_the_next_attempt(
    storage: MongoStorage,
) -> None:
    place: JSONValue = {"__type": "GeoPoint", "latitude": 1, "longitude": 1}

    async def work() -> list[object]:
        await storage.insert(EVERY_TYPE, thing("t1", place=place))
        found = await storage.find(EVERY_TYPE, Near(path("place"), Position(1, 1), None))
        return [each["objectId"] for each in found]

    assert await all_or_nothing(storage, work) == ["t1"]


async def test_all_objects_are_counted_inside(storage: MongoStorage) -> None:
    await storage.insert(EVERY_TYPE, thing("t1"))
    async with storage.transaction():
        await storage.insert(EVERY_TYPE, thing("t2"))
        assert await storage.count(EVERY_TYPE, EVERYTHING) == 2


@pytest.fixture
def standalone_uri(tmp_path: Path) -> Iterator[str]:
    """A server without a replica set."""
    port = free_port()
    arguments = ["--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(tmp_path)]
    memory = ["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"]
    with RunningProcess([str(find_mongod()), *arguments, *memory]) as process:
        process.wait_for_line(lambda line: "Waiting for connections" in line)
        yield f"mongodb://127.0.0.1:{port}/test"


async def test_a_standalone_server_has_none_and_says_so(standalone_uri: str) -> None:
    storage = MongoStorage(standalone_uri)
    await storage.start()
    entered = False
    with pytest.raises(ParseError, match="replica set") as raised:
        async with storage.transaction():
            entered = True
    await storage.close()
    assert raised.value.code == Code.COMMAND_UNAVAILABLE
    assert not entered
    assert not storage.capabilities.transactions


async def test_others_who_wait_for_it_leave_it_a_connection(mongodb_database_uri: str) -> None:
    opened = MongoStorage(f"{mongodb_database_uri}&maxPoolSize=5")
    await opened.start()
    loop = asyncio.get_running_loop()

    async def look_around() -> None:
        for _ in range(10):
            assert await opened.count(EVERY_TYPE, EVERYTHING) == 1

    try:
        await opened.insert(EVERY_TYPE, thing("t1", number=0))
        async with asyncio.timeout(30):
            async with opened.transaction():
                await change(opened, 1)
                waiting = [loop.create_task(change(opened, 2), context=OUTSIDE) for _ in range(20)]
                # Meanwhile as many of them have taken a connection as may.
                await loop.create_task(look_around(), context=OUTSIDE)
                await change(opened, 3)
            await asyncio.gather(*waiting)
        assert await number(opened) == 2
    finally:
        await opened.close()
