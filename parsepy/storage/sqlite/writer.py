"""Writes: one at a time, in the order they came, committed in groups.

A commit costs a write to the disk, whether it holds one write or a hundred. So the writer thread
takes all that has come while it was busy, commits it at once, and only then answers: an answered
write is on the disk.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import Any, Final, Protocol, TypeVar, cast

import apsw

from parsepy.storage.sqlite.transaction import Job, commit

Result = TypeVar("Result")

MOST_IN_GROUP: Final = 512


class Writer(Protocol):
    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        """Does `write` in a transaction; returns, or raises what it raised, after the commit."""

    async def close(self) -> None:
        """Finishes what was asked and closes the connection."""


class GroupWriter:
    """Writes to a file, in a thread of its own."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[_Asked | None] = SimpleQueue()
        self._thread = threading.Thread(
            target=self._work, name="parsepy-sqlite-writer", daemon=True
        )
        self._thread.start()

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        future: asyncio.Future[Result] = self._loop.create_future()
        self._queue.put(_Asked(Job(write), future))
        return await future

    async def close(self) -> None:
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while True:
            group, last = self._next_group()
            if group:
                commit(self._connection, [asked.job for asked in group])
                # A loop that is closed has nobody left who waits.
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_answer, group)
            if last:
                self._connection.close()
                return

    def _next_group(self) -> "tuple[list[_Asked], bool]":
        """What waits in the queue, at least one, and whether nothing comes after it."""
        group: list[_Asked] = []
        asked = self._queue.get()
        while asked is not None:
            group.append(asked)
            if len(group) == MOST_IN_GROUP:
                return group, False
            try:
                asked = self._queue.get_nowait()
            except Empty:
                return group, False
        return group, True


class InlineWriter:
    """Writes to a database in memory, at once."""

    def __init__(self, connection: apsw.Connection) -> None:
        self._connection = connection

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        job = Job(write)
        commit(self._connection, [job])
        if job.error is not None:
            raise job.error
        return cast("Result", job.result)

    async def close(self) -> None:
        self._connection.close()


@dataclass(frozen=True, slots=True)
class _Asked:
    job: Job
    future: "asyncio.Future[Any]"


def _answer(group: Sequence[_Asked]) -> None:
    for asked in group:
        # A caller that went away has cancelled its future.
        if asked.future.done():
            continue
        if asked.job.error is None:
            asked.future.set_result(asked.job.result)
        else:
            asked.future.set_exception(asked.job.error)
