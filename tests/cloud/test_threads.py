"""Threads that may never end."""

import asyncio
import threading
from contextvars import ContextVar

import pytest

from parsepy.cloud.threads import in_thread_of_its_own
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

NAME: ContextVar[str] = ContextVar("name", default="nobody")


async def test_the_result_comes_from_another_thread_with_the_same_context() -> None:
    NAME.set("ann")

    name, thread = await in_thread_of_its_own(
        lambda: (NAME.get(), threading.current_thread()), "worker"
    )

    assert (name, thread.name, thread.daemon) == ("ann", "worker", True)
    assert thread is not threading.current_thread()


async def test_what_it_raises_is_raised_here() -> None:
    def fail() -> None:
        raise KeyError("gone")

    with pytest.raises(KeyError, match="gone"):
        await in_thread_of_its_own(fail, "worker")


async def test_ends_of_a_process_and_of_an_iteration_do_no_harm() -> None:
    def leave() -> None:
        raise SystemExit(3)

    def stop() -> None:
        raise StopIteration

    with pytest.raises(SystemExit):
        await in_thread_of_its_own(leave, "worker")
    with pytest.raises(RuntimeError, match="StopIteration"):
        await in_thread_of_its_own(stop, "worker")


async def test_who_is_cancelled_leaves_the_thread_behind() -> None:
    begun, may_end, ended = threading.Event(), threading.Event(), threading.Event()

    def work() -> None:
        begun.set()
        may_end.wait()
        ended.set()

    waiting = asyncio.create_task(in_thread_of_its_own(work, "worker"))
    await until(begun.is_set)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not ended.is_set()
    may_end.set()
    await until(ended.is_set)


def test_a_thread_may_outlive_its_loop() -> None:
    may_end = threading.Event()
    threads: list[threading.Thread] = []

    def work() -> None:
        threads.append(threading.current_thread())
        may_end.wait()

    async def begin() -> None:
        task = asyncio.create_task(in_thread_of_its_own(work, "worker"))
        await until(lambda: bool(threads))
        task.cancel()

    asyncio.run(begin())
    may_end.set()

    threads[0].join(10)
    assert not threads[0].is_alive()
