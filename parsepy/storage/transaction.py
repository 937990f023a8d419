"""Transactions as the rooms above the stores see them."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import AbstractAsyncContextManager
from time import monotonic
from typing import Final, Protocol, TypeVar

from parsepy.errors import Code, ParseError, TransactionLost

Result = TypeVar("Result")

MOST_RETRIES: Final = 5
"""As in parse-server."""
RETRY_WITHIN: Final = 15.0
"""Seconds after which a lost transaction is not begun anew: nobody waits for it any more."""

_FIRST_PAUSE: Final = 0.01
_log = logging.getLogger(__name__)


class Transaction:
    """An open transaction of one store."""

    __slots__ = ("__weakref__", "_actions", "failure", "was_kept")

    def __init__(self) -> None:
        self._actions: dict[Callable[[], Awaitable[None]], None] = {}
        self.failure: BaseException | None = None
        """The first thing that went wrong in it: nothing of it will be kept."""
        self.was_kept = False
        """Whether its writes are in the store: known when it is over."""

    def fail(self, error: BaseException) -> None:
        self.failure = self.failure or error

    def check_refusals(self, refusals: Sequence[Exception | None]) -> None:
        """One write of many that is refused makes it fail like any other operation."""
        for refusal in refusals:
            if refusal is not None:
                self.fail(refusal)

    def at_end(self, action: Callable[[], Awaitable[None]]) -> None:
        """`action` runs once, when the transaction is over and before its block ends."""
        self._actions[action] = None

    async def tell_end(self) -> None:
        """For the store. One action that fails does not keep the others from being done."""
        for action in self._actions:
            try:
                await action()
            except Exception:
                _log.exception("unexpected error at the end of a transaction")


class Endings:
    """Ends of transactions: each goes on to its end when the request that is in it goes away."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, ending: Coroutine[object, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(ending)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        await asyncio.shield(task)

    async def close(self) -> None:
        """Waits for those whose requests have gone away."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # Looked at, else the loop reports it as forgotten when nobody waits any more.
            task.exception()


class TransactionalStore(Protocol):
    @property
    def current_transaction(self) -> Transaction | None: ...

    def transaction(self) -> AbstractAsyncContextManager[None]: ...


async def all_or_nothing(
    store: TransactionalStore, work: Callable[[], Awaitable[Result]]
) -> Result:
    """What `work` gives, in a transaction. It is called again when the store lost it to others."""
    given_up_at = monotonic() + RETRY_WITHIN
    for retry in range(MOST_RETRIES):
        try:
            async with store.transaction():
                return await work()
        except TransactionLost:
            if monotonic() > given_up_at:
                raise
        # Two that met and began anew at once would meet again.
        await asyncio.sleep(_FIRST_PAUSE * 2**retry * random.uniform(0.5, 1.5))  # noqa: S311
    async with store.transaction():
        return await work()


async def once_kept(store: TransactionalStore, action: Callable[[], Awaitable[None]]) -> None:
    """Does `action` now, or when the current transaction is over.

    For forgetting what is cached of the store: until then others read, and cache, what was.
    """
    transaction = store.current_transaction
    if transaction is None:
        await action()
    else:
        transaction.at_end(action)


async def only_if_kept(store: TransactionalStore, action: Callable[[], Awaitable[None]]) -> None:
    """Does `action` now, or when the current transaction is kept, in the order in which it was
    asked for; not at all when that is not kept."""
    transaction = store.current_transaction
    if transaction is None:
        await action()
        return

    async def when_over() -> None:
        if transaction.was_kept:
            await action()

    transaction.at_end(when_over)


def schema_is_fixed() -> ParseError:
    """The error of a change that a store cannot take back."""
    return ParseError(
        Code.COMMAND_UNAVAILABLE,
        "Classes, indexes and permissions cannot be changed in a transaction.",
    )


def transaction_is_over() -> ParseError:
    """The error of an operation that comes after the end: outside it would be kept by itself."""
    return ParseError(Code.INTERNAL, "The transaction is over.")
