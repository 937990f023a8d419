"""Counts in each store: several servers add to the same rows."""

import asyncio

import pytest

from parsepy.analytics.event import Key
from parsepy.analytics.rows import Rows
from parsepy.storage.base import Storage

pytestmark = pytest.mark.anyio
DAY, NEXT = "2026-11-29", "2026-11-30"
DAYS = (DAY, NEXT)


async def test_servers_that_count_at_once_lose_nothing(storage: Storage) -> None:
    servers = [Rows(storage) for _ in range(5)]
    await servers[0].prepare()
    keys = [Key(DAY, "e"), *(Key(DAY, "e", "city", f"c{n}") for n in range(20))]

    await asyncio.gather(*(each.add(dict.fromkeys(keys, 2)) for each in servers))

    rows = await servers[0].of_event("e", "city", DAYS, 1000)
    assert [(row["value"], row["count"]) for row in rows] == sorted(
        (f"c{n}", 10) for n in range(20)
    )
    assert [row["count"] for row in await servers[0].of_event("e", "", DAYS, 10)] == [10]


async def test_what_is_stored_is_taken_out_of_what_was_given(storage: Storage) -> None:
    counts = {Key(DAY, "e", "n", str(n)): 1 for n in range(1200)}
    rows = Rows(storage)

    await rows.add(counts)

    assert counts == {}
    assert len(await rows.known(DAY, 5000)) == 1200


async def test_what_is_known_of_a_day(storage: Storage) -> None:
    rows = Rows(storage)
    keys = {Key(DAY, "e"), Key(DAY, "e", "city", "x"), Key(NEXT, "e")}
    await rows.add(dict.fromkeys(keys, 1))

    assert set(await rows.known(DAY, 10)) == keys - {Key(NEXT, "e")}
    assert len(await rows.known(DAY, 1)) == 1


async def test_old_days_are_removed(storage: Storage) -> None:
    rows = Rows(storage)
    await rows.add({Key(DAY, "e"): 1, Key(NEXT, "e"): 1})

    await rows.remove_before(NEXT)

    assert [row["day"] for row in await rows.of_event("e", "", DAYS, 10)] == [NEXT]


async def test_totals_and_dimensions(storage: Storage) -> None:
    rows = Rows(storage)
    await rows.add(
        {
            Key(DAY, "a"): 2,
            Key(NEXT, "a"): 3,
            Key(DAY, "b"): 7,
            Key(DAY, "a", "z", "1"): 1,
            Key(NEXT, "a", "city", "x"): 1,
            Key("2026-01-01", "a"): 100,
        }
    )

    assert await rows.totals(DAYS, 10) == [("b", 7), ("a", 5)]
    assert await rows.totals(DAYS, 1) == [("b", 7)]
    assert await rows.dimensions_of("a", DAYS) == ["city", "z"]
    assert await rows.dimensions_of("a", (DAY, DAY)) == ["z"]
