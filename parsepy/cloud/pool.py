"""Threads for plain functions. One that does not end is left behind: its place is free again."""

import asyncio
import contextvars
import ctypes
import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, Final

_log = logging.getLogger(__name__)

THREADS: Final = 32
MOST_LEFT_BEHIND: Final = 128
"""Threads that nobody waits for any more, and that still run."""


class Exhausted(Exception):
    """Too many threads do not end."""


class LeftBehind(SystemExit):
    """Raised in a thread that is waited for no more: it ends a loop without end."""


class Pool:
    """Daemon threads: the end of the process waits for none of them."""

    def __init__(self, most: int = THREADS) -> None:
        self._places = asyncio.Semaphore(most)
        self._idle: list[_Worker] = []
        self._left_behind: list[_Worker] = []

    async def run(self, work: Callable[[], object], *, nested: bool = False) -> object:
        """What `work` gives, run with this task's context variables. `nested` work needs no place:
        another one waits for it and has one already.

        Raises what `work` raises, and `Exhausted`. Cancelled, it leaves the thread behind.
        """
        if nested:
            return await self._run(work)
        async with self._places:
            return await self._run(work)

    async def _run(self, work: Callable[[], object]) -> object:
        worker = self._idle.pop() if self._idle else self._another()
        try:
            return await worker.start(work)
        except asyncio.CancelledError:
            self._leave(worker)
            raise
        finally:
            if worker.is_free:
                self._idle.append(worker)

    def close(self) -> None:
        while self._idle:
            self._idle.pop().end()

    def _another(self) -> "_Worker":
        self._left_behind = [one for one in self._left_behind if one.is_alive]
        if len(self._left_behind) >= MOST_LEFT_BEHIND:
            raise Exhausted("Too many plain functions of the cloud code do not end.")
        return _Worker()

    def _leave(self, worker: "_Worker") -> None:
        if worker.is_free:
            return
        worker.leave()
        self._left_behind.append(worker)
        _log.error("a plain function of the cloud code does not end: its thread is left behind")


class _Worker:
    def __init__(self) -> None:
        self.is_free = True
        self._left = False
        self._work: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._thread = threading.Thread(target=self._live, name="parsepy-cloud", daemon=True)
        self._thread.start()

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    def start(self, work: Callable[[], object]) -> "asyncio.Future[Any]":
        loop = asyncio.get_running_loop()
        done: asyncio.Future[Any] = loop.create_future()
        context = contextvars.copy_context()
        self.is_free = False

        def run() -> None:
            try:
                result = context.run(work)
            except BaseException as error:
                tell = self._failed(done, error)
            else:
                tell = self._succeeded(done, result)
            # The loop may have been closed meanwhile.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(tell)

        self._work.put(run)
        return done

    def leave(self) -> None:
        self._left = True
        self._work.put(None)
        identity = self._thread.ident
        if identity is not None:
            # Between two steps of its Python code; what waits in the system ends when that returns.
            ctypes.pythonapi.PyThreadState_SetAsyncExc(
                ctypes.c_ulong(identity), ctypes.py_object(LeftBehind)
            )

    def end(self) -> None:
        self._work.put(None)

    def _live(self) -> None:
        with suppress(LeftBehind):
            self._serve()

    def _serve(self) -> None:
        while (work := self._work.get()) is not None:
            work()
            # Else what was done last is kept until there is more to do.
            del work

    def _succeeded(self, done: "asyncio.Future[Any]", result: object) -> Callable[[], None]:
        def tell() -> None:
            self.is_free = not self._left
            if not done.done():
                done.set_result(result)

        return tell

    def _failed(self, done: "asyncio.Future[Any]", error: BaseException) -> Callable[[], None]:
        crossing = error
        if isinstance(error, StopIteration):
            # It means something else to a future.
            crossing = RuntimeError("the code raised StopIteration")
            crossing.__cause__ = error

        def tell() -> None:
            self.is_free = not self._left
            if not done.done():
                done.set_exception(crossing)

        return tell
