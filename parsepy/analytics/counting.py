"""Counts events in the store: per day and event, and per dimension and value.

A request only adds to what is held in memory; within a second it is stored, all that came meanwhile
in one go. A server that is killed loses that second. What a store refuses is tried again, as long
as it is not more than memory should hold.
"""

import asyncio
import logging
from collections import OrderedDict
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from parsepy.analytics.adapter import AnalyticsRequest
from parsepy.analytics.bounds import Bounds, Day
from parsepy.analytics.event import APP_OPENED, MAX_LATENESS, Key, read_event
from parsepy.analytics.rows import Rows
from parsepy.errors import ParseError
from parsepy.protocol import dates
from parsepy.protocol.clock import fresh_context
from parsepy.storage.base import Storage
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

MOST_HELD: Final = 20_000
"""Different counts that wait in memory; events beyond them are not counted."""
_DAYS_KNOWN: Final = MAX_LATENESS.days + 2
STORE_PAUSE: Final = 5.0
"""Seconds for which a store that failed is left alone."""


@dataclass(frozen=True, slots=True)
class Counting:
    """`interval` is in seconds; `keep_days`: how long counts are kept."""

    bounds: Bounds = field(default_factory=Bounds)
    interval: float = 1.0
    keep_days: int = 400


class EventCounter:
    def __init__(self, storage: Storage, settings: Counting) -> None:
        self.rows = Rows(storage)
        self._settings = settings
        self._held: dict[Key, int] = {}
        self._days: OrderedDict[str, Day] = OrderedDict()
        self._swept = ""
        self._dropped = 0
        self._loop: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    # -- the adapter

    async def app_opened(self, parameters: JSONObject, request: AnalyticsRequest) -> JSONObject:
        return await self.track_event(APP_OPENED, parameters, request)

    async def track_event(
        self, name: str, parameters: JSONObject, request: AnalyticsRequest
    ) -> JSONObject:
        for key in read_event(name, parameters, dates.now()).counted():
            if key in self._held or len(self._held) < MOST_HELD:
                self._held[key] = self._held.get(key, 0) + 1
            else:
                self._dropped += 1
        self._wake()
        return {}

    async def start(self) -> None:
        """Raises `ParseError` 1."""
        await self.rows.prepare()

    async def close(self) -> None:
        """Stores what is held, if the store takes it."""
        self._closing.set()
        if self._loop is not None:
            await self._loop
        if self._held:
            await self._try_to_store()

    def forget(self) -> None:
        self._held.clear()
        self._days.clear()
        self._swept = ""

    async def flush(self) -> None:
        """Stores what is held now. Raises `ParseError` 1; then it is still held."""
        held, self._held = self._held, {}
        counts: dict[Key, int] = {}
        try:
            counts = await self._within_bounds(held)
            held = {}
            await self.rows.add(counts)
        finally:
            for key, count in {**held, **counts}.items():
                self._held[key] = self._held.get(key, 0) + count
        await self._sweep()

    # -- the loop

    def _wake(self) -> None:
        if self._loop is None or self._loop.done():
            loop = asyncio.get_running_loop()
            self._loop = loop.create_task(self._run(), context=fresh_context())

    async def _run(self) -> None:
        pause = self._settings.interval
        while self._held and not self._closing.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._closing.wait()
                    return
            stored = await self._try_to_store()
            pause = self._settings.interval if stored else STORE_PAUSE

    async def _try_to_store(self) -> bool:
        try:
            await self.flush()
        except ParseError as error:
            _log.warning("events are not stored yet: %s", error.message)
            return False
        except Exception:
            # The loop outlives whatever went wrong: nobody else stores them.
            _log.exception("unexpected error while events were stored")
            return False
        finally:
            if self._dropped:
                _log.warning("%s counts of events were more than memory holds", self._dropped)
                self._dropped = 0
        return True

    async def _within_bounds(self, held: dict[Key, int]) -> dict[Key, int]:
        counts: dict[Key, int] = {}
        for key, count in held.items():
            day = await self._day(key.day)
            counted = day.admit(key)
            if counted is not None:
                counts[counted] = counts.get(counted, 0) + count
        return counts

    async def _day(self, day: str) -> Day:
        """What is counted on that day already; of other servers, since this one began with it."""
        found = self._days.get(day)
        if found is None:
            bounds = self._settings.bounds
            found = Day(bounds, await self.rows.known(day, 2 * bounds.counts))
            self._days[day] = found
            while len(self._days) > _DAYS_KNOWN:
                self._days.popitem(last=False)
        self._days.move_to_end(day)
        return found

    async def _sweep(self) -> None:
        """Once a day, what is too old goes."""
        today = dates.now()[:10]
        if self._swept == today:
            return
        oldest = datetime.fromisoformat(today).replace(tzinfo=UTC) - timedelta(
            days=self._settings.keep_days
        )
        await self.rows.remove_before(dates.format_datetime(oldest)[:10])
        self._swept = today
