"""What a sweep knows so far."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from typing import Final, NamedTuple

from parsepy.errors import Code, ParseError
from parsepy.files.base import StoredFile
from parsepy.files.state_file import NOTHING, StateFile, Sum

_PAGE: Final = 1000
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Status(IntEnum):
    YOUNG = 0
    """Not looked for: its object may be about to be saved."""
    UNMENTIONED = 1
    MENTIONED = 2
    AGELESS = 3
    """The store does not know when it was stored."""
    DELETED = 4


class Listed(NamedTuple):
    name: str
    version: str
    length: int


class Worklist(StateFile):
    """One that is there is continued."""

    application_id = 0x50505357
    script = """
    CREATE TABLE IF NOT EXISTS seen (class TEXT PRIMARY KEY) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS files (
        name TEXT PRIMARY KEY, version TEXT NOT NULL, length INTEGER NOT NULL,
        status INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS by_status ON files (status, name);
    """
    work = "a sweep"

    def open(self, place: str, before: datetime) -> datetime:
        """When files have to be stored before: this sweep's time, or that of the one that is
        continued. Raises `ParseError` for a file that is another database's."""
        self._prepare()
        if self._about("place", place) != place:
            raise ParseError(Code.INTERNAL, "This state is of a sweep of another database.")
        return datetime.fromisoformat(self._about("before", before.isoformat()))

    def get(self, name: str) -> str | None:
        row = self._connection.execute("SELECT value FROM about WHERE name = ?", (name,))
        found = row.fetchone()
        return None if found is None else str(found[0])

    def set(self, name: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))

    def add(self, files: Iterable[StoredFile], before: datetime) -> None:
        """Files of the store; those that are known already stay as they are."""
        rows = [(file.name, file.version, file.length, _status(file, before)) for file in files]
        with self._connection:
            self._connection.executemany("INSERT OR IGNORE INTO files VALUES (?, ?, ?, ?)", rows)

    def mention(self, names: Iterable[str]) -> None:
        """These are mentioned by something; most are no names of files."""
        with self._connection:
            self._connection.executemany(
                "UPDATE files SET status = ? WHERE name = ? AND status = ?",
                [(Status.MENTIONED, _storable(name), Status.UNMENTIONED) for name in names],
            )

    def has(self, name: str) -> bool:
        found = self._connection.execute("SELECT 1 FROM files WHERE name = ?", (name,))
        return found.fetchone() is not None

    def page(self, status: Status, after: str, most: int) -> list[Listed]:
        """Files by name, behind the name `after`."""
        rows = self._connection.execute(
            "SELECT name, version, length FROM files WHERE status = ? AND name > ?"
            " ORDER BY name LIMIT ?",
            (status, after, most),
        )
        return [Listed(str(name), str(version), int(length)) for name, version, length in rows]

    def of(self, status: Status) -> Iterator[Listed]:
        page = self.page(status, "", _PAGE)
        while page:
            yield from page
            page = self.page(status, page[-1].name, _PAGE)

    def deleted(self, name: str) -> None:
        self._connection.execute(
            "UPDATE files SET status = ? WHERE name = ?", (Status.DELETED, name)
        )

    def sums(self) -> dict[Status, Sum]:
        rows = self._connection.execute(
            "SELECT status, count(*), total(length) FROM files GROUP BY status"
        )
        found = {Status(int(status)): Sum(int(n), int(size)) for status, n, size in rows}
        return {status: found.get(status, NOTHING) for status in Status}

    def has_seen(self, class_name: str) -> bool:
        row = self._connection.execute("SELECT 1 FROM seen WHERE class = ?", (class_name,))
        return row.fetchone() is not None

    def see(self, class_name: str) -> None:
        self._connection.execute("INSERT OR IGNORE INTO seen VALUES (?)", (class_name,))


def _status(file: StoredFile, before: datetime) -> int:
    if file.uploaded_at is None:
        return Status.AGELESS
    return Status.UNMENTIONED if file.uploaded_at < before else Status.YOUNG


def _storable(name: str) -> str:
    """Lone surrogates are in no name of a file."""
    return name.encode(errors="replace").decode()


def before_now(now_ms: int, older_than: timedelta) -> datetime:
    return _EPOCH + timedelta(milliseconds=now_ms) - older_than
