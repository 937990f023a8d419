"""Counting in memory, and storing it a moment later."""

from functools import partial
from typing import Any

import pytest

from parsepy.analytics.adapter import AnalyticsRequest
from parsepy.analytics.bounds import Bounds
from parsepy.analytics.counting import MOST_HELD, Counting, EventCounter
from parsepy.errors import ParseError, database_error
from parsepy.protocol import dates
from parsepy.storage.base import Storage
from tests.support.local_app import local_app
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
SOMEBODY = AnalyticsRequest(False, None, None, "", {})
ALL = ("2000-01-01", "2100-01-01")


async def counted(counter: EventCounter, event: str, dimension: str = "") -> list[object]:
    rows = await counter.rows.of_event(event, dimension, ALL, 100)
    return [row["count"] for row in rows]


async def test_events_are_stored_within_the_interval(storage: Storage) -> None:
    counter = EventCounter(storage, Counting(interval=0.01))
    await counter.start()
    for _ in range(3):
        await counter.track_event("e", {}, SOMEBODY)

    async def are_stored() -> bool:
        return await counted(counter, "e") == [3]

    await until(are_stored)
    await counter.app_opened({}, SOMEBODY)

    async def is_stored() -> bool:
        return await counted(counter, "AppOpened") == [1]

    await until(is_stored)
    await counter.close()


async def test_the_end_stores_what_is_held(storage: Storage) -> None:
    counter = EventCounter(storage, Counting(interval=1000))
    await counter.start()
    await counter.track_event("e", {"dimensions": {"city": "x"}}, SOMEBODY)
    await counter.close()

    assert (await counted(counter, "e"), await counted(counter, "e", "city")) == ([1], [1])


async def test_servers_count_together(storage: Storage) -> None:
    counters = [EventCounter(storage, Counting(interval=1000)) for _ in range(3)]
    for counter in counters:
        await counter.track_event("e", {}, SOMEBODY)
        await counter.close()

    assert await counted(counters[0], "e") == [3]


async def test_a_server_begins_with_what_others_have_counted(storage: Storage) -> None:
    settings = Counting(Bounds(values=1), interval=1000)
    for city in ("first", "second"):
        counter = EventCounter(storage, settings)
        await counter.track_event("e", {"dimensions": {"city": city}}, SOMEBODY)
        await counter.close()

    rows = await counter.rows.of_event("e", "city", ALL, 10)
    assert [row["value"] for row in rows] == ["(other)", "first"]


async def test_what_a_store_refuses_is_kept_and_stored_later(
    storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = EventCounter(storage, Counting(interval=1000))

    async def refuse(*_: object) -> object:
        raise database_error()

    for method in ("find", "update_many"):
        with monkeypatch.context() as broken:
            broken.setattr(storage, method, refuse)
            await counter.track_event("e", {}, SOMEBODY)
            with pytest.raises(ParseError):
                await counter.flush()
    await counter.close()

    assert await counted(counter, "e") == [2]


async def test_memory_holds_no_more_than_it_should(
    storage: Storage, caplog: pytest.LogCaptureFixture
) -> None:
    counter = EventCounter(storage, Counting(Bounds(counts=100), interval=1000))
    for n in range(MOST_HELD + 5):
        await counter.track_event(f"e{n}", {}, SOMEBODY)
    await counter.close()

    assert "5 counts of events were more than memory holds" in caplog.text
    assert sum(count for _, count in await counter.rows.totals(ALL, 1000)) == MOST_HELD


async def test_old_counts_go_once_a_day(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = dates.parse("2026-01-01T12:00:00.000Z")
    assert clock is not None
    start = int(clock.timestamp() * 1000)
    counter = EventCounter(storage, Counting(interval=1000, keep_days=10))
    for days in (0, 10, 11):
        now = start + days * 86_400_000
        monkeypatch.setattr(dates, "now_ms", partial(int, now))
        await counter.track_event("e", {}, SOMEBODY)
        await counter.flush()
    await counter.close()

    rows = await counter.rows.of_event("e", "", ALL, 10)
    assert [row["day"] for row in rows] == ["2026-01-11", "2026-01-12"]


async def test_an_app_counts_and_ends_without_loss(database_uri: str) -> None:
    keep: dict[str, Any] = {"module": "builtin", "options": {"flushInterval": 1000}}
    async with local_app(databaseURI=database_uri, analyticsAdapter=keep) as app:
        await app.ok("POST", "/events/e", {})
        counter = app.app.parts.analytics
        assert isinstance(counter, EventCounter)
        await counter.close()

        assert await counted(counter, "e") == [1]


async def test_a_reset_forgets_what_is_held(storage: Storage) -> None:
    counter = EventCounter(storage, Counting(interval=1000))
    await counter.track_event("e", {}, SOMEBODY)
    counter.forget()
    await counter.close()

    assert await counted(counter, "e") == []
