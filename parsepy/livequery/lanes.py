"""Work for one client, piece after piece, apart from that for others."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final, TypeAlias

_log = logging.getLogger(__name__)

Work: TypeAlias = Callable[[], Awaitable[None]]

MOST_WAITING: Final = 1000


class LaneFull(Exception):
    """Work comes faster than it is done."""


class Lane:
    """There is a task only while there is work."""

    def __init__(self) -> None:
        self._waiting: deque[Work] = deque()
        self._task: asyncio.Task[None] | None = None

    def put(self, work: Work) -> None:
        """Raises `LaneFull`."""
        if len(self._waiting) >= MOST_WAITING:
            raise LaneFull
        self._waiting.append(work)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="parsepy-live-lane")

    async def settled(self) -> None:
        while self._task is not None and not self._task.done():
            await asyncio.wait([self._task])

    def close(self) -> None:
        self._waiting.clear()
        if self._task is not None:
            self._task.cancel()

    async def _run(self) -> None:
        while self._waiting:
            work = self._waiting.popleft()
            try:
                await work()
            except Exception:
                _log.exception("an event was not told")
