"""Opening connections: what every connection to the file has in common."""

import time
from typing import Final

import apsw

from parsepy.storage.sqlite import functions, shape_functions
from parsepy.storage.sqlite.transaction import PATIENCE

MEMORY: Final = ":memory:"

_BUSY_MS: Final = 5000
_CACHED_STATEMENTS: Final = 256
# A few MB of pages at most: what is read often, the system keeps in memory anyway.
_CACHE_KIB: Final = 4096
_LOG_LIMIT_BYTES: Final = 64 << 20
_PAUSE: Final = 0.01


def open_connection(location: str) -> apsw.Connection:
    """Opens the file, and makes it when there is none. Raises `apsw.Error`."""
    connection = apsw.Connection(location, statementcachesize=_CACHED_STATEMENTS)
    connection.set_busy_timeout(_BUSY_MS)
    # A misspelt column must be an error, not a text; what a foreign file brings must not run.
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DML, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DQS_DDL, 0)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    # Else a statement with a bound LIMIT is prepared anew at every execution, which costs more
    # than most of them take.
    connection.config(apsw.SQLITE_DBCONFIG_ENABLE_QPSG, 1)
    functions.register(connection)
    shape_functions.register(connection)
    connection.pragma("cache_size", -_CACHE_KIB)
    return connection


def open_reader(location: str, *, patient: bool = True) -> apsw.Connection:
    """A connection that cannot write; one that is not `patient` never waits for a lock."""
    connection = open_connection(location)
    connection.pragma("query_only", True)
    if not patient:
        connection.set_busy_timeout(0)
    return connection


def keep_log(connection: apsw.Connection) -> None:
    """Write-ahead logging: readers and the writer do not wait for each other. Waits itself for a
    process that is just switching the same file to it: SQLite does not."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_PAUSE)
        else:
            break
    # FULL: a commit is on the disk when it returns, whatever happens to the machine then.
    connection.pragma("synchronous", "full")
    connection.pragma("journal_size_limit", _LOG_LIMIT_BYTES)
