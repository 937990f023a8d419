"""Reading whole tables, in batches of bounded size."""

from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Final, cast

import apsw

from parsepy.options.database_uri import files_folder
from parsepy.storage.scanned import Pair, Scanned, StoredNames
from parsepy.storage.sqlite import layout, names
from parsepy.storage.sqlite.connection import MEMORY
from parsepy.storage.sqlite.reader import Query, Reader
from parsepy.storage.sqlite.rows import SELECTED, from_row
from parsepy.storage.sqlite.sql_types import Rows

BATCH: Final = 1000
BATCH_BYTES: Final = 8 << 20

_TABLES: Final = Query("_SCHEMA", "SELECT name FROM sqlite_schema WHERE type = 'table'")


async def stored_names(reader: Reader) -> StoredNames:
    return StoredNames(await reader.read(_TABLES, _class_names))


def folders_of_files(location: str) -> tuple[str, ...]:
    """The folder of uploads beside the database; the first one has made it."""
    if location == MEMORY:
        return ()
    folder = files_folder(Path(location))
    return (folder.name,) if (folder / "index.sqlite").is_file() else ()


async def scan(reader: Reader, class_name: str) -> AsyncIterator[Sequence[Scanned]]:
    table = names.table(class_name)
    sizes = f"SELECT id, length(data) FROM {table} WHERE id > ? ORDER BY id LIMIT {BATCH}"
    rows = f"SELECT {SELECTED} FROM {table} WHERE id > ? AND id <= ? ORDER BY id"
    after = 0
    while True:
        last = await reader.read(Query(class_name, sizes, (after,)), _last_of_batch)
        if last is None:
            return
        yield await reader.read(Query(class_name, rows, (after, last)), _scanned)
        after = last


async def scan_relation(reader: Reader, join_class: str) -> AsyncIterator[Sequence[Pair]]:
    table = names.table(join_class)
    sql = (
        f"SELECT owningId, relatedId, id FROM {table} WHERE (owningId, id) > (?, ?)"
        f" ORDER BY owningId, id LIMIT {BATCH}"
    )
    decode: Callable[[Rows], Rows] = list
    after = ("", 0)
    while True:
        rows = await reader.read(Query(join_class, sql, after), decode)
        if not rows:
            return
        yield [Pair(str(owning_id), str(related_id)) for owning_id, related_id, _ in rows]
        after = (str(rows[-1][0]), cast("int", rows[-1][2]))


def insert_relation(connection: apsw.Connection, join_class: str, rows: Sequence[Pair]) -> None:
    layout.create_table(connection, join_class)
    connection.executemany(
        f"INSERT OR IGNORE INTO {names.table(join_class)} (owningId, relatedId) VALUES (?, ?)",
        rows,
    )


def _scanned(rows: Rows) -> list[Scanned]:
    return [Scanned(from_row(row)) for row in rows]


def _last_of_batch(rows: Rows) -> int | None:
    """The id that ends the batch: one object at least, whatever its size."""
    size, last = 0, None
    for row_id, length in rows:
        size += cast("int", length)
        if last is not None and size > BATCH_BYTES:
            break
        last = cast("int", row_id)
    return last


def _class_names(rows: Rows) -> tuple[str, ...]:
    found = (names.class_of_table(str(table)) for (table,) in rows)
    return tuple(sorted(name for name in found if name is not None))
