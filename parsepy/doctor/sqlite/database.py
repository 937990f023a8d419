"""`Examined` on a file of the embedded store, opened so that nothing can be written."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final, TypeVar, cast
from urllib.parse import quote

import apsw
import orjson

from parsepy.doctor.base import FoundIndex, Problem, Size, UnknownType
from parsepy.doctor.sqlite.documents import ObjectCheck
from parsepy.errors import Code, ParseError
from parsepy.protocol.field_types import PLAIN_TYPES, TARGETED_TYPES
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.storage.base import Index
from parsepy.storage.scanned import Pair
from parsepy.storage.sqlite import classes, functions, layout, names, scan
from parsepy.storage.sqlite.errors import translated
from parsepy.storage.sqlite.functions import FOLD
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.rows import SELECTED, from_row
from parsepy.storage.sqlite.sql_types import Rows

Decoded = TypeVar("Decoded")

_MOST_GROUPS: Final = 100
_SCHEMA: Final = "_SCHEMA"


class SQLiteDatabase:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._alone = False
        self._reader: _Reader

    @property
    def description(self) -> str:
        return f"SQLite {apsw.sqlite_lib_version()}"

    @property
    def shares_with_parse_server(self) -> bool:
        return False

    async def open(self) -> None:
        """Raises `ParseError` 1."""
        if not self._file.is_file():
            raise ParseError(Code.INTERNAL, f"There is no file {self._file}: name another.")
        self._alone = not _log_of(self._file).exists()
        try:
            connection = _opened(self._file, alone=self._alone)
        except apsw.NotADBError as error:
            raise layout.foreign_file(str(self._file)) from error
        except apsw.Error as error:
            raise ParseError(Code.INTERNAL, f"The file {self._file} cannot be read.") from error
        self._reader = _Reader(connection)

    def check_undisturbed(self) -> None:
        """Raises `ParseError` 1 when a server has come meanwhile: what was read may be half old."""
        if self._alone and _log_of(self._file).exists():
            raise ParseError(
                Code.INTERNAL, f"A server has opened {self._file} meanwhile: run this again."
            )

    async def close(self) -> None:
        with suppress(AttributeError):
            await self._reader.close()

    async def definitions(self) -> list[ClassDefinition]:
        return await self._reader.read(classes.LOAD, classes.load_all)

    async def unknown_types(self) -> list[UnknownType]:
        rows = await self._all(_SCHEMA, classes.LOAD.sql)
        return [
            UnknownType(str(class_name), field, str(entry["type"]))
            for class_name, text in rows
            for field, entry in orjson.loads(str(text))["fields"].items()
            if entry["type"] not in PLAIN_TYPES | TARGETED_TYPES
        ]

    async def sizes(self) -> dict[str, Size]:
        stored = await scan.stored_names(self._reader)
        return {name: await self._size(name) for name in stored.classes}

    async def file_size(self) -> Size | None:
        return None

    async def damage(self) -> list[str]:
        rows = await self._all(_SCHEMA, "PRAGMA quick_check(10)")
        return [str(message) for (message,) in rows if message != "ok"]

    async def indexes(self, class_name: str) -> list[FoundIndex]:
        table = names.table_name(class_name)
        sql = 'SELECT name, "unique" FROM pragma_index_list(?)'
        rows = await self._reader.read(Query(class_name, sql, (table,)), _as_they_are)
        return [
            _found(name.removeprefix(f"{table}/").rpartition("~")[0], bool(unique))
            for name, unique in ((str(name), unique) for name, unique in rows)
            if name.startswith(f"{table}/")
        ]

    def wanted(self, index: Index) -> FoundIndex:
        return _found(index.name, index.unique)

    async def problems(
        self, schema: ClassSchema, sample: int | None
    ) -> AsyncIterator[tuple[int, Sequence[Problem]]]:
        check = ObjectCheck(schema)
        if sample is None:
            async for batch in scan.scan(self._reader, schema.name):
                yield len(batch), [each for row in batch for each in check.problems(row.document)]
            return
        for row_id in await self._drawn(schema.name, sample):
            sql = f"SELECT {SELECTED} FROM {names.table(schema.name)} WHERE id = ?"
            rows = await self._reader.read(Query(schema.name, sql, (row_id,)), _as_they_are)
            yield len(rows), [each for row in rows for each in check.problems(from_row(row))]

    async def pairs(self, join_class: str, sample: int | None) -> AsyncIterator[Sequence[Pair]]:
        left = sample
        async for rows in scan.scan_relation(self._reader, join_class):
            yield rows if left is None else rows[:left]
            if left is not None:
                left -= len(rows)
                if left <= 0:
                    return

    async def session_users(self, sample: int | None) -> AsyncIterator[Sequence[Pair]]:
        sql = (
            f"SELECT objectId, data->>'{names.json_path('user.objectId')}'"
            f" FROM {names.table('_Session')} WHERE objectId > ? ORDER BY objectId LIMIT ?"
        )
        after, left = "", sample
        while left is None or left > 0:
            query = Query("_Session", sql, (after, min(left or scan.BATCH, scan.BATCH)))
            rows = await self._reader.read(query, _as_they_are)
            if not rows:
                return
            yield [Pair(str(session_id), str(user_id)) for session_id, user_id in rows]
            after, left = str(rows[-1][0]), None if left is None else left - len(rows)

    async def known_ids(self, class_name: str, ids: Sequence[str]) -> set[str]:
        sql = (
            f"SELECT objectId FROM {names.table(class_name)}"
            " WHERE objectId IN (SELECT value FROM json_each(?))"
        )
        rows = await self._reader.read(
            Query(class_name, sql, (orjson.dumps(list(ids)).decode(),)), _as_they_are
        )
        return {str(object_id) for (object_id,) in rows}

    async def duplicates(self, field: str) -> list[list[str]]:
        value = f"data->>'{names.json_path(field)}'"
        rows = await self._all(
            "_User",
            f"SELECT min(objectId), max(objectId) FROM {names.table('_User')}"
            f" WHERE {value} IS NOT NULL GROUP BY {FOLD}({value}) HAVING count(*) > 1"
            f" LIMIT {_MOST_GROUPS}",
        )
        return [[str(each) for each in row] for row in rows]

    async def _size(self, class_name: str) -> Size:
        sql = f"SELECT count(*), sum(length(data)) FROM {names.table(class_name)}"
        ((number, size),) = await self._all(class_name, sql)
        return Size(cast("int", number), cast("int", size or 0))

    async def _drawn(self, class_name: str, sample: int) -> list[int]:
        sql = f"SELECT id FROM {names.table(class_name)} ORDER BY random() LIMIT {sample}"
        return [cast("int", row_id) for (row_id,) in await self._all(class_name, sql)]

    async def _all(self, class_name: str, sql: str) -> Rows:
        return await self._reader.read(Query(class_name, sql), _as_they_are)


class _Reader:
    """Reads at once: nobody else waits for the loop."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    async def read(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        with translated(self._connection):
            return decode(query.rows(self._connection))

    async def close(self) -> None:
        self._connection.close()


def _log_of(file: Path) -> Path:
    return file.with_name(f"{file.name}-wal")


def _opened(file: Path, *, alone: bool) -> apsw.Connection:
    """Leaves nothing beside the file either.

    A reader of a log makes the log's files where there are none: then nobody has the database
    open, and the file alone holds everything.
    """
    settings = "mode=ro&immutable=1" if alone else "mode=ro"
    connection = apsw.Connection(
        f"file:{quote(str(file.resolve()))}?{settings}",
        flags=apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI,
    )
    try:
        connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
        functions.register(connection)
        layout.check_file(connection, str(file))
    except BaseException:
        connection.close()
        raise
    return connection


def _found(name: str, unique: bool) -> FoundIndex:
    # SQLite knows an index by an expression; the name says as much as is compared here.
    return FoundIndex(name, {name: 1}, unique=unique, is_plain=False)


def _as_they_are(rows: Rows) -> Rows:
    return rows
