"""The file: what it looks like from outside, and which files are refused."""

import re
from collections.abc import Callable
from pathlib import Path

import apsw
import pytest

from parsepy.errors import DuplicateValue, ParseError
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index
from parsepy.storage.sqlite import SQLiteStorage, layout
from parsepy.types import JSONValue
from tests.contract.samples import EVERY_TYPE, ids, thing

pytestmark = pytest.mark.anyio


def outside(location: str, sql: str) -> list[tuple[object, ...]]:
    """What another program reads in the file, or does to it."""
    connection = apsw.Connection(location)
    rows = connection.execute(sql).fetchall()
    connection.close()
    return rows


async def test_an_object_is_one_row_of_its_class(store: SQLiteStorage, location: str) -> None:
    acl: JSONValue = {"u1": {"read": True, "write": True}, "*": {"read": True}}
    await store.insert(EVERY_TYPE, thing("t1", text="x", ACL=acl))
    columns = "objectId, createdAt, updatedAt, readers, writers, typeof(data)"
    assert outside(location, f'SELECT {columns} FROM "Thing~1"') == [
        (
            "t1",
            "2024-01-02T03:04:05.678Z",
            "2024-01-02T03:04:05.679Z",
            '["u1","*"]',
            '["u1"]',
            "blob",
        )
    ]


async def test_relation_values_are_not_stored(store: SQLiteStorage) -> None:
    relation: JSONValue = {"__type": "Relation", "className": "_User"}
    await store.insert(EVERY_TYPE, thing("t1", members=relation))
    assert await store.get(EVERY_TYPE, "t1", None) == thing("t1")


async def test_natural_order_survives_a_vacuum(store: SQLiteStorage, location: str) -> None:
    inserted = [f"t{9 - number}" for number in range(10)]
    for object_id in inserted:
        await store.insert(EVERY_TYPE, thing(object_id))
    outside(location, "VACUUM")
    found = await store.find(EVERY_TYPE, EVERYTHING)
    assert [document["objectId"] for document in found] == inserted


async def test_a_class_may_be_called_like_a_table_of_sqlite(store: SQLiteStorage) -> None:
    schema = missing_class("sqlite_master")
    await store.insert(schema, {"objectId": "x"})
    assert await ids(store, schema=schema) == ["x"]
    await store.erase()
    assert await ids(store, schema=schema) == []


async def test_the_file_is_marked_and_readable_by_its_owner_only(
    store: SQLiteStorage, location: str
) -> None:
    await store.insert(EVERY_TYPE, thing("t1"))
    assert outside(location, "PRAGMA application_id") == [(layout.APPLICATION_ID,)]
    assert outside(location, "PRAGMA user_version") == [(layout.LAYOUT_VERSION,)]
    modes = {path.name: path.stat().st_mode & 0o777 for path in Path(location).parent.iterdir()}
    assert modes[Path(location).name] == 0o600
    assert set(modes.values()) == {0o600}


async def test_a_closed_store_is_one_file(location: str) -> None:
    opened = SQLiteStorage(location)
    await opened.start()
    await opened.insert(EVERY_TYPE, thing("t1"))
    await opened.close()
    assert [path.name for path in Path(location).parent.iterdir()] == [Path(location).name]


def _database_of_another_program(path: Path) -> None:
    outside(str(path), "CREATE TABLE other (id)")


def _marked_by_another_program(path: Path) -> None:
    outside(str(path), "CREATE TABLE other (id)")
    outside(str(path), "PRAGMA application_id = 77")


def _text(path: Path) -> None:
    path.write_text("This is not a database. " * 100)


@pytest.mark.parametrize("make", [_database_of_another_program, _marked_by_another_program, _text])
async def test_a_file_of_another_program_is_refused_and_not_touched(
    tmp_path: Path, make: Callable[[Path], None]
) -> None:
    path = tmp_path / "other"
    make(path)
    before = path.read_bytes()
    with pytest.raises(ParseError, match="is not a database of parsepy") as refused:
        await SQLiteStorage(str(path)).start()
    assert refused.value.code == 1
    assert path.read_bytes() == before
    assert [found.name for found in tmp_path.iterdir()] == ["other"]


async def test_a_file_of_a_later_layout_is_refused(location: str) -> None:
    opened = SQLiteStorage(location)
    await opened.start()
    await opened.close()
    outside(location, f"PRAGMA user_version = {layout.LAYOUT_VERSION + 1}")
    with pytest.raises(ParseError, match=re.escape("written by a later parsepy")):
        await SQLiteStorage(location).start()


async def test_a_place_where_no_file_can_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ParseError, match="cannot be opened"):
        await SQLiteStorage(str(tmp_path / "file" / "parse.sqlite")).start()


async def test_indexes_come_back_with_a_table_that_was_dropped(store: SQLiteStorage) -> None:
    schema: ClassSchema = missing_class("_Role")
    await store.ensure_indexes([Index("_Role", "name_1", ("name",), unique=True)])
    for drop in (store.delete_class(schema), store.erase()):
        await drop
        await store.insert(schema, {"objectId": "r1", "name": "Admins"})
        with pytest.raises(DuplicateValue) as refused:
            await store.insert(schema, {"objectId": "r2", "name": "Admins"})
        assert refused.value.field == "name"
