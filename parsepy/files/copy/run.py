"""A copy of files from its list to its end: the steps stand in `FileCopy.run`.

Servers may run on both sides meanwhile. A file of the source that is replaced while it is copied
is copied again; nothing in the target is replaced that somebody has stored there since it was
looked at. What a run has done is seen by looking, and at once where `Copied` knows it, so that one
which was interrupted is continued by another.
"""

import asyncio
import errno
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Final, TypeAlias

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.files.base import OpenFile, StoredFile
from parsepy.files.copy.comparing import Changed, Unreadable, compared, opened
from parsepy.files.copy.copied import Copied, Versions
from parsepy.files.copy.opening import Side, opened_source, opened_target
from parsepy.files.copy.report import Outcome, Progress, Report, Result
from parsepy.files.encrypted import is_encrypted
from parsepy.options.model import ServerOptions
from parsepy.protocol import json

AT_ONCE: Final = 4
"""Files that are on their way at the same time. The index of small files beside SQLite keeps what
comes at once with one write to the disk, and services answer several requests as fast as one."""

_LISTED_AT_ONCE: Final = 1000
_TRIES: Final = 3
"""For a file that is replaced again and again while it is copied."""
_FULL: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
"""What every other file would meet too."""


class Mode(Enum):
    COPY = "copy"
    VERIFY = "verify"
    COUNT = "count"


@dataclass(frozen=True, slots=True)
class Settings:
    """`overwrite`: files of the target that differ from those of their name at the source."""

    mode: Mode = Mode.COPY
    overwrite: bool = False


Step: TypeAlias = Callable[[str, StoredFile, Callable[[int], None]], Awaitable[Result]]
"""What is done with a file that the source has; the last argument counts bytes that were read.

Raises `Changed`, `Unreadable`, and what the stores raise.
"""


async def copy_files(
    source: ServerOptions,
    target: ServerOptions,
    settings: Settings,
    state: Path | None,
    progress: Progress,
) -> Report:
    """Between the stores of two apps. Raises `OptionsError`, `OSError`, and `ParseError` 1."""
    to_write = settings.mode is Mode.COPY
    async with opened_source(source) as one, opened_target(target, to_write=to_write) as other:
        if one.identity == other.identity:
            raise ParseError(
                Code.INTERNAL,
                "Source and target are the same store. Another key takes parsepy files rotate-key.",
            )
        with Copied(state) as copied:
            return await FileCopy(one, other, copied, settings, progress).run()


class FileCopy:
    def __init__(
        self, source: Side, target: Side, copied: Copied, settings: Settings, progress: Progress
    ) -> None:
        self._source = source
        self._target = target
        self._copied = copied
        self._settings = settings
        self._progress = progress
        self._report = Report()

    async def run(self) -> Report:
        """Goes on with the next file after one that cannot be copied. Raises `ParseError` 1 when
        the copy cannot be begun, and what a store raises that does not answer."""
        self._open()
        # Before all else: a list must not wait, for as long as files take, for its next page.
        await self._list()
        if self._settings.mode is Mode.COPY:
            await self._each("Copying files", self._copy)
        elif self._settings.mode is Mode.VERIFY:
            await self._each("Comparing files", self._verify)
        else:
            await self._each("Counting files", self._count)
        return self._report

    def _open(self) -> None:
        one, other = self._source, self._target
        keys = [None if side.key is None else side.key.decode() for side in (one, other)]
        self._copied.open(f"{one.identity} {other.identity}", json.dumps([*keys]).decode())

    async def _list(self) -> None:
        page: list[StoredFile] = []
        async for file in self._source.store.stored():
            page.append(file)
            if len(page) == _LISTED_AT_ONCE:
                self._copied.add(page)
                page = []
        self._copied.add(page)

    async def _each(self, title: str, step: Step) -> None:
        self._progress.begin_files(title, self._copied.listed())
        names = self._copied.names()
        try:
            async with asyncio.TaskGroup() as group:
                for _ in range(AT_ONCE):
                    group.create_task(self._work(names, step))
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from None

    async def _work(self, names: Iterator[tuple[str, int]], step: Step) -> None:
        for name, length in names:
            left = length

            def count(size: int) -> None:
                nonlocal left
                # One that is read again must not count twice.
                size = min(size, left)
                left -= size
                self._progress.advance_files(0, size)

            self._report.note(name, await self._settled(name, step, count))
            self._progress.advance_files(1, left)

    async def _settled(self, name: str, step: Step, count: Callable[[int], None]) -> Result:
        """What becomes of a file in the end. Where `find` fails the store itself does, and the run
        ends."""
        for _ in range(_TRIES):
            before = await self._source.store.find(name)
            if before is None:
                return Result(Outcome.GONE)
            try:
                return await step(name, before, count)
            except Changed:
                continue
            except Unreadable as error:
                reason = str(error)
            except (ParseError, OSError) as error:
                if isinstance(error, OSError) and error.errno in _FULL:
                    raise
                reason = _told(error)
            after = await self._source.store.find(name)
            await self._target.store.find(name)
            if after is not None and after.version == before.version:
                return Result(Outcome.FAILED, before.length, reason)
        return Result(Outcome.FAILED, reason="is changed all the time")

    # -- steps

    async def _copy(self, name: str, file: StoredFile, count: Callable[[int], None]) -> Result:
        there = await self._target.store.find(name)
        if there is not None:
            known = self._copied.versions(name)
            if known == (file.version, there.version):
                return Result(Outcome.SAME, file.length)
            # What this copy has stored, and nobody has touched since, may follow the source.
            if known is None or known.target != there.version:
                found = await self._compare(name, file, count)
                if found.outcome is Outcome.SAME or not self._settings.overwrite:
                    return found
        return await self._store(name, there, count)

    async def _verify(self, name: str, file: StoredFile, count: Callable[[int], None]) -> Result:
        if await self._target.store.find(name) is None:
            return Result(Outcome.MISSING, file.length, "missing in the target")
        return await self._compare(name, file, count)

    async def _compare(self, name: str, file: StoredFile, count: Callable[[int], None]) -> Result:
        found = await compared(self._source, self._target, name, count)
        if found.difference is not None:
            return Result(Outcome.DIFFERENT, file.length, found.difference)
        self._copied.remember(name, found.versions)
        return Result(Outcome.SAME, file.length)

    async def _count(self, name: str, file: StoredFile, count: Callable[[int], None]) -> Result:
        there = await self._target.store.find(name)
        if there is None:
            return Result(Outcome.COPIED, file.length)
        if there.length != file.length:
            return Result(Outcome.DIFFERENT, file.length, "another length in the target")
        return Result(Outcome.SAME, file.length)

    async def _store(
        self, name: str, there: StoredFile | None, count: Callable[[int], None]
    ) -> Result:
        file = await opened(self._source, name)
        try:
            await self._check_not_encrypted(name)
            content = self._unless_changed(file, there, count)
            await self._target.store.save(name, content, file.stored.metadata)
        finally:
            await file.close()
        stored = await self._target.store.find(name)
        if stored is None or stored.length != file.stored.length:
            raise Changed
        self._copied.remember(name, Versions(file.stored.version, stored.version))
        return Result(Outcome.COPIED, stored.length)

    async def _check_not_encrypted(self, name: str) -> None:
        """What has the target's key already would be encrypted once more: the source's key was
        forgotten."""
        key = self._target.key
        if key is None or self._source.key is not None:
            return
        if await is_encrypted(self._source.below, name, key):
            raise Unreadable("encrypted already, with the key of the target: name the source's")

    async def _unless_changed(
        self, file: OpenFile, there: StoredFile | None, count: Callable[[int], None]
    ) -> AsyncIterator[bytes]:
        """The content; at its end, both sides must be as they were: nothing that was stored
        meanwhile may be overwritten, nothing that was deleted come back."""
        name = file.stored.name
        async for part in file.read(0, file.stored.length):
            count(len(part))
            yield part
        for side, before in ((self._source, file.stored), (self._target, there)):
            now = await side.store.find(name)
            if (now and now.version) != (before and before.version):
                raise Changed


def _told(error: ParseError | OSError) -> str:
    if isinstance(error, OSError):
        return error.strerror or str(error) or "a store has failed"
    is_hidden = error.message == errors.database_error().message
    return "cannot be read, or stored" if is_hidden else error.message
