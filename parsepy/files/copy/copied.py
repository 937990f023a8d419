"""What a copy of files knows, in an SQLite file: its memory does not grow with the files.

A file that was copied is known by the versions that both stores gave it. While both have those,
it is the same on both sides, and need not be read again.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final, NamedTuple, Self

import apsw

from parsepy.errors import Code, ParseError
from parsepy.files.base import StoredFile

APPLICATION_ID: Final = 0x50504343
_PAGE: Final = 1000
_PATIENCE_MS: Final = 10_000
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS about (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS files (
    name TEXT PRIMARY KEY, length INTEGER NOT NULL, listed INTEGER NOT NULL,
    source TEXT, target TEXT
) WITHOUT ROWID;
UPDATE files SET listed = 0;
"""


class Sum(NamedTuple):
    number: int
    bytes: int


class Versions(NamedTuple):
    source: str
    target: str


class Copied:
    """`file` is kept, and known from then on; without one nothing is left."""

    def __init__(self, file: Path | None = None) -> None:
        if file is not None:
            # Whoever knows the name of a file may often read it.
            file.touch(mode=0o600)
        self._is_kept = file is not None
        # An empty name is a file that SQLite makes in the folder for such, and removes.
        self._connection = apsw.Connection("" if file is None else str(file))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._connection.close()

    def open(self, between: str, keys: str) -> None:
        """`between` names the two stores, `keys` are what their files are encrypted with: versions
        say nothing of another pair. Raises `ParseError` for a file that is of another copy."""
        try:
            self._connection.set_busy_timeout(_PATIENCE_MS)
            known = self._connection.pragma("application_id")
            if self._connection.pragma("schema_version") and known != APPLICATION_ID:
                raise _not_a_copy()
            # What a power cut takes of it is compared again; nothing waits for the disk.
            self._connection.pragma("journal_mode", "wal")
            self._connection.pragma("synchronous", "normal")
            self._connection.execute(_TABLES)
            self._connection.pragma("application_id", APPLICATION_ID)
        except apsw.Error:
            raise _not_a_copy() from None
        if self._about("between", between) != between:
            raise ParseError(Code.INTERNAL, "This state is of a copy between other stores.")
        if self._is_kept and not self._has_keys(keys):
            raise ParseError(Code.INTERNAL, "This state is of a copy with other keys.")

    def _has_keys(self, keys: str) -> bool:
        salt = self._about("salt", secrets.token_hex(16))
        hashed = hashlib.scrypt(keys.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()
        return self._about("keys", hashed) == hashed

    def _about(self, name: str, value: str) -> str:
        """What is known; if nothing is, the value from now on."""
        self._connection.execute("INSERT OR IGNORE INTO about VALUES (?, ?)", (name, value))
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,))
        return str(row.get)

    def add(self, files: Iterable[StoredFile]) -> None:
        """Files that the source has now."""
        with self._connection:
            self._connection.executemany(
                "INSERT INTO files (name, length, listed) VALUES (?, ?, 1)"
                " ON CONFLICT (name) DO UPDATE SET length = excluded.length, listed = 1",
                [(file.name, file.length) for file in files],
            )

    def listed(self) -> Sum:
        number, size = self._connection.execute(
            "SELECT count(*), coalesce(sum(length), 0) FROM files WHERE listed"
        ).get
        return Sum(int(number), int(size))

    def names(self) -> Iterator[tuple[str, int]]:
        """Names and lengths of the listed files."""
        page = self._page("")
        while page:
            yield from page
            page = self._page(page[-1][0])

    def _page(self, after: str) -> list[tuple[str, int]]:
        rows = self._connection.execute(
            "SELECT name, length FROM files WHERE listed AND name > ? ORDER BY name LIMIT ?",
            (after, _PAGE),
        )
        return [(str(name), int(length)) for name, length in rows]

    def versions(self, name: str) -> Versions | None:
        """Those that the same file had on both sides."""
        row = self._connection.execute(
            "SELECT source, target FROM files WHERE name = ? AND source IS NOT NULL", (name,)
        ).fetchone()
        return None if row is None else Versions(str(row[0]), str(row[1]))

    def remember(self, name: str, versions: Versions) -> None:
        self._connection.execute(
            "UPDATE files SET source = ?, target = ? WHERE name = ?", (*versions, name)
        )


def _not_a_copy() -> ParseError:
    return ParseError(Code.INTERNAL, "The state is no file that a copy of files has made.")
