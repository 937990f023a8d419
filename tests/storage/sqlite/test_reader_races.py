"""Reads of a class whose table another request makes at the same moment."""

import apsw
import pytest

from parsepy.storage.sqlite import SQLiteStorage, layout, names
from parsepy.storage.sqlite.connection import open_connection, open_reader
from parsepy.storage.sqlite.reader import Query

pytestmark = pytest.mark.anyio


async def test_a_table_that_appears_during_the_read_has_its_rows_read(
    store: SQLiteStorage, location: str
) -> None:
    reader, writer = open_reader(location), open_connection(location)

    def make_table(_: apsw.Cursor, sql: str, __: object) -> bool:
        """Called before each statement that could be prepared: not for the first read."""
        if "sqlite_schema" in sql:
            layout.create_table(writer, "Fresh")
        return True

    reader.exec_trace = make_table
    try:
        query = Query("Fresh", f"SELECT objectId FROM {names.table('Fresh')}")
        assert query.rows(reader) == []
    finally:
        reader.close()
        writer.close()


async def test_a_read_of_a_missing_table_has_no_rows(store: SQLiteStorage, location: str) -> None:
    reader = open_reader(location)
    try:
        assert Query("Never", f"SELECT objectId FROM {names.table('Never')}").rows(reader) == []
    finally:
        reader.close()


async def test_a_statement_that_is_wrong_stays_wrong(store: SQLiteStorage, location: str) -> None:
    reader, writer = open_reader(location), open_connection(location)
    layout.create_table(writer, "Known")
    try:
        with pytest.raises(apsw.SQLError):
            Query("Known", f"SELECT nothing FROM {names.table('Known')}").rows(reader)
    finally:
        reader.close()
        writer.close()
