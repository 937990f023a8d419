"""The writer in the hands of one transaction: who waits, for how long, and what ends it."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial

import apsw
import pytest

from parsepy.errors import Code, ParseError
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.sqlite.connection import open_connection
from parsepy.storage.sqlite.opening import open_database
from parsepy.storage.sqlite.writer import GroupWriter, InlineWriter, Writer
from tests.contract.samples import EVERY_TYPE, ids, thing

pytestmark = pytest.mark.anyio

SHORT_LIFE = 0.2
ENDLESS = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n"


@pytest.fixture(params=["file", "memory"])
async def writer(request: pytest.FixtureRequest, location: str) -> AsyncIterator[Writer]:
    made: Writer
    if request.param == "memory":
        connection = open_database(":memory:")
        made = InlineWriter(connection, asyncio.Lock())
    else:
        connection = await asyncio.to_thread(open_database, location)
        made = GroupWriter(connection)
    connection.execute("CREATE TABLE t (n INTEGER UNIQUE)")
    yield made
    await made.close()


@pytest.fixture(params=["file", "memory"])
async def impatient(request: pytest.FixtureRequest, location: str) -> AsyncIterator[SQLiteStorage]:
    """A store whose transactions live short."""
    place = ":memory:" if request.param == "memory" else location
    opened = SQLiteStorage(place, transaction_life=SHORT_LIFE)
    await opened.start()
    yield opened
    await opened.close()


def put(connection: apsw.Connection, number: int) -> None:
    connection.execute("INSERT INTO t VALUES (?)", (number,))


async def numbers(writer: Writer) -> list[object]:
    def read(connection: apsw.Connection) -> list[object]:
        return [n for (n,) in connection.execute("SELECT n FROM t ORDER BY rowid").fetchall()]

    return await writer.run(read)


async def test_writes_wait_for_the_end_and_come_in_their_order(writer: Writer) -> None:
    held = await writer.hold()
    waiting = [asyncio.create_task(writer.run(partial(put, number=n))) for n in range(1, 4)]
    next_held = asyncio.create_task(writer.hold())
    await held.run(lambda connection: put(connection, 0))
    assert not any(task.done() for task in waiting)
    await held.commit()
    await asyncio.gather(*waiting)
    await (await next_held).commit()
    assert await numbers(writer) == [0, 1, 2, 3]


async def test_one_that_is_cancelled_while_it_waits_holds_nobody_up(writer: Writer) -> None:
    held = await writer.hold()
    waiting = asyncio.create_task(writer.hold())
    await asyncio.sleep(0)
    waiting.cancel()
    await asyncio.wait([waiting])
    await held.commit()
    await writer.run(lambda connection: put(connection, 1))
    assert await numbers(writer) == [1]


async def test_after_its_end_it_takes_nothing(writer: Writer) -> None:
    held = await writer.hold()
    held.roll_back()
    with pytest.raises(ParseError) as raised:
        await held.run(lambda connection: put(connection, 1))
    assert raised.value.code == Code.INTERNAL
    held.roll_back()
    assert await numbers(writer) == []


async def test_a_fault_in_it_leaves_the_writer_in_order(writer: Writer) -> None:
    def broken(connection: apsw.Connection) -> None:
        put(connection, 1)
        raise KeyError("a bug")

    held = await writer.hold()
    with pytest.raises(KeyError):
        await held.run(broken)
    with pytest.raises(KeyError):
        await held.commit()
    await writer.run(lambda connection: put(connection, 2))
    assert await numbers(writer) == [2]


@pytest.mark.parametrize("writes_late", [False, True])
async def test_an_abandoned_one_is_taken_back_and_others_go_on(
    impatient: SQLiteStorage, writes_late: bool
) -> None:
    opened, written = asyncio.Event(), asyncio.Event()

    async def abandon() -> None:
        async with impatient.transaction():
            await impatient.insert(EVERY_TYPE, thing("abandoned"))
            opened.set()
            await asyncio.wait_for(written.wait(), 30)
            if writes_late:
                await impatient.insert(EVERY_TYPE, thing("late"))

    abandoning = asyncio.create_task(abandon())
    await opened.wait()
    await impatient.insert(EVERY_TYPE, thing("other"))
    written.set()

    with pytest.raises(ParseError) as raised:
        await abandoning
    assert raised.value.code == Code.TIMEOUT
    assert await ids(impatient) == ["other"]


async def test_a_statement_without_end_is_stopped(location: str) -> None:
    connection = await asyncio.to_thread(open_database, location)
    writer = GroupWriter(connection, life=SHORT_LIFE)
    held = await writer.hold()
    with pytest.raises(ParseError) as raised:
        await held.run(lambda connection: connection.execute(ENDLESS).fetchall())
    assert raised.value.code == Code.TIMEOUT
    assert await writer.run(lambda _connection: "in order") == "in order"
    await writer.close()


async def test_another_process_that_writes_is_waited_for(location: str) -> None:
    connection = await asyncio.to_thread(open_database, location)
    connection.execute("CREATE TABLE t (n INTEGER)")
    writer = GroupWriter(connection)
    other = open_connection(location)
    other.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
    holding = asyncio.create_task(writer.hold())
    await asyncio.sleep(0)
    assert not holding.done()
    other.execute("COMMIT")
    other.close()
    held = await holding
    await held.run(lambda connection: put(connection, 2))
    await held.commit()
    assert await numbers(writer) == [1, 2]
    await writer.close()
