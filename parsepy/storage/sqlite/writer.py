"""Writes: one at a time, in the order they came, committed in groups.

A commit costs a write to the disk, whether it holds one write or a hundred. So the writer thread
takes all that has come while it was busy, commits it at once, and only then answers: an answered
write is on the disk.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from queue import Empty, SimpleQueue
from typing import Final, Protocol, TypeVar, cast
from weakref import WeakSet

import apsw
import msgspec

from parsepy.storage.sqlite.held import LIFE, HeldWriter
from parsepy.storage.sqlite.held_connection import HeldConnection
from parsepy.storage.sqlite.held_thread import Asked, HeldThread
from parsepy.storage.sqlite.transaction import Job, commit

Result = TypeVar("Result")

MOST_IN_GROUP: Final = 512


class Writer(Protocol):
    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        """Does `write` in a transaction; returns, or raises what it raised, after the commit."""

    async def hold(self) -> HeldWriter:
        """Keeps the writer for one transaction, which is begun; other writes wait for its end."""

    async def close(self) -> None:
        """Finishes what was asked and closes the connection."""


class GroupWriter:
    """Writes to a file, in a thread of its own. `life` bounds a transaction, in seconds."""

    def __init__(self, connection: apsw.Connection, *, life: float = LIFE) -> None:
        self._connection = connection
        self._life = life
        self._loop = asyncio.get_running_loop()
        self._queue: SimpleQueue[Asked | HeldThread | None] = SimpleQueue()
        self._held: WeakSet[HeldThread] = WeakSet()
        self._thread = threading.Thread(
            target=self._work, name="parsepy-sqlite-writer", daemon=True
        )
        self._thread.start()

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        future: asyncio.Future[Result] = self._loop.create_future()
        self._queue.put(Asked(Job(write), future))
        return await future

    async def hold(self) -> HeldWriter:
        held = HeldThread(self._loop)
        self._held.add(held)
        self._queue.put(held)
        await held.begin()
        return held

    async def close(self) -> None:
        for held in self._held:
            held.roll_back()
        self._queue.put(None)
        await asyncio.to_thread(self._thread.join)

    def _work(self) -> None:
        while True:
            turn = self._next_turn()
            if turn.group:
                commit(self._connection, [asked.job for asked in turn.group if asked.job])
                # A loop that is closed has nobody left who waits.
                with suppress(RuntimeError):
                    self._loop.call_soon_threadsafe(_answer, turn.group)
            if turn.held is not None:
                turn.held.serve(self._connection, self._life)
            if turn.last:
                self._connection.close()
                return

    def _next_turn(self) -> "_Turn":
        """What waits in the queue, at least one thing; a transaction ends the group before it."""
        turn = _Turn()
        asked = self._queue.get()
        while isinstance(asked, Asked):
            turn.group.append(asked)
            if len(turn.group) == MOST_IN_GROUP:
                return turn
            try:
                asked = self._queue.get_nowait()
            except Empty:
                return turn
        turn.held, turn.last = asked, asked is None
        return turn


class InlineWriter:
    """Writes to a database in memory, at once, unless a transaction holds `lock`."""

    def __init__(
        self, connection: apsw.Connection, lock: asyncio.Lock, *, life: float = LIFE
    ) -> None:
        self._connection = connection
        self._lock = lock
        self._life = life
        self._held: HeldConnection | None = None

    async def run(self, write: Callable[[apsw.Connection], Result]) -> Result:
        if self._lock.locked():
            async with self._lock:
                return self._commit(write)
        return self._commit(write)

    async def hold(self) -> HeldWriter:
        held = HeldConnection(self._connection, self._lock)
        await held.begin(self._life)
        self._held = held
        return held

    async def alone(self, work: Callable[[apsw.Connection], Result]) -> Result:
        """Does `work` outside of any transaction."""
        async with self._lock:
            return work(self._connection)

    async def close(self) -> None:
        if self._held is not None:
            self._held.roll_back()
        self._connection.close()

    def _commit(self, write: Callable[[apsw.Connection], Result]) -> Result:
        job = Job(write)
        commit(self._connection, [job])
        if job.error is not None:
            raise job.error
        return cast("Result", job.result)


class _Turn(msgspec.Struct):
    group: list[Asked] = msgspec.field(default_factory=list)
    held: HeldThread | None = None
    last: bool = False


def _answer(group: Sequence[Asked]) -> None:
    for asked in group:
        asked.answer(asked.job.error if asked.job is not None else None)
