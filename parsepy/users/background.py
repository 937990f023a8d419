"""What a request sets off without waiting for it.

A mail to an account takes some writes, none to somebody unknown: if the request waited for them,
its time would tell who has an account.
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Final

from parsepy.protocol.clock import fresh_context

MOST: Final = 100
"""At this many the requests wait, whoever they ask for: a flood must not fill the memory."""

_log = logging.getLogger(__name__)


class Background:
    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()

    async def room(self) -> None:
        """Waits until another task may be started. Asked before anything is looked up."""
        while len(self._tasks) >= MOST:
            await asyncio.wait(self._tasks, return_when=asyncio.FIRST_COMPLETED)

    def start(self, work: Coroutine[object, None, None]) -> None:
        """What it raises goes to the log: nobody waits for it."""
        # Without the request's context: its transaction may be over before this is.
        task = asyncio.get_running_loop().create_task(work, context=fresh_context())
        self._tasks.add(task)
        task.add_done_callback(self._done)

    async def settled(self) -> None:
        """Waits for all that was started, and for what that starts."""
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.error("A mail about an account could not be made.", exc_info=error)
