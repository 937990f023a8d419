"""A group of writes as one transaction, each of them in a savepoint of its own."""

from collections.abc import Callable, Sequence
from time import monotonic
from typing import Final, TypeAlias

import apsw
import msgspec

from parsepy import errors
from parsepy.storage.sqlite.errors import STORE_ERRORS, translation

Write: TypeAlias = Callable[[apsw.Connection], object]

PATIENCE: Final = 30.0
"""Seconds a group waits for another process's write before its own writes fail."""


class Job(msgspec.Struct):
    """A write, and afterwards what came of it."""

    write: Write
    result: object = None
    error: Exception | None = None


def commit(connection: apsw.Connection, group: Sequence[Job]) -> None:
    """Does the group in one transaction. A write that fails leaves the others as they are."""
    try:
        begin(connection)
        for job in group:
            _do(connection, job)
        connection.execute("COMMIT")
    except Exception as error:
        # A full disk, a broken device, a lock that does not end: nothing of the group was kept.
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        for job in group:
            job.error = errors.database_error()
            job.error.__cause__ = error


def begin(connection: apsw.Connection) -> None:
    """Takes the file's write lock. Raises `apsw.BusyError` when another process keeps it."""
    deadline = monotonic() + PATIENCE
    while True:
        try:
            # IMMEDIATE: a lock taken later could not be waited for without starting anew.
            connection.execute("BEGIN IMMEDIATE")
        except apsw.BusyError:
            # Each try has waited its busy timeout in SQLite.
            if monotonic() > deadline:
                raise
        else:
            return


def _do(connection: apsw.Connection, job: Job) -> None:
    connection.execute("SAVEPOINT write")
    try:
        job.result = job.write(connection)
    except Exception as error:
        if not connection.in_transaction:
            # SQLite has given up the whole transaction.
            raise
        job.error = told(error, connection)
        connection.execute("ROLLBACK TO write")
    connection.execute("RELEASE write")


def told(error: Exception, connection: apsw.Connection) -> Exception:
    """What the caller gets to see of a write's error."""
    if not isinstance(error, STORE_ERRORS):
        return error
    meaning = translation(error, connection)
    meaning.__cause__ = error
    return meaning
