"""A writer that works for one transaction alone, from BEGIN to its end. Others' writes wait.

Readers of a file go on: they see what was committed last. In memory there is one connection, on
which they would see what is not committed: there they wait as well.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Final, TypeVar

import apsw

from parsepy.errors import Code, ParseError
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.transaction import Transaction, transaction_is_over

Result = TypeVar("Result")

LIFE: Final = 20.0
"""Seconds until a transaction that has not ended is rolled back. Less than other processes'
patience (`transaction.PATIENCE`): an abandoned one must not make their writes fail."""


class HeldWriter(Transaction, ABC):
    """Reads and writes of one transaction, each answered when it is done.

    An operation that fails ends it: what came before is rolled back, what comes after is refused.
    """

    __slots__ = ("_refusal",)

    def __init__(self) -> None:
        super().__init__()
        self._refusal: Exception | None = None

    async def read(self, query: Query, decode: Callable[[Rows], Result]) -> Result:
        return await self.run(lambda connection: decode(query.rows(connection)))

    async def close(self) -> None:
        """Nothing: as a reader it is the writer's."""

    @abstractmethod
    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result: ...

    @abstractmethod
    async def commit(self) -> None:
        """Raises what made it fail; then nothing was kept."""

    @abstractmethod
    def roll_back(self) -> None:
        """Does nothing when it is over."""

    def _check_open(self) -> None:
        if self._refusal is not None:
            raise self._refusal

    def _end(self, *, kept: bool, failure: Exception | None) -> None:
        if failure is not None:
            self.fail(failure)
        expired = isinstance(failure, ParseError) and failure.code == Code.TIMEOUT
        self._refusal = failure if expired else transaction_is_over()
        self.was_kept = kept


def took_too_long(life: float) -> ParseError:
    return ParseError(
        Code.TIMEOUT, f"The transaction took longer than {life:g} seconds and was rolled back."
    )
