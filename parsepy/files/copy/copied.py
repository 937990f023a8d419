"""What a copy of files knows.

A file that was copied is known by the versions that both stores gave it. While both have those,
it is the same on both sides, and need not be read again.
"""

import hashlib
import secrets
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from parsepy.errors import Code, ParseError
from parsepy.files.base import StoredFile
from parsepy.files.state_file import StateFile, Sum

_PAGE: Final = 1000


class Versions(NamedTuple):
    source: str
    target: str


class Copied(StateFile):
    """What a power cut takes of it is compared again; nothing waits for the disk."""

    application_id = 0x50504343
    script = """
    PRAGMA journal_mode = wal;
    PRAGMA synchronous = normal;
    CREATE TABLE IF NOT EXISTS files (
        name TEXT PRIMARY KEY, length INTEGER NOT NULL, listed INTEGER NOT NULL,
        source TEXT, target TEXT
    ) WITHOUT ROWID;
    UPDATE files SET listed = 0;
    """
    work = "a copy of files"

    def open(self, between: str, keys: str) -> None:
        """`between` names the two stores, `keys` are what their files are encrypted with: versions
        say nothing of another pair. Raises `ParseError` for a file that is of another copy."""
        self._prepare()
        if self._about("between", between) != between:
            raise ParseError(Code.INTERNAL, "This state is of a copy between other stores.")
        if self._is_kept and not self._has_keys(keys):
            raise ParseError(Code.INTERNAL, "This state is of a copy with other keys.")

    def _has_keys(self, keys: str) -> bool:
        salt = self._about("salt", secrets.token_hex(16))
        hashed = hashlib.scrypt(keys.encode(), salt=salt.encode(), n=2**14, r=8, p=1).hex()
        return self._about("keys", hashed) == hashed

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
