"""One transaction's hold of the writer's thread of a file."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from queue import Empty, SimpleQueue
from time import monotonic
from typing import Any, Final, TypeVar

import apsw
import msgspec

from parsepy import errors
from parsepy.storage.sqlite.held import HeldWriter, took_too_long
from parsepy.storage.sqlite.transaction import Job, begin, told
from parsepy.storage.transaction import transaction_is_over

Result = TypeVar("Result")

_STEPS_BETWEEN_LOOKS: Final = 10_000
_log = logging.getLogger(__name__)


class Asked(msgspec.Struct, frozen=True):
    """A job and who waits for it; `None` in place of the job asks for the commit."""

    job: Job | None
    future: "asyncio.Future[Any]"

    def answer(self, failure: Exception | None) -> None:
        # A caller that went away has cancelled its future.
        if self.future.done():
            return
        if failure is not None:
            self.future.set_exception(failure)
        else:
            self.future.set_result(self.job.result if self.job is not None else None)


class HeldThread(HeldWriter):
    """The writer's thread. It is asked through a queue of the transaction's own."""

    __slots__ = ("_begun", "_loop", "_queue")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__()
        self._loop = loop
        self._begun: asyncio.Future[None] = loop.create_future()
        self._queue: SimpleQueue[Asked | None] = SimpleQueue()

    # -- in the loop

    async def begin(self) -> None:
        """Waits for the turn. Raises `ParseError` 1 when the file stays locked."""
        try:
            await self._begun
        except asyncio.CancelledError:
            self.roll_back()
            raise

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        self._check_open()
        result: Result = await self._ask(Job(write))
        return result

    async def commit(self) -> None:
        if self.failure is not None:
            self.roll_back()
            raise self.failure
        await self._ask(None)

    def roll_back(self) -> None:
        if self._refusal is None:
            self._queue.put(None)

    async def _ask(self, job: Job | None) -> Any:
        future: asyncio.Future[Any] = self._loop.create_future()
        self._queue.put(Asked(job, future))
        return await future

    def _finish(self, last: Asked | None, kept: bool, failure: Exception | None) -> None:
        """What was asked after the last operation is refused, and so is what comes now."""
        self._end(kept=kept, failure=failure)
        if last is not None:
            last.answer(failure)
        if not self._begun.done():
            self._begun.set_exception(failure or transaction_is_over())
        with suppress(Empty):
            while True:
                late = self._queue.get_nowait()
                if late is not None:
                    late.answer(self._refusal)

    def _tell_begun(self) -> None:
        if not self._begun.done():
            self._begun.set_result(None)

    # -- in the thread

    def serve(self, connection: apsw.Connection, life: float) -> None:
        """Does what the transaction asks until it ends."""
        try:
            begin(connection)
        except Exception as error:
            locked = errors.database_error()
            locked.__cause__ = error
            self._post(self._finish, None, False, locked)
            return
        self._post(self._tell_begun)
        deadline = monotonic() + life
        connection.set_progress_handler(lambda: monotonic() > deadline, _STEPS_BETWEEN_LOOKS)
        try:
            last, kept, failure = self._serve_until(connection, deadline, life)
        finally:
            connection.set_progress_handler(None)
        self._post(self._finish, last, kept, failure)

    def _serve_until(
        self, connection: apsw.Connection, deadline: float, life: float
    ) -> tuple[Asked | None, bool, Exception | None]:
        """The last thing asked, whether all was kept, and why it was not."""
        while True:
            asked = None
            try:
                asked = self._next(deadline, life)
                if asked is None:
                    connection.execute("ROLLBACK")
                    return None, False, None
                if asked.job is None:
                    connection.execute("COMMIT")
                    return asked, True, None
                asked.job.result = asked.job.write(connection)
            except Exception as error:
                failure = told(error, connection)
                if monotonic() > deadline:
                    failure = took_too_long(life)
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                return asked, False, failure
            self._post(asked.answer, None)

    def _next(self, deadline: float, life: float) -> Asked | None:
        left = deadline - monotonic()
        try:
            if left > 0:
                return self._queue.get(timeout=left)
        except Empty:
            pass
        _log.warning("a transaction had not ended after %s seconds and was rolled back", life)
        raise took_too_long(life)

    def _post(self, action: Callable[..., None], *arguments: object) -> None:
        # A loop that is closed has nobody left who waits.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(action, *arguments)
