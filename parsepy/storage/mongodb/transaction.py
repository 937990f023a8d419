"""Transactions: the driver's sessions, one operation at a time, committed until that is known.

parse-server reads outside of its transactions; here reads are inside and see the writes.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from contextvars import Context, ContextVar
from time import monotonic
from typing import Final, TypeVar
from weakref import WeakSet

from pymongo import ReadPreference
from pymongo.asynchronous.client_session import AsyncClientSession
from pymongo.errors import OperationFailure, PyMongoError

from parsepy import errors
from parsepy.errors import ClassExists, TransactionLost
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.errors import WRITING
from parsepy.storage.transaction import Endings, Transaction, transaction_is_over

Result = TypeVar("Result")
Operation = Coroutine[object, None, Result]

COMMIT_WITHIN: Final = 15.0
"""Seconds for which a commit without a known result is asked for again."""

_TRANSIENT: Final = "TransientTransactionError"
_UNKNOWN: Final = "UnknownTransactionCommitResult"
_TIME_EXPIRED: Final = 50


class MongoTransaction(Transaction):
    """One session. MongoDB itself gives up a transaction that lasts longer than 60 seconds."""

    __slots__ = ("_lock", "_over", "_session")

    def __init__(self, session: AsyncClientSession) -> None:
        super().__init__()
        self._session = session
        # A session cannot be used by two operations at once.
        self._lock = asyncio.Lock()
        self._over = False

    async def begin(self) -> None:
        await self._session.start_transaction(read_preference=ReadPreference.PRIMARY)

    async def run(self, operation: Operation[Result]) -> Result:
        try:
            async with self._lock:
                if self._over:
                    raise transaction_is_over()
                async with self._session.bind(end_session=False):
                    return await operation
        except BaseException as error:
            # MongoDB gives the transaction up at most errors: so it is for all of them.
            self.fail(error)
            raise
        finally:
            operation.close()

    @property
    def lost(self) -> bool:
        """Whether others were the reason of its failure, so that it is worth a repetition."""
        error = self.failure
        while error is not None:
            if isinstance(error, ClassExists):
                return True
            if isinstance(error, PyMongoError) and error.has_error_label(_TRANSIENT):
                return True
            error = error.__cause__
        return False

    async def commit(self) -> None:
        """Raises what an operation raised; then nothing was kept."""
        if self.failure is not None:
            await self.abort()
            raise self._why() from self.failure
        if self._over:
            raise transaction_is_over()
        try:
            async with self._lock:
                self._over = True
                with WRITING:
                    await self._commit_until_known()
            self.was_kept = True
        finally:
            await self._session.end_session()
            await self.tell_end()

    async def abort(self) -> None:
        """Does nothing when it is over."""
        if self._over:
            return
        try:
            async with self._lock:
                self._over = True
                await self._session.abort_transaction()
        finally:
            await self._session.end_session()
            await self.tell_end()

    async def _commit_until_known(self) -> None:
        until = monotonic() + COMMIT_WITHIN
        while True:
            try:
                await self._session.commit_transaction()
            except PyMongoError as error:
                if error.has_error_label(_TRANSIENT):
                    raise TransactionLost from error
                if not _is_unknown(error) or monotonic() > until:
                    raise
            else:
                return

    def _why(self) -> Exception:
        if self.lost:
            return TransactionLost()
        if isinstance(self.failure, Exception):
            return self.failure
        return errors.database_error()


class Transactions:
    """The transactions of one store."""

    __slots__ = ("_connection", "_current", "_endings", "_open")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        # One for each store: a transaction of one must not be taken for another's.
        self._current: ContextVar[MongoTransaction | None] = ContextVar("session", default=None)
        self._endings = Endings()
        self._open: WeakSet[MongoTransaction] = WeakSet()

    @property
    def current(self) -> MongoTransaction | None:
        return self._current.get()

    def within(self, operation: Operation[Result]) -> Operation[Result]:
        """The operation, as a part of the current transaction if there is one."""
        transaction = self._current.get()
        return operation if transaction is None else transaction.run(operation)

    async def write(self, operation: Operation[Result]) -> Result:
        """As `within`, for a write: it may have to wait for a transaction, which needs a connection
        to come to its end. So those outside leave some free."""
        transaction = self._current.get()
        if transaction is not None:
            return await transaction.run(operation)
        try:
            async with self._connection.writers:
                return await operation
        finally:
            operation.close()

    async def once_kept(self, action: Callable[[], Awaitable[None]]) -> None:
        """Does `action` now, or after the commit of the current transaction: for what cannot be
        part of one."""
        transaction = self._current.get()
        if transaction is None:
            await action()
            return

        async def when_kept() -> None:
            if transaction.was_kept:
                await action()

        transaction.at_end(when_kept)

    @asynccontextmanager
    async def scope(self) -> AsyncIterator[None]:
        if self._current.get() is not None:
            raise errors.transaction_is_open()
        if not self._connection.has_transactions:
            raise errors.no_transactions(f"MongoDB {self._connection.server_version}")
        transaction = MongoTransaction(self._connection.start_session())
        self._open.add(transaction)
        await transaction.begin()
        token = self._current.set(transaction)
        try:
            yield
        except BaseException as error:
            self._current.reset(token)
            await self._endings.run(transaction.abort())
            if transaction.lost and isinstance(error, Exception):
                raise TransactionLost from error
            raise
        self._current.reset(token)
        await self._endings.run(transaction.commit())

    async def close(self) -> None:
        """Finishes those that are ending and takes the others back."""
        await self._endings.close()
        for transaction in tuple(self._open):
            await transaction.abort()


async def outside_of_transactions(operation: Operation[Result]) -> Result:
    """For making what a failed operation lacked. Its transaction is lost; done anew, it has it."""
    return await asyncio.get_running_loop().create_task(operation, context=Context())


def _is_unknown(error: PyMongoError) -> bool:
    expired = isinstance(error, OperationFailure) and error.code == _TIME_EXPIRED
    return error.has_error_label(_UNKNOWN) and not expired
