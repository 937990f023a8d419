"""The cache that sessions and roles share: bounded in size and age."""

import time
from collections.abc import Callable

import pytest

from parsepy.cache import Cache


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    """A clock that goes on only when it is told."""
    made = Clock()
    monkeypatch.setattr(time, "monotonic", lambda: made.now)
    return made


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0


def test_a_value_is_there_until_its_time_is_over(clock: Clock) -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)
    cache.put("a", "x")

    clock.now += 4.9
    assert cache.get("a") == "x"
    clock.now += 0.2
    assert cache.get("a") is None


def test_reading_a_value_does_not_prolong_it(clock: Clock) -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)
    cache.put("a", "x")

    for _ in range(5):
        cache.get("a")
        clock.now += 1.1

    assert cache.get("a") is None


def test_storing_a_value_again_prolongs_it(clock: Clock) -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)
    cache.put("a", "x")
    clock.now += 4
    cache.put("a", "y")
    clock.now += 4

    assert cache.get("a") == "y"


@pytest.mark.parametrize("ttl", [0, -1])
def test_without_a_time_to_live_nothing_is_kept(ttl: float) -> None:
    cache: Cache[str] = Cache(ttl=ttl, max_size=10)
    cache.put("a", "x")

    assert cache.get("a") is None


def test_the_oldest_go_when_there_are_too_many() -> None:
    cache: Cache[int] = Cache(ttl=5, max_size=3)
    for number, key in enumerate("abc"):
        cache.put(key, number)
    cache.put("a", 9)
    cache.put("d", 3)

    assert {key: cache.get(key) for key in "abcd"} == {"a": 9, "b": None, "c": 2, "d": 3}


def test_values_are_dropped_by_key_by_content_and_all() -> None:
    cache: Cache[int] = Cache(ttl=5, max_size=10)
    for number, key in enumerate("abcd"):
        cache.put(key, number)

    cache.drop("a")
    cache.drop("nothing")
    assert [cache.get(key) for key in "abcd"] == [None, 1, 2, 3]
    cache.drop_where(lambda value: value > 2)
    assert [cache.get(key) for key in "abcd"] == [None, 1, 2, None]
    cache.clear()
    assert [cache.get(key) for key in "abcd"] == [None] * 4


Drop = Callable[["Cache[str]"], None]
DROPS: list[Drop] = [
    lambda cache: cache.drop("a"),
    lambda cache: cache.drop("b"),
    lambda cache: cache.drop_where(lambda _: True),
    lambda cache: cache.clear(),
]


@pytest.mark.anyio
async def test_a_value_is_looked_up_once() -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)
    asked: list[str] = []

    async def look_up(key: str) -> str:
        asked.append(key)
        return f"value of {key}"

    found = [await cache.fetch(key, look_up) for key in "aab"]

    assert found == ["value of a", "value of a", "value of b"]
    assert asked == ["a", "b"]


@pytest.mark.anyio
@pytest.mark.parametrize("drop", DROPS)
async def test_a_value_looked_up_before_a_drop_is_not_kept(drop: Drop) -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)

    async def look_up(_: str) -> str:
        drop(cache)
        return "old"

    assert await cache.fetch("a", look_up) == "old"
    assert cache.get("a") is None


@pytest.mark.anyio
async def test_a_look_up_that_fails_is_not_kept() -> None:
    cache: Cache[str] = Cache(ttl=5, max_size=10)

    async def fail(_: str) -> str:
        raise LookupError

    async def succeed(key: str) -> str:
        return key

    with pytest.raises(LookupError):
        await cache.fetch("a", fail)
    assert await cache.fetch("a", succeed) == "a"


def test_a_falsy_value_is_a_value() -> None:
    cache: Cache[list[str]] = Cache(ttl=5, max_size=10)
    cache.put("a", [])

    assert cache.get("a") == []
