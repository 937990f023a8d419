"""Reads: in the event loop as long as they are short, else in threads.

A thread hop costs about 100 µs of processor time, a point read 4 µs. How long a statement takes is
not guessed: it starts in the loop on a budget, and one that overdraws it is interrupted and started
again in a thread. After three overdrafts in a row its like goes there at once for the next minute
(statement texts hold no values, so they repeat).
"""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from time import perf_counter
from typing import Final, Protocol, TypeVar

import apsw
from msgspec import Struct

from parsepy.storage.sqlite import names, shapes
from parsepy.storage.sqlite.connection import open_reader
from parsepy.storage.sqlite.errors import STORE_ERRORS, table_missing, translated, translation
from parsepy.storage.sqlite.sql_types import Parameter, Rows

Decoded = TypeVar("Decoded")

LOOP_BUDGET: Final = 0.003
"""Seconds a statement may hold up the loop."""
OVERDRAFTS_IN_A_ROW: Final = 3
"""So often must a statement overdraw before its like goes to a thread at once: on a busy machine
a short one overdraws too, now and then, because another process had the processor."""
THREADS: Final = 4

_STEPS_BETWEEN_LOOKS: Final = 1000
_MOST_REMEMBERED: Final = 2000
_REMEMBERED_FOR: Final = 60.0
# Preparing a statement is not counted in its steps, and for hundreds of conditions it takes long.
_MOST_PARAMETERS_IN_LOOP: Final = 64


class Query(Struct, frozen=True):
    """A statement over one class; a class whose table is not there has no rows."""

    class_name: str
    sql: str
    parameters: tuple[Parameter, ...] = ()

    def rows(self, connection: apsw.Connection) -> Rows:
        try:
            return self.fetch(connection)
        except apsw.SQLError as error:
            missing = table_missing(connection, names.table_name(self.class_name))
            if missing or shapes.is_missing(error):
                return []
            # It may have been made just now; any other fault comes again.
            return self.fetch(connection)

    def fetch(self, connection: apsw.Connection) -> Rows:
        return connection.execute(self.sql, self.parameters).fetchall()


class Reader(Protocol):
    async def read(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        """What `decode` makes of the query's rows. Raises `ParseError`."""

    async def close(self) -> None: ...


class InlineReader:
    """Reads the database in memory; the connection is the writer's and closed by it.

    It shows what a transaction has not committed yet, so reads wait while one holds `lock`.
    """

    def __init__(self, connection: apsw.Connection, lock: asyncio.Lock) -> None:
        self._connection = connection
        self._lock = lock

    async def read(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        if self._lock.locked():
            async with self._lock:
                return self._read(query, decode)
        return self._read(query, decode)

    async def close(self) -> None:
        pass

    def _read(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        with translated(self._connection):
            return decode(query.rows(self._connection))


class FileReader:
    """Reads a file: one connection for the loop, one for each thread."""

    def __init__(self, location: str) -> None:
        self._location = location
        self._connection = open_reader(location, patient=False)
        self._connection.set_progress_handler(self._overdrawn, _STEPS_BETWEEN_LOOKS)
        self._deadline = 0.0
        self._overdrafts: dict[str, int] = {}
        self._long: dict[str, float] = {}
        self._pool = ThreadPoolExecutor(THREADS, "parsepy-sqlite-reader")
        self._thread = threading.local()
        self._opened: list[apsw.Connection] = []

    async def read(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        rows = self._in_loop(query)
        if rows is not None:
            return decode(rows)
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, self._in_thread, query, decode)

    async def close(self) -> None:
        await asyncio.to_thread(self._pool.shutdown)
        for connection in (self._connection, *self._opened):
            connection.close()

    def _in_loop(self, query: Query) -> Rows | None:
        """The rows, or `None` when a thread has to read them."""
        now = perf_counter()
        if self._long.get(query.sql, 0.0) > now or len(query.parameters) > _MOST_PARAMETERS_IN_LOOP:
            return None
        self._deadline = now + LOOP_BUDGET
        try:
            rows = query.rows(self._connection)
        except apsw.InterruptError:
            self._note_overdraft(query.sql, now)
            return None
        except apsw.BusyError:
            # Another process repairs or resets the log: a thread can wait for that.
            return None
        except STORE_ERRORS as error:
            raise translation(error, self._connection) from error
        self._overdrafts.pop(query.sql, None)
        return rows

    def _overdrawn(self) -> bool:
        return perf_counter() > self._deadline

    def _note_overdraft(self, sql: str, now: float) -> None:
        if len(self._long) + len(self._overdrafts) >= _MOST_REMEMBERED:
            self._long.clear()
            self._overdrafts.clear()
        overdrafts = self._overdrafts.pop(sql, 0) + 1
        if overdrafts < OVERDRAFTS_IN_A_ROW:
            self._overdrafts[sql] = overdrafts
        else:
            self._long[sql] = now + _REMEMBERED_FOR

    def _in_thread(self, query: Query, decode: Callable[[Rows], Decoded]) -> Decoded:
        connection = self._connection_of_thread()
        with translated(connection):
            return decode(query.rows(connection))

    def _connection_of_thread(self) -> apsw.Connection:
        connection: apsw.Connection | None = getattr(self._thread, "connection", None)
        if connection is None:
            connection = self._thread.connection = open_reader(self._location)
            self._opened.append(connection)
        return connection
