"""Reads: short ones in the loop, long ones in threads, and how it is known which is which."""

import threading
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.sqlite.reader import OVERDRAFTS_IN_A_ROW, FileReader, Query
from parsepy.storage.sqlite.sql_types import Rows

pytestmark = pytest.mark.anyio

COUNTING = (
    "WITH RECURSIVE counted (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counted WHERE n < ?)"
    " SELECT count(*) FROM counted"
)
SHORT, LONG = 10, 300_000


@pytest.fixture
async def reader(store: SQLiteStorage, location: str) -> AsyncIterator[FileReader]:
    made = FileReader(location)
    yield made
    await made.close()


def counting(steps: int) -> Query:
    return Query("Thing", COUNTING, (steps,))


def count_and_thread(rows: Rows) -> tuple[object, int]:
    return rows[0][0], threading.get_ident()


async def test_a_short_read_stays_in_the_loop(reader: FileReader) -> None:
    assert await reader.read(counting(SHORT), count_and_thread) == (SHORT, threading.get_ident())


async def test_a_long_read_goes_to_a_thread(reader: FileReader) -> None:
    found, thread = await reader.read(counting(LONG), count_and_thread)
    assert found == LONG
    assert thread != threading.get_ident()


async def test_one_long_read_does_not_send_its_like_away(reader: FileReader) -> None:
    for _ in range(OVERDRAFTS_IN_A_ROW):
        await reader.read(counting(LONG), count_and_thread)
        found, thread = await reader.read(counting(SHORT), count_and_thread)
        assert (found, thread) == (SHORT, threading.get_ident())


async def test_after_some_in_a_row_their_like_goes_to_a_thread_at_once(reader: FileReader) -> None:
    for _ in range(OVERDRAFTS_IN_A_ROW):
        await reader.read(counting(LONG), count_and_thread)
    found, thread = await reader.read(counting(SHORT), count_and_thread)
    assert found == SHORT
    assert thread != threading.get_ident()


async def test_a_statement_of_many_conditions_is_not_prepared_in_the_loop(
    reader: FileReader,
) -> None:
    wide = Query("Thing", "SELECT 1 WHERE 0" + " OR 1 = ?" * 100, tuple(range(100)))
    found, thread = await reader.read(wide, count_and_thread)
    assert found == 1
    assert thread != threading.get_ident()


async def test_a_class_without_a_table_has_no_rows(reader: FileReader) -> None:
    query = Query("Nowhere", 'SELECT 1 FROM "Nowhere~1"')
    assert await reader.read(query, len) == 0


async def test_what_sqlite_says_stays_inside(reader: FileReader) -> None:
    with pytest.raises(ParseError) as refused:
        await reader.read(Query("_Role", 'SELECT secret FROM "_Role~2"'), len)
    assert (refused.value.code, refused.value.message) == (1, "Internal server error.")
    assert "secret" in str(refused.value.__cause__)


async def test_a_reader_cannot_write(reader: FileReader) -> None:
    with pytest.raises(ParseError):
        await reader.read(Query("_Role", 'DELETE FROM "_Role~2" RETURNING 1'), len)
