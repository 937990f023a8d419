"""The contract of a file store. Bytes stream in and out; nobody holds a whole file.

A name is what `names.stored_name` made: it may hold slashes, and is no path of any disk. A file is
either there, whole, or it is not there: an upload that failed, or whose process was killed, is
never seen, listed or counted.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from parsepy.types import JSONObject

READ_SIZE: Final = 256 << 10
"""Bytes that a reader gives at once, about: what a download keeps in memory."""


@dataclass(frozen=True, slots=True)
class StoredFile:
    """What is known of a file without its bytes.

    `version` is another one for each upload, also under one name; it is safe in a header.
    `uploaded_at` is `None` where nobody knows.
    """

    name: str
    length: int
    version: str
    metadata: JSONObject = field(default_factory=dict)
    uploaded_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Leftover:
    """Bytes of an upload that broke off: no file has them, and nobody can read them.

    `key` means something to their store alone; `changed_at` is when the last of them was written.
    """

    key: str
    size: int
    changed_at: datetime


class LeftoversHidden(Exception):
    """Who keeps the bytes does not show what broken uploads have left; the text says why, and who
    clears it up."""


class OpenFile(Protocol):
    """One version of a file, open: what is stored or deleted meanwhile does not change it."""

    @property
    def stored(self) -> StoredFile: ...

    def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        """The bytes from `start` up to and without `end`, in parts of about `READ_SIZE`."""

    async def close(self) -> None: ...


class FileStore(Protocol):
    """One app's files. Methods may be called concurrently from one loop.

    A store that cannot be reached raises `errors.database_error()`, a disk that refuses an
    `OSError`.
    """

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        """Stores what `content` gives under `name`, in place of what was there. A store that has
        no place for `tags` leaves them.

        Kept as soon as it returns; whatever `content` raises comes out, and nothing was stored.
        """

    def location(self, name: str) -> str | None:
        """The address where others serve the file; `None`: this server does."""

    async def open(self, name: str) -> OpenFile | None: ...

    async def find(self, name: str) -> StoredFile | None:
        """What is known of a file, without opening it."""

    async def delete(self, name: str) -> bool:
        """Whether there was such a file."""

    def stored(self) -> AsyncIterator[StoredFile]:
        """Every file, each name once, in no order and with `uploaded_at`. What is stored or deleted
        meanwhile may be missing. `metadata` is empty where a list of the store does not show it.
        """

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        """What broken uploads have left and nothing was added to since `before`.

        An upload that runs, but has been waiting for its client since then, is among them: choose
        a `before` that none waits for. Nothing where the store clears up by itself. Raises
        `LeftoversHidden`.
        """

    async def remove_leftover(self, leftover: Leftover) -> bool:
        """Whether it was still there; one that has grown or become a file since is left alone."""

    async def erase(self) -> None:
        """Deletes every file: for tests."""

    async def close(self) -> None: ...
