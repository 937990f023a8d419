"""Threads that the end of the process does not wait for: what runs in them may never end."""

import asyncio
import contextvars
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

Result = TypeVar("Result")


async def in_thread_of_its_own(work: Callable[[], Result], name: str) -> Result:
    """What `work` gives, run with this task's context variables. Whoever is cancelled while he
    waits leaves the thread behind.

    Raises what `work` raises; `StopIteration`, which cannot cross, as a `RuntimeError`.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[Result] = loop.create_future()
    context = contextvars.copy_context()

    def run() -> None:
        try:
            result = context.run(work)
        except BaseException as error:
            tell = _raise(done, error)
        else:
            tell = _give(done, result)
        # The loop may have been closed meanwhile.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(tell)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done


def _give(done: "asyncio.Future[Result]", result: Result) -> Callable[[], None]:
    return lambda: None if done.done() else done.set_result(result)


def _raise(done: "asyncio.Future[Result]", error: BaseException) -> Callable[[], None]:
    if isinstance(error, StopIteration):
        crossing: BaseException = RuntimeError("the code raised StopIteration")
        crossing.__cause__ = error
    else:
        crossing = error
    return lambda: None if done.done() else done.set_exception(crossing)
