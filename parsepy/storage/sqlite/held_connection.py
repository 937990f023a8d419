"""One transaction's hold of the connection to a database in memory, in the loop."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

import apsw

from parsepy.storage.sqlite.held import HeldWriter, took_too_long
from parsepy.storage.sqlite.transaction import told

Result = TypeVar("Result")


class HeldConnection(HeldWriter):
    """The connection of a database in memory; others wait for `lock`."""

    __slots__ = ("_connection", "_lock", "_timer")

    def __init__(self, connection: apsw.Connection, lock: asyncio.Lock) -> None:
        super().__init__()
        self._connection = connection
        self._lock = lock
        self._timer: asyncio.TimerHandle

    async def begin(self, life: float) -> None:
        await self._lock.acquire()
        try:
            self._connection.execute("BEGIN")
        except BaseException:
            self._lock.release()
            raise
        self._timer = asyncio.get_running_loop().call_later(life, self._expire, life)

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        self._check_open()
        try:
            return write(self._connection)
        except Exception as error:
            failure = told(error, self._connection)
            self._close("ROLLBACK", failure)
            raise failure from error

    async def commit(self) -> None:
        if self._refusal is None:
            self._close("COMMIT" if self.failure is None else "ROLLBACK", None)
        if self.failure is not None:
            raise self.failure

    def roll_back(self) -> None:
        if self._refusal is None:
            self._close("ROLLBACK", None)

    def _expire(self, life: float) -> None:
        self._close("ROLLBACK", took_too_long(life))

    def _close(self, how: str, failure: Exception | None) -> None:
        self._timer.cancel()
        try:
            # SQLite gives some transactions up by itself.
            if self._connection.in_transaction:
                self._connection.execute(how)
        except apsw.Error as error:
            failure = told(error, self._connection)
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")
        self._end(kept=how == "COMMIT" and failure is None, failure=failure)
        self._lock.release()
