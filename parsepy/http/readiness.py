"""`/health/ready`: whether what the app keeps its data in can be reached now."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from time import monotonic
from typing import Final, TypeAlias

from parsepy.http.answer import Answer
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

Check: TypeAlias = Callable[[], Awaitable[object]]
"""Whatever it raises means that the thing cannot be reached."""

SECONDS: Final = 2.0
"""For one check; what takes longer counts as out of reach."""

REMEMBERED: Final = 1.0
"""Seconds for which an answer is used: asking often costs the stores no more."""


class Readiness:
    """`checks` are by the names that the answer has. It tells no more than which one failed:
    anybody may ask."""

    def __init__(
        self,
        checks: Mapping[str, Check],
        *,
        seconds: float = SECONDS,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self._checks = checks
        self._seconds = seconds
        self._clock = clock
        self._found: dict[str, bool] = {}
        self._found_at = float("-inf")
        self._running: asyncio.Task[dict[str, bool]] | None = None

    async def answer(self) -> Answer:
        """200, or 503 where one of them fails."""
        found = await self._current()
        checks: JSONObject = {name: "ok" if good else "error" for name, good in found.items()}
        if all(found.values()):
            return Answer({"status": "ok", "checks": checks})
        return Answer({"status": "error", "checks": checks}, 503)

    async def _current(self) -> dict[str, bool]:
        if self._clock() - self._found_at < REMEMBERED:
            return self._found
        if self._running is None:
            # Nobody's own: who asked first may go away, others wait for it too.
            self._running = asyncio.create_task(self._check_all(), name="parsepy-readiness")
        return await asyncio.shield(self._running)

    async def _check_all(self) -> dict[str, bool]:
        try:
            names = list(self._checks)
            outcomes = await asyncio.gather(*(self._passes(name) for name in names))
            found = dict(zip(names, outcomes, strict=True))
            self._found, self._found_at = found, self._clock()
            return found
        finally:
            self._running = None

    async def _passes(self, name: str) -> bool:
        try:
            async with asyncio.timeout(self._seconds):
                await self._checks[name]()
        except Exception as error:
            if self._found.get(name, True):
                _log.warning("%s cannot be reached: %s", name, str(error) or type(error).__name__)
            return False
        if not self._found.get(name, True):
            _log.warning("%s can be reached again", name)
        return True

    async def close(self) -> None:
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait([self._running])
