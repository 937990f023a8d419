"""Indexes with options on SQLite: expiry, what queries use, and what has no order in SQL."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from parsepy.errors import ParseError
from parsepy.protocol.values import date
from parsepy.schema.index_options import IndexOptions
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.types import JSONObject
from tests.contract.samples import EVERY_TYPE, ids, thing

pytestmark = pytest.mark.anyio

UNIQUE = IndexOptions(unique=True)


@pytest.fixture
def location(tmp_path: Path) -> str:
    return str(tmp_path / "store.sqlite")


@pytest.fixture
async def store(location: str) -> AsyncIterator[SQLiteStorage]:
    opened = SQLiteStorage(location)
    await opened.start()
    await opened.create_class(EVERY_TYPE.definition)
    yield opened
    await opened.close()


def _ago(seconds: float) -> JSONObject:
    moment = datetime.now(UTC) - timedelta(seconds=seconds)
    return date(moment.isoformat(timespec="milliseconds").replace("+00:00", "Z"))


async def test_an_insert_erases_what_has_expired(store: SQLiteStorage) -> None:
    options = IndexOptions(expire_after_seconds=60)
    await store.create_index(EVERY_TYPE, "gone", {"day": 1}, options)
    await store.insert(EVERY_TYPE, thing("old", day=_ago(61)))
    await store.insert(EVERY_TYPE, thing("young", day=_ago(30)))
    await store.insert(EVERY_TYPE, thing("never"))

    assert await ids(store) == ["never", "young"]


async def test_objects_expire_by_their_own_dates(store: SQLiteStorage) -> None:
    options = IndexOptions(expire_after_seconds=3600)
    await store.create_index(EVERY_TYPE, "gone", {"_created_at": -1}, options)
    now = _ago(0)["iso"]
    await store.insert(EVERY_TYPE, thing("old"))
    await store.insert(EVERY_TYPE, {**thing("new"), "createdAt": now, "updatedAt": now})

    assert await ids(store) == ["new"]


async def test_another_process_erases_as_well(store: SQLiteStorage, location: str) -> None:
    other = SQLiteStorage(location)
    await other.start()
    options = IndexOptions(expire_after_seconds=0)
    await store.create_index(EVERY_TYPE, "gone", {"day": 1}, options)
    await store.insert(EVERY_TYPE, thing("old", day=_ago(1)))
    await other.insert(EVERY_TYPE, thing("new"))

    assert await ids(other) == ["new"]
    await other.close()


async def test_a_dropped_index_erases_nothing(store: SQLiteStorage) -> None:
    options = IndexOptions(expire_after_seconds=0)
    await store.create_index(EVERY_TYPE, "gone", {"day": 1}, options)
    await store.drop_index(EVERY_TYPE, "gone")
    await store.insert(EVERY_TYPE, thing("old", day=_ago(1)))
    await store.insert(EVERY_TYPE, thing("new"))

    assert await ids(store) == ["new", "old"]


@pytest.mark.parametrize("column", ["list", "map", "place", "area"])
async def test_what_has_no_order_in_sql_cannot_be_unique(store: SQLiteStorage, column: str) -> None:
    with pytest.raises(ParseError) as refused:
        await store.create_index(EVERY_TYPE, "once", {column: 1}, UNIQUE)

    assert refused.value.code == 102
    assert await store.index_options(EVERY_TYPE) == {}


@pytest.mark.parametrize("options", [UNIQUE, IndexOptions(sparse=True)])
async def test_queries_use_an_index_with_options(
    store: SQLiteStorage, location: str, options: IndexOptions
) -> None:
    await store.create_index(EVERY_TYPE, "mine", {"text": 1}, options)

    connection = apsw.Connection(location)
    plan = connection.execute(
        "EXPLAIN QUERY PLAN SELECT 1 FROM \"Thing~1\" WHERE data->>'$.\"text\"' = 'x'"
    ).fetchall()
    connection.close()

    assert "mine" in str(plan)


async def test_an_entry_of_before_has_no_options(store: SQLiteStorage, location: str) -> None:
    await store.create_index(EVERY_TYPE, "mine", {"text": 1})

    connection = apsw.Connection(location)
    rows = connection.execute('SELECT definition FROM "_SCHEMA"').fetchall()
    connection.close()

    assert "indexOptions" not in str(rows)
    assert await store.index_options(EVERY_TYPE) == {}
