"""The index of the files beside an SQLite database: name → what is known of a file, and the content
of a small one."""

import asyncio
import errno
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, TypeVar

import apsw

from parsepy.errors import ParseError
from parsepy.files.base import StoredFile
from parsepy.files.embedded.layout import open_index
from parsepy.files.parts import finished, in_thread
from parsepy.protocol import json
from parsepy.storage.sqlite.errors import translated
from parsepy.storage.sqlite.writer import GroupWriter

Result = TypeVar("Result")

_PAGE: Final = 200

_SELECT: Final = "SELECT name, version, length, uploaded_at, metadata FROM files"
_READ: Final = """
SELECT name, version, length, uploaded_at, metadata, bytes
FROM files LEFT JOIN contents ON contents.id = files.content WHERE name = ?
"""
_INSERT: Final = (
    "INSERT INTO files (name, version, length, uploaded_at, metadata, content)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Found:
    """A row. `content` is `None` where it is on the disk."""

    file: StoredFile
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Gone:
    """A row that was there. `on_disk` is the version of the content that nothing names any more."""

    on_disk: str | None


class Index:
    """Opened at its first use, by one event loop; a file that does not exist yet is an empty index.

    Reads are point reads in the loop; changes are kept when they return, and what comes at once
    goes to the disk at once.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opening = asyncio.Lock()
        self._reader: apsw.Connection | None = None
        self._writer: GroupWriter | None = None

    async def find(self, name: str) -> StoredFile | None:
        rows = await self._rows(f"{_SELECT} WHERE name = ?", name)
        return _file(rows[0]) if rows else None

    async def read(self, name: str) -> Found | None:
        rows = await self._rows(_READ, name)
        return Found(_file(rows[0][:-1]), rows[0][-1]) if rows else None

    async def page(self, after: str) -> list[StoredFile]:
        """Some files in the order of their names; the next ones follow the last name."""
        rows = await self._rows(f"{_SELECT} WHERE name > ? ORDER BY name LIMIT ?", after, _PAGE)
        return [_file(row) for row in rows]

    async def named(self, versions: Collection[str]) -> set[str]:
        """Those of the versions that a row names."""
        if not self._path.exists():
            return set()
        return await self._write(
            lambda connection: {version for version in versions if _is_named(connection, version)}
        )

    async def put(self, file: StoredFile, content: bytes | None = None) -> Gone | None:
        """What it takes the place of. Without `content` it is on the disk, there for good."""
        metadata = json.dumps(file.metadata).decode()
        uploaded_at = time.time_ns() // 1_000_000
        known = (file.name, file.version, file.length, uploaded_at, metadata)

        def put(connection: apsw.Connection) -> Gone | None:
            row = (*known, None if content is None else _stored(connection, content))
            # Names are random as a rule: one statement does.
            connection.execute(f"{_INSERT} ON CONFLICT (name) DO NOTHING", row)
            if connection.changes():
                return None
            gone = _forgotten(connection, file.name)
            connection.execute(_INSERT, row)
            return gone

        return await self._write(put)

    async def delete(self, name: str) -> Gone | None:
        if not self._path.exists():
            return None
        return await self._write(lambda connection: _forgotten(connection, name))

    async def clear(self) -> list[str]:
        """The versions of the contents on the disk."""
        return await self._write(_cleared) if self._path.exists() else []

    async def close(self) -> None:
        reader, self._reader = self._reader, None
        writer, self._writer = self._writer, None
        if reader is not None:
            reader.close()
        if writer is not None:
            await writer.close()

    async def _rows(self, sql: str, *values: str | int) -> list[Any]:
        reader = self._reader
        if reader is None:
            if not self._path.exists():
                return []
            reader = await self._opened_to_read()
        with translated(reader):
            return reader.execute(sql, values).fetchall()

    async def _opened_to_read(self) -> apsw.Connection:
        async with self._opening:
            if self._reader is None:
                self._reader = await in_thread(open_index, self._path)
            return self._reader

    async def _write(self, write: Callable[[apsw.Connection], Result]) -> Result:
        """Raises `OSError` when the disk refuses it. Over only when it is done or refused,
        cancelled or not: what is cleaned up after it must not be what it has just named."""
        writer = self._writer or await self._opened_to_write()
        try:
            return await finished(asyncio.ensure_future(writer.run(write)))
        except ParseError as error:
            cause = error.__cause__
            if isinstance(cause, apsw.FullError | apsw.IOError):
                number = errno.ENOSPC if isinstance(cause, apsw.FullError) else errno.EIO
                raise OSError(number, str(cause), str(self._path)) from error
            raise

    async def _opened_to_write(self) -> GroupWriter:
        async with self._opening:
            if self._writer is None:
                self._writer = GroupWriter(await in_thread(open_index, self._path))
            return self._writer


def _stored(connection: apsw.Connection, content: bytes) -> int:
    connection.execute("INSERT INTO contents (bytes) VALUES (?)", (content,))
    return connection.last_insert_rowid()


def _forgotten(connection: apsw.Connection, name: str) -> Gone | None:
    row = connection.execute(
        "DELETE FROM files WHERE name = ? RETURNING version, content", (name,)
    ).fetchone()
    if row is None:
        return None
    version, content = row
    if content is None:
        return Gone(str(version))
    connection.execute("DELETE FROM contents WHERE id = ?", (content,))
    return Gone(None)


def _cleared(connection: apsw.Connection) -> list[str]:
    rows = connection.execute("SELECT version FROM files WHERE content IS NULL").fetchall()
    connection.execute("DELETE FROM files")
    connection.execute("DELETE FROM contents")
    return [str(version) for (version,) in rows]


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
