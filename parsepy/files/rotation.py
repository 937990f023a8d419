"""Stored files, encrypted anew with another key.

Each file is replaced as an upload of its name would replace it: it is there at every moment, under
the old key or the new one. What a run has done is seen by looking, so that one which was
interrupted is continued by running it again.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Final, Protocol, runtime_checkable

from parsepy.errors import ParseError
from parsepy.files.base import FileStore, OpenFile
from parsepy.files.encrypted import EncryptedFiles, is_encrypted
from parsepy.files.encryption import encrypted

_TRIES: Final = 3
"""For a file that is replaced again and again while it is rotated."""


class Outcome(Enum):
    ROTATED = "rotated"
    ALREADY = "already encrypted with the new key"
    NOT_ROTATED = "not rotated"
    GONE = "gone"


@dataclass(slots=True)
class Report:
    """The names of files, by what became of them. `GONE` are those that were deleted meanwhile."""

    names: dict[Outcome, list[str]] = field(default_factory=lambda: {each: [] for each in Outcome})

    @property
    def is_complete(self) -> bool:
        return not self.names[Outcome.NOT_ROTATED]


class Progress(Protocol):
    def begin(self, title: str, total: int) -> None: ...
    def advance(self, number: int) -> None: ...


@runtime_checkable
class KeepsVersions(Protocol):
    """A store in which earlier uploads of a name stay, out of sight, until they are forgotten."""

    async def forget_older(self, name: str) -> None: ...


class Rotation:
    """`store` is the one below encryption. `old` is `None` for files that are not encrypted."""

    def __init__(self, store: FileStore, old: bytes | None, new: bytes) -> None:
        self._store = store
        self._source = store if old is None else EncryptedFiles(store, old)
        self._new = new

    async def run(self, progress: Progress) -> Report:
        """Goes on with the next file after one that cannot be rotated."""
        report = Report()
        # Listed before, since what is replaced may come by once more.
        names = [file.name async for file in self._store.stored()]
        progress.begin("Files", len(names))
        for name in names:
            report.names[await self._rotated(name)].append(name)
            progress.advance(1)
        return report

    async def _rotated(self, name: str) -> Outcome:
        # Where this fails the store itself does, and the run ends.
        if await self._store.find(name) is None:
            return Outcome.GONE
        try:
            outcome = await self._try(name)
            if outcome is not Outcome.NOT_ROTATED and isinstance(self._store, KeepsVersions):
                await self._store.forget_older(name)
        except (ParseError, OSError):
            # A file that is broken: the others have their turn.
            return Outcome.NOT_ROTATED
        return outcome

    async def _try(self, name: str) -> Outcome:
        for _ in range(_TRIES):
            if await self._store.find(name) is None:
                return Outcome.GONE
            if await is_encrypted(self._store, name, self._new):
                return Outcome.ALREADY
            file = await self._source.open(name)
            if file is None:
                return await self._gone_or_foreign(name)
            try:
                return await self._replace(name, file)
            except _Replaced:
                continue
            finally:
                await file.close()
        return Outcome.NOT_ROTATED

    async def _gone_or_foreign(self, name: str) -> Outcome:
        is_gone = await self._store.find(name) is None
        return Outcome.GONE if is_gone else Outcome.NOT_ROTATED

    async def _replace(self, name: str, file: OpenFile) -> Outcome:
        content = encrypted(self._new, self._unless_replaced(name, file))
        await self._store.save(name, content, file.stored.metadata)
        return Outcome.ROTATED

    async def _unless_replaced(self, name: str, file: OpenFile) -> AsyncIterator[bytes]:
        """The content; at its end, the file must still be the one that was opened: nothing that was
        uploaded meanwhile may be overwritten, nothing that was deleted come back."""
        async for part in file.read(0, file.stored.length):
            yield part
        now = await self._store.find(name)
        if now is None or now.version != file.stored.version:
            raise _Replaced


class _Replaced(Exception):
    """Somebody was faster."""
