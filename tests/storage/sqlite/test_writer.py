"""Writes: in order, in groups, answered after their commit, apart from one another's errors."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from itertools import count

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.storage.sqlite.connection import open_connection, open_reader
from parsepy.storage.sqlite.opening import open_database
from parsepy.storage.sqlite.writer import MOST_IN_GROUP, GroupWriter

pytestmark = pytest.mark.anyio

Write = Callable[[apsw.Connection], None]


class Gate:
    """A write that holds the writer until it is opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self.opened = threading.Event()

    def __call__(self, connection: apsw.Connection) -> None:
        self.entered.set()
        assert self.opened.wait(30)


@pytest.fixture
async def connection(location: str) -> apsw.Connection:
    made = await asyncio.to_thread(open_database, location)
    made.execute("CREATE TABLE t (n INTEGER UNIQUE)")
    return made


@pytest.fixture
async def writer(connection: apsw.Connection) -> AsyncIterator[GroupWriter]:
    made = GroupWriter(connection)
    yield made
    await made.close()


def insert(number: int) -> Write:
    def write(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (?)", (number,))

    return write


def numbers(location: str) -> list[object]:
    reader = open_reader(location)
    rows = reader.execute("SELECT n FROM t ORDER BY rowid").fetchall()
    reader.close()
    return [number for (number,) in rows]


async def held(writer: GroupWriter, *writes: Write) -> tuple[Gate, list[asyncio.Task[None]]]:
    """The writes, asked while the writer is held: so they all wait for one group."""
    gate = Gate()
    asked: list[Write] = [gate, *writes]
    tasks = [asyncio.create_task(writer.run(write)) for write in asked]
    await asyncio.to_thread(gate.entered.wait, 30)
    return gate, tasks


async def test_what_waits_is_committed_together_in_its_order(
    connection: apsw.Connection, writer: GroupWriter, location: str
) -> None:
    commits = count()
    connection.set_commit_hook(lambda: next(commits) < 0)
    gate, tasks = await held(writer, *map(insert, range(100)))
    gate.opened.set()
    await asyncio.gather(*tasks)
    assert numbers(location) == list(range(100))
    assert next(commits) == 1


async def test_a_group_has_an_end(writer: GroupWriter, location: str) -> None:
    gate, tasks = await held(writer, *map(insert, range(MOST_IN_GROUP + 10)))
    gate.opened.set()
    await asyncio.gather(*tasks)
    assert numbers(location) == list(range(MOST_IN_GROUP + 10))


async def test_answers_come_in_the_order_of_the_questions(writer: GroupWriter) -> None:
    answered: list[int] = []

    async def ask(number: int) -> None:
        await writer.run(insert(number))
        answered.append(number)

    await asyncio.gather(*map(ask, range(200)))
    assert answered == list(range(200))


async def test_nothing_is_answered_before_its_commit(writer: GroupWriter, location: str) -> None:
    seen: list[bool] = []

    async def ask(number: int) -> None:
        await writer.run(insert(number))
        seen.append(number in numbers(location))

    await asyncio.gather(*map(ask, range(40)))
    assert seen == [True] * 40


async def test_a_write_that_fails_leaves_its_group_alone(
    writer: GroupWriter, location: str
) -> None:
    def half_done(connection: apsw.Connection) -> None:
        connection.execute("INSERT INTO t VALUES (100)")
        raise KeyError("a bug")

    gate, tasks = await held(writer, insert(1), half_done, insert(1), insert(2))
    gate.opened.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [type(outcome).__name__ for outcome in outcomes] == [
        "NoneType",
        "NoneType",
        "KeyError",
        "DuplicateValue",
        "NoneType",
    ]
    assert numbers(location) == [1, 2]


async def test_a_caller_that_goes_away_harms_nobody(writer: GroupWriter, location: str) -> None:
    gate, tasks = await held(writer, insert(1), insert(2))
    tasks[1].cancel()
    gate.opened.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert tasks[1].cancelled()
    assert numbers(location) == [1, 2]


async def test_closing_finishes_what_was_asked(connection: apsw.Connection, location: str) -> None:
    writer = GroupWriter(connection)
    tasks = [asyncio.create_task(writer.run(insert(number))) for number in range(50)]
    await asyncio.sleep(0)
    await writer.close()
    await asyncio.gather(*tasks)
    assert numbers(location) == list(range(50))


async def test_a_full_disk_is_a_database_error_and_answers_stay_true(
    connection: apsw.Connection, writer: GroupWriter, location: str
) -> None:
    pages = connection.pragma("page_count")
    assert isinstance(pages, int)
    connection.pragma("max_page_count", pages + 20)

    def large(connection: apsw.Connection) -> None:
        connection.execute("CREATE TABLE large AS SELECT zeroblob(1000000)")

    gate, tasks = await held(writer, insert(1), large, insert(2))
    gate.opened.set()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    refused = outcomes[2]
    assert isinstance(refused, ParseError)
    assert (refused.code, refused.message) == (1, "Database error")
    kept = [number for number, outcome in ((1, outcomes[1]), (2, outcomes[3])) if outcome is None]
    assert numbers(location) == kept
    await writer.run(insert(3))
    assert numbers(location) == [*kept, 3]


async def test_another_process_that_writes_is_waited_for(
    writer: GroupWriter, location: str
) -> None:
    other = open_connection(location)
    other.execute("BEGIN IMMEDIATE; INSERT INTO t VALUES (1)")
    task = asyncio.create_task(writer.run(insert(2)))
    await asyncio.sleep(0)
    assert not task.done()
    other.execute("COMMIT")
    other.close()
    await task
    assert numbers(location) == [1, 2]
