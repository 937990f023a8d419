"""The tables of the index, and the marks by which its file is known to be ours."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from parsepy.errors import Code, ParseError
from parsepy.storage.sqlite.connection import keep_log

APPLICATION_ID: Final = 0x50504649
"""`PPFI`, for `file(1)` and for us."""
LAYOUT: Final = 2

PAGE_BYTES: Final = 16 << 10
"""Of a new file. Fewer pages make a content cheaper to write; the pages of names grow with them."""

_PATIENCE_MS: Final = 10_000

_FILES: Final = """
CREATE TABLE files (
    name TEXT PRIMARY KEY NOT NULL,
    version TEXT NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    metadata TEXT NOT NULL
) STRICT
"""
# Small contents are in a table of their own, so that finding and listing names reads few pages.
_CONTENTS: Final = "CREATE TABLE contents (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT"
# NULL where the content is on the disk, under its version.
_CONTENT_OF_FILE: Final = "ALTER TABLE files ADD COLUMN content INTEGER"


def open_index(path: Path) -> apsw.Connection:
    """The index with its tables, made where it is missing. Raises `ParseError` 1; waits."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_timeout(_PATIENCE_MS)
        _prepare(connection, path)
    except apsw.Error as error:
        connection.close()
        raise ParseError(Code.INTERNAL, f"The index of files {path} cannot be opened.") from error
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: apsw.Connection, path: Path) -> None:
    # Without effect on a file that has pages.
    connection.pragma("page_size", PAGE_BYTES)
    layout = connection.pragma("user_version")
    if layout > LAYOUT:
        raise ParseError(Code.INTERNAL, f"{path} is of a later parsepy.")
    keep_log(connection)
    if layout == LAYOUT:
        return
    with _immediate(connection):
        # Another process may have done it meanwhile.
        layout = connection.pragma("user_version")
        if layout == 0:
            connection.execute(_FILES)
            connection.pragma("application_id", APPLICATION_ID)
        if layout < LAYOUT:
            connection.execute(_CONTENTS)
            connection.execute(_CONTENT_OF_FILE)
            connection.pragma("user_version", LAYOUT)


@contextmanager
def _immediate(connection: apsw.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
