"""Running the app's own code: off the loop where it would block it, for a bounded time, and with
everything it throws made an error that a client understands."""

import asyncio
import contextvars
import inspect
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final, TypeAlias

from parsepy.cloud.current import CloudApp, running
from parsepy.errors import Code, ParseError

Handler: TypeAlias = Callable[[Any], object | Awaitable[object]]

TIMEOUT: Final = 300.0
"""Seconds for one call. parse-server has no limit; without one, a few endless loops would take all
threads, and with them all plain functions of the app."""

THREADS: Final = 32

FUNCTION_FAILED: Final = "Script failed."
TRIGGER_FAILED: Final = "Script failed. Unknown error."


class Runner:
    """Calls code of `app`, which finds it by `current()`."""

    def __init__(self, app: CloudApp | None = None, *, timeout: float = TIMEOUT) -> None:
        self.app = app
        self._timeout = timeout
        self._threads: ThreadPoolExecutor | None = None

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
        try:
            with running(self.app):
                async with asyncio.timeout(self._timeout):
                    return await self._run(handler, request)
        except ParseError:
            raise
        except TimeoutError as error:
            if str(error):
                raise ParseError(failed, str(error)) from error
            raise ParseError(Code.TIMEOUT, "The cloud code took too long.") from None
        except (Exception, SystemExit) as error:
            # A `sys.exit()` in somebody's function must not end the server.
            raise ParseError(failed, str(error) or unnamed) from error

    def close(self) -> None:
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, handler: Handler, request: object) -> object:
        if is_async(handler):
            result = handler(request)
        else:
            result = await self._in_thread(handler, request)
        return await result if inspect.isawaitable(result) else result

    async def _in_thread(self, handler: Handler, request: object) -> object:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="parsepy-cloud")
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, context.run, handler, request)


def is_async(handler: Handler) -> bool:
    return inspect.iscoroutinefunction(handler) or inspect.iscoroutinefunction(
        getattr(handler, "__call__", None)  # noqa: B004 (asks what kind it is, not whether)
    )
