"""Running the app's own code: off the loop where it would block it, for a bounded time, and with
everything it throws made an error that a client understands."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from parsepy.cloud.current import CloudApp, running
from parsepy.cloud.pool import THREADS, Pool
from parsepy.cloud.task_guard import guard_tasks
from parsepy.errors import Code, ParseError, ScriptFailed

if TYPE_CHECKING:
    from parsepy.cloud.call_log import CallLog

Handler: TypeAlias = Callable[[Any], object | Awaitable[object]]

TIMEOUT: Final = 300.0
"""Seconds for one call. parse-server has no limit; without one, a few endless loops would take all
threads, and with them all plain functions of the app."""

_GREATEST_CODE: Final = 2**31

MOST_NESTED: Final = 16
"""Calls within calls: a trigger that saves what it is the trigger of would go on until there is no
stack left, in the middle of anything."""

_DEPTH: Final[ContextVar[int]] = ContextVar("parsepy_cloud_depth", default=0)

FUNCTION_FAILED: Final = "Script failed."
TRIGGER_FAILED: Final = "Script failed. Unknown error."


class Runner:
    """Calls code of `app`, which finds it by `current()`."""

    def __init__(
        self,
        app: CloudApp | None = None,
        *,
        timeout: float = TIMEOUT,
        threads: int = THREADS,
        log_levels: Mapping[str, str] | None = None,
    ) -> None:
        """`log_levels` is the option `logLevels`."""
        self.app = app
        self._log_levels = log_levels or {}
        self._timeout = timeout
        self._pool = Pool(threads)

    async def call(
        self,
        handler: Handler,
        request: object,
        *,
        unnamed: str,
        failed: Code = Code.SCRIPT_FAILED,
    ) -> object:
        """What the handler gives back.

        Raises `ParseError`: the handler's own, or `failed` with the text of what it raised
        (`unnamed` where that has none), or 124 when it took too long.
        """
        depth = _DEPTH.get()
        if depth >= MOST_NESTED:
            raise ParseError(failed, "The cloud code calls itself without end.")
        token = _DEPTH.set(depth + 1)
        try:
            with running(self.app):
                async with asyncio.timeout(self._timeout):
                    return await self._run(handler, request, nested=depth > 0)
        except ScriptFailed as error:
            error.code = failed
            raise
        except ParseError as error:
            if is_sound(error):
                raise
            raise ParseError(failed, text_of(error.message) or unnamed) from error
        except TimeoutError as error:
            if text_of(error):
                raise ParseError(failed, text_of(error)) from error
            raise ParseError(Code.TIMEOUT, "The cloud code took too long.") from None
        except asyncio.CancelledError as error:
            if _is_being_cancelled():
                raise
            # The code itself has cancelled what it then waited for.
            raise ParseError(failed, text_of(error) or unnamed) from error
        except BaseException as error:
            # A `sys.exit()` or `KeyboardInterrupt` in somebody's function must not end the server.
            raise ParseError(failed, text_of(error) or unnamed) from error
        finally:
            _DEPTH.reset(token)

    @cached_property
    def log(self) -> "CallLog":
        from parsepy.cloud.call_log import CallLog

        return CallLog(self._log_levels)

    def close(self) -> None:
        self._pool.close()

    async def _run(self, handler: Handler, request: object, *, nested: bool) -> object:
        guard_tasks(asyncio.get_running_loop())
        if is_async(handler):
            result = handler(request)
        else:
            result = await self._pool.run(partial(handler, request), nested=nested)
        return await result if inspect.isawaitable(result) else result


def is_async(handler: Handler) -> bool:
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
        getattr(handler, "__call__", None)  # noqa: B004 (asks what kind it is, not whether)
    )


def text_of(raised: object) -> str:
    """The text of what somebody's code has raised, which may be anything."""
    try:
        return str(raised)
    except Exception:
        return type(raised).__name__


def is_sound(error: ParseError) -> bool:
    """Whether it can be answered as it is."""
    return isinstance(error.message, str) and abs(error.code) <= _GREATEST_CODE


def _is_being_cancelled() -> bool:
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
