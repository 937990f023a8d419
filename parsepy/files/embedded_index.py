"""The index of the files beside an SQLite database: name → content, length, metadata."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import apsw

from parsepy.errors import Code, ParseError
from parsepy.files.base import StoredFile
from parsepy.protocol import json

APPLICATION_ID: Final = 0x50504649
LAYOUT: Final = 1

_PATIENCE_MS: Final = 10_000

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY NOT NULL,
    version TEXT NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    metadata TEXT NOT NULL
) STRICT
"""


class Index:
    """Opened at its first use; a file that does not exist yet is an empty index.

    `find` is a point read and may run in the loop; what changes rows waits for the disk.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._reader: apsw.Connection | None = None
        self._writer: apsw.Connection | None = None
        self._writing = threading.Lock()

    def find(self, name: str) -> StoredFile | None:
        if self._reader is None:
            if not self._path.exists():
                return None
            self._reader = _opened(self._path)
        row = self._reader.execute(
            "SELECT version, length, metadata FROM files WHERE name = ?", (name,)
        ).fetchone()
        if row is None:
            return None
        version, length, text = row
        metadata = json.loads(str(text).encode())
        return StoredFile(
            name, int(length), str(version), metadata if isinstance(metadata, dict) else {}
        )

    def put(self, file: StoredFile) -> str | None:
        """The version that it takes the place of. Kept when it returns."""
        metadata = json.dumps(file.metadata).decode()
        with self._transaction() as connection:
            replaced = _version_of(connection, file.name)
            connection.execute(
                "INSERT INTO files (name, version, length, uploaded_at, metadata)"
                " VALUES (?1, ?2, ?3, ?4, ?5)"
                " ON CONFLICT (name) DO UPDATE SET"
                " version = ?2, length = ?3, uploaded_at = ?4, metadata = ?5",
                (file.name, file.version, file.length, time.time_ns() // 1_000_000, metadata),
            )
        return replaced

    def delete(self, name: str) -> str | None:
        """The version that was there."""
        if not self._path.exists():
            return None
        with self._transaction() as connection:
            version = _version_of(connection, name)
            connection.execute("DELETE FROM files WHERE name = ?", (name,))
        return version

    def clear(self) -> list[str]:
        """All versions that were there."""
        if not self._path.exists():
            return []
        with self._transaction() as connection:
            versions = [str(row[0]) for row in connection.execute("SELECT version FROM files")]
            connection.execute("DELETE FROM files")
        return versions

    def close(self) -> None:
        for connection in (self._reader, self._writer):
            if connection is not None:
                connection.close()
        self._reader = self._writer = None

    @contextmanager
    def _transaction(self) -> Iterator[apsw.Connection]:
        with self._writing:
            if self._writer is None:
                self._writer = _opened(self._path)
            with _immediate(self._writer):
                yield self._writer


@contextmanager
def _immediate(connection: apsw.Connection) -> Iterator[None]:
    """Writing from the start: two uploads of one name must not both replace the same version."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _version_of(connection: apsw.Connection, name: str) -> str | None:
    row = connection.execute("SELECT version FROM files WHERE name = ?", (name,)).fetchone()
    return None if row is None else str(row[0])


def _opened(path: Path) -> apsw.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.touch(mode=0o600, exist_ok=True)
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
    connection.pragma("synchronous", "full")
    layout = connection.pragma("user_version")
    if layout == LAYOUT:
        return
    if layout > LAYOUT:
        raise ParseError(Code.INTERNAL, f"{path} is of a later parsepy.")
    connection.pragma("journal_mode", "wal")
    with _immediate(connection):
        connection.execute(_TABLE)
        connection.pragma("application_id", APPLICATION_ID)
        connection.pragma("user_version", LAYOUT)
