"""The index of the files beside an SQLite database: name → content, length, metadata."""

import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import apsw

from parsepy.errors import Code, ParseError
from parsepy.files.base import StoredFile
from parsepy.protocol import json

APPLICATION_ID: Final = 0x50504649
LAYOUT: Final = 1

_PATIENCE_MS: Final = 10_000
_PAGE: Final = 200

_TABLE: Final = """
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY NOT NULL,
    version TEXT NOT NULL UNIQUE,
    length INTEGER NOT NULL,
    uploaded_at INTEGER NOT NULL,
    metadata TEXT NOT NULL
) STRICT
"""


_INSERT: Final = (
    "INSERT INTO files (name, version, length, uploaded_at, metadata) VALUES (?1, ?2, ?3, ?4, ?5)"
)
_SELECT: Final = "SELECT name, version, length, uploaded_at, metadata FROM files"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


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
        reader = self._reading()
        if reader is None:
            return None
        row = reader.execute(f"{_SELECT} WHERE name = ?", (name,)).fetchone()
        return None if row is None else _file(row)

    def page(self, after: str) -> list[StoredFile]:
        """Some files in the order of their names; the next ones follow the last name."""
        reader = self._reading()
        if reader is None:
            return []
        rows = reader.execute(
            f"{_SELECT} WHERE name > ? ORDER BY name LIMIT ?", (after, _PAGE)
        ).fetchall()
        return [_file(row) for row in rows]

    def named(self, versions: Collection[str]) -> set[str]:
        """Those of the versions that a row names. For threads."""
        if not self._path.exists():
            return set()
        with self._transaction() as connection:
            return {version for version in versions if _is_named(connection, version)}

    def _reading(self) -> apsw.Connection | None:
        if self._reader is None and self._path.exists():
            self._reader = _opened(self._path)
        return self._reader

    def put(self, file: StoredFile) -> str | None:
        """The version that it takes the place of. Kept when it returns."""
        metadata = json.dumps(file.metadata).decode()
        uploaded_at = time.time_ns() // 1_000_000
        row = (file.name, file.version, file.length, uploaded_at, metadata)
        with self._writing:
            # Names are random as a rule: one statement, which is its own transaction.
            connection = self._opened_to_write()
            connection.execute(f"{_INSERT} ON CONFLICT (name) DO NOTHING", row)
            if connection.changes():
                return None
        with self._transaction() as connection:
            replaced = _version_of(connection, file.name)
            connection.execute(
                f"{_INSERT} ON CONFLICT (name) DO UPDATE SET"
                " version = ?2, length = ?3, uploaded_at = ?4, metadata = ?5",
                row,
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
            connection = self._opened_to_write()
            with _immediate(connection):
                yield connection

    def _opened_to_write(self) -> apsw.Connection:
        if self._writer is None:
            self._writer = _opened(self._path)
        return self._writer


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


def _is_named(connection: apsw.Connection, version: str) -> bool:
    row = connection.execute("SELECT 1 FROM files WHERE version = ?", (version,)).fetchone()
    return row is not None


def _file(row: tuple[Any, ...]) -> StoredFile:
    name, version, length, uploaded_at, text = row
    metadata = json.loads(str(text).encode())
    return StoredFile(
        str(name),
        int(length),
        str(version),
        metadata if isinstance(metadata, dict) else {},
        _EPOCH + timedelta(milliseconds=int(uploaded_at)),
    )


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
