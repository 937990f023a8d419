"""Tasks that cloud code begins, and that must not end the server.

asyncio hands `SystemExit` and `KeyboardInterrupt` of any task to whoever runs the loop. What a
handler raises itself is caught where it is called; what it begins with `asyncio.create_task` is
not, unless the loop makes its tasks so that they can do no more than fail.
"""

import asyncio
from collections.abc import Coroutine, Generator
from types import TracebackType
from typing import Any

from parsepy.cloud.current import current_or_none


class TaskExited(RuntimeError):
    """A task of the cloud code called `sys.exit()`, or raised `KeyboardInterrupt`."""


def guard_tasks(loop: asyncio.AbstractEventLoop) -> None:
    """From now on, tasks that are begun in cloud code fail where they would end the loop."""
    factory = loop.get_task_factory()
    if not isinstance(factory, _Factory):
        loop.set_task_factory(_Factory(factory))


class _Factory:
    """Makes tasks as `inner` does, or as asyncio does by itself."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def __call__(
        self, loop: asyncio.AbstractEventLoop, coro: Any, **options: Any
    ) -> "asyncio.Future[Any]":
        if current_or_none() is not None:
            coro = _Guarded(coro)
        if self._inner is None:
            return asyncio.Task(coro, loop=loop, **options)
        made: asyncio.Future[Any] = self._inner(loop, coro, **options)
        return made


class _Guarded(Coroutine[Any, Any, Any]):
    """A coroutine in all but how it ends.

    It is no `async` function around the other one: that would leave the other one unawaited where
    a task is cancelled before it has begun.
    """

    __slots__ = ("_inner",)

    def __init__(self, inner: Coroutine[Any, Any, Any]) -> None:
        self._inner = inner

    def __getattr__(self, name: str) -> Any:
        # Debuggers and anyio look at a task's coroutine.
        return getattr(self._inner, name)

    def __await__(self) -> Generator[Any, Any, Any]:
        return self._inner.__await__()

    def send(self, value: Any) -> Any:
        try:
            return self._inner.send(value)
        except (SystemExit, KeyboardInterrupt) as error:
            raise _exited(error) from error

    def throw(self, raised: Any, value: Any = None, traceback: TracebackType | None = None) -> Any:
        try:
            # With one argument: the form with three is deprecated.
            return self._inner.throw(raised if value is None else value)
        except (SystemExit, KeyboardInterrupt) as error:
            raise _exited(error) from error

    def close(self) -> None:
        self._inner.close()


def _exited(error: BaseException) -> TaskExited:
    return TaskExited(str(error) or type(error).__name__)
