"""Fixed windows, in memory and in a real Redis."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy.http.rate_limits import counters as memory
from parsepy.http.rate_limits import redis_counters
from parsepy.http.rate_limits.counters import Counters, MemoryCounters
from parsepy.http.rate_limits.redis_counters import RedisCounters
from tests.support.redis_server import RunningRedis

pytestmark = pytest.mark.anyio


@pytest.fixture(params=["memory", "redis"])
async def counters(request: pytest.FixtureRequest) -> AsyncIterator[Counters]:
    made: Counters = MemoryCounters()
    if request.param == "redis":
        server: RunningRedis = request.getfixturevalue("redis")
        made = RedisCounters(server.uri)
    yield made
    await made.close()


async def test_hits_add_up_for_each_key(counters: Counters) -> None:
    used = [
        (await counters.count(key, hits, 60)).used for key, hits in [("a", 1), ("a", 3), ("b", 2)]
    ]

    assert used == [1, 4, 2]


async def test_a_window_is_fixed_by_its_first_hit(counters: Counters) -> None:
    first = await counters.count("a", 1, 60)
    second = await counters.count("a", 1, 5)

    assert 59 < second.left <= first.left <= 60


async def test_hits_at_once_are_each_counted(counters: Counters) -> None:
    windows = await asyncio.gather(*(counters.count("a", 1, 60) for _ in range(50)))

    assert sorted(window.used for window in windows) == list(range(1, 51))


async def test_a_new_window_begins_when_one_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(memory, "monotonic", lambda: now)
    counters = MemoryCounters()
    await counters.count("a", 5, 10)
    now = 109.9
    assert (await counters.count("a", 1, 10)).used == 6
    now = 110.0
    window = await counters.count("a", 1, 10)

    assert (window.used, window.left) == (1, 10)


async def test_ended_windows_are_swept_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr(memory, "monotonic", lambda: now)
    counters = MemoryCounters()
    for number in range(500):
        await counters.count(f"{number}", 1, 10)
    now = 120.0
    await counters.count("last", 1, 10)

    assert len(counters._windows) == 1


async def test_two_processes_count_together(redis: RunningRedis) -> None:
    ann, bob = RedisCounters(redis.uri), RedisCounters(redis.uri)

    used = [(await who.count("a", 1, 60)).used for who in (ann, bob, ann)]

    assert used == [1, 2, 3]
    await ann.close()
    await bob.close()


async def test_a_key_in_redis_always_ends(redis: RunningRedis) -> None:
    counters = RedisCounters(redis.uri)
    await counters._client.set("a", 7)

    window = await counters.count("a", 1, 60)

    assert window.used == 8
    assert 0 < window.left <= 60
    await counters.close()


async def test_without_redis_each_counts_alone_and_says_so_once(
    redis: RunningRedis, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 100.0
    monkeypatch.setattr(redis_counters, "monotonic", lambda: now)
    counters = RedisCounters(redis.uri)
    await counters.count("a", 7, 60)
    redis.stop()

    used = []
    for _ in range(3):
        used.append((await counters.count("a", 1, 60)).used)
        now += 2

    assert used == [1, 2, 3]
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    await counters.close()
