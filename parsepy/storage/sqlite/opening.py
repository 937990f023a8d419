"""Opening the store's file for writing: made when it is missing, refused when it is not ours."""

from pathlib import Path

import apsw

from parsepy.errors import Code, ParseError
from parsepy.storage.sqlite import layout, shapes
from parsepy.storage.sqlite.connection import MEMORY, keep_log, open_connection
from parsepy.storage.sqlite.transaction import Job, commit


def open_database(location: str) -> apsw.Connection:
    """The checked file with its base tables. Raises `ParseError` 1; waits, so not for the loop."""
    layout.check_sqlite()
    try:
        return _opened(location)
    except apsw.NotADBError as error:
        raise layout.foreign_file(location) from error
    except (OSError, apsw.Error) as error:
        raise ParseError(
            Code.INTERNAL, f"The database file {location} cannot be opened."
        ) from error


def _opened(location: str) -> apsw.Connection:
    if location != MEMORY:
        _make_file(Path(location))
    connection = open_connection(location)
    try:
        _prepare(connection, location)
    except BaseException:
        connection.close()
        raise
    return connection


def _make_file(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Password hashes and session tokens are for the server's user only; SQLite gives the files
    # beside it the same mode.
    path.touch(mode=0o600, exist_ok=True)


def _prepare(connection: apsw.Connection, location: str) -> None:
    layout.check_file(connection, location)
    if location != MEMORY:
        keep_log(connection)
    # Files of an earlier parsepy lack what is kept beside the objects today.
    for write in (layout.create_base, shapes.ensure_all):
        job = Job(write)
        commit(connection, [job])
        if job.error is not None:
            raise job.error
