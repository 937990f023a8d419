"""Threads that stand back, and what becomes of work that waits for them."""

import asyncio
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from parsepy.users.password_threads import NICER, PasswordThreads

pytestmark = pytest.mark.anyio


@contextmanager
def threads(patience: float = 60) -> Iterator[PasswordThreads]:
    """One thread that stands back."""
    made = PasswordThreads(1, patience)
    try:
        yield made
    finally:
        made.close()


class Blocking:
    """Work that lasts until it is told to end."""

    def __init__(self) -> None:
        self.began, self.may_end = threading.Event(), threading.Event()

    def __call__(self) -> str:
        self.began.set()
        assert self.may_end.wait(timeout=60)
        return "blocked"

    async def has_begun(self) -> None:
        assert await asyncio.to_thread(self.began.wait, 60)


def _priority() -> int:
    return os.getpriority(os.PRIO_PROCESS, threading.get_native_id())


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no priority of their own")
async def test_a_thread_stands_behind_the_loop() -> None:
    with threads() as standing_back:
        assert await standing_back.run(_priority) == min(_priority() + NICER, 19)


async def test_what_is_raised_reaches_who_waits() -> None:
    with threads() as standing_back, pytest.raises(ZeroDivisionError):
        await standing_back.run(divmod, 1, 0)


async def test_work_that_has_waited_long_is_done_by_a_thread_that_does_not_stand_back() -> None:
    blocking = Blocking()
    with threads(patience=0.01) as standing_back:
        first = asyncio.create_task(standing_back.run(blocking))
        await blocking.has_begun()

        assert await asyncio.wait_for(standing_back.run(_priority), 60) == _priority()

        assert not first.done()
        blocking.may_end.set()
        assert await first == "blocked"


async def test_work_under_way_is_not_done_twice() -> None:
    blocking = Blocking()
    calls: list[int] = []

    def counted() -> str:
        calls.append(1)
        return blocking()

    with threads(patience=0.01) as standing_back:
        running = asyncio.create_task(standing_back.run(counted))
        await blocking.has_begun()
        # Whoever comes after it is done at once, so that the patience for it is over by then.
        await standing_back.run(_priority)
        blocking.may_end.set()

        assert await running == "blocked"
    assert len(calls) == 1


async def test_work_that_nobody_waits_for_any_more_is_not_done() -> None:
    blocking = Blocking()
    calls: list[int] = []
    with threads() as standing_back:
        first = asyncio.create_task(standing_back.run(blocking))
        await blocking.has_begun()
        second = asyncio.create_task(standing_back.run(calls.append, 1))
        await asyncio.sleep(0)
        second.cancel()
        with pytest.raises(asyncio.CancelledError):
            await second
        blocking.may_end.set()
        await first
    assert calls == []
