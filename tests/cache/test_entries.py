"""The cache that sessions and roles share: bounded in size and age, void when told so."""

import time
from collections.abc import Awaitable, Callable, Sequence

import pytest

from parsepy.cache import Cache, Changes

pytestmark = pytest.mark.anyio


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> "Clock":
    """A clock that goes on only when it is told."""
    made = Clock()
    monkeypatch.setattr(time, "monotonic", lambda: made.now)
    return made


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0


def _made(changes: Changes | None = None, *, ttl: float = 5, max_size: int = 10) -> Cache[str]:
    return Cache(
        "names",
        ttl=ttl,
        max_size=max_size,
        changes=changes or Changes(),
        topics_of=lambda key, value: (key, f"of {value}"),
    )


def test_a_value_is_there_until_its_time_is_over(clock: Clock) -> None:
    cache = _made()
    cache.put("a", "x")

    clock.now += 4.9
    assert cache.get("a") == "x"
    clock.now += 0.2
    assert cache.get("a") is None


def test_reading_a_value_does_not_prolong_it(clock: Clock) -> None:
    cache = _made()
    cache.put("a", "x")

    for _ in range(5):
        cache.get("a")
        clock.now += 1.1

    assert cache.get("a") is None


def test_storing_a_value_again_prolongs_it(clock: Clock) -> None:
    cache = _made()
    cache.put("a", "x")
    clock.now += 4
    cache.put("a", "y")
    clock.now += 4

    assert cache.get("a") == "y"


@pytest.mark.parametrize("ttl", [0, -1])
def test_without_a_time_to_live_nothing_is_kept(ttl: float) -> None:
    cache = _made(ttl=ttl)
    cache.put("a", "x")

    assert cache.get("a") is None


def test_the_oldest_go_when_there_are_too_many() -> None:
    cache = _made(max_size=3)
    for key in "abc":
        cache.put(key, key)
    cache.put("a", "z")
    cache.put("d", "d")

    assert {key: cache.get(key) for key in "abcd"} == {"a": "z", "b": None, "c": "c", "d": "d"}


async def test_values_are_dropped_by_topic_and_all() -> None:
    cache = _made()
    for key, value in (("a", "1"), ("b", "2"), ("c", "2"), ("d", "3")):
        cache.put(key, value)

    await cache.drop("nothing")
    assert _held(cache) == ["1", "2", "2", "3"]
    await cache.drop("a")
    assert _held(cache) == [None, "2", "2", "3"]
    await cache.drop("of 2")
    assert _held(cache) == [None, None, None, "3"]
    await cache.clear()
    assert _held(cache) == [None] * 4


def _held(cache: Cache[str]) -> list[str | None]:
    return [cache.get(key) for key in "abcd"]


async def test_caches_of_other_names_are_left_alone() -> None:
    changes = Changes()
    cache, other = _made(changes), Cache[str]("others", ttl=5, max_size=9, changes=changes)
    other.put("a", "x")

    await cache.clear()
    await cache.drop("a")

    assert other.get("a") == "x"


Drop = Callable[[Cache[str]], Awaitable[None]]
DROPS: list[Drop] = [
    lambda cache: cache.drop("a"),
    lambda cache: cache.drop("b"),
    lambda cache: cache.clear(),
]


async def test_a_value_is_looked_up_once() -> None:
    cache = _made()
    asked: list[str] = []

    async def look_up(key: str) -> str:
        asked.append(key)
        return f"value of {key}"

    found = [await cache.fetch(key, look_up) for key in "aab"]

    assert found == ["value of a", "value of a", "value of b"]
    assert asked == ["a", "b"]


@pytest.mark.parametrize("drop", DROPS)
@pytest.mark.parametrize("here", [True, False])
async def test_a_value_looked_up_before_a_drop_is_not_kept(drop: Drop, here: bool) -> None:
    changes = Changes()
    cache, elsewhere = _made(changes), _made(changes)

    async def look_up(_: str) -> str:
        await drop(cache if here else elsewhere)
        return "old"

    assert await cache.fetch("a", look_up) == "old"
    assert cache.get("a") is None


async def test_a_look_up_that_fails_is_not_kept() -> None:
    cache = _made()

    async def fail(_: str) -> str:
        raise LookupError

    async def succeed(key: str) -> str:
        return key

    with pytest.raises(LookupError):
        await cache.fetch("a", fail)
    assert await cache.fetch("a", succeed) == "a"


def test_a_falsy_value_is_a_value() -> None:
    cache = _made()
    cache.put("a", "")

    assert cache.get("a") == ""


class _Relay:
    """Counts what it is told; hears what others say, or does not."""

    def __init__(self) -> None:
        self.hears = True
        self.told: list[tuple[int, ...]] = []

    async def tell(self, slots: Sequence[int]) -> None:
        self.told.append(tuple(slots))


async def test_nothing_remembered_is_used_while_changes_may_be_missed() -> None:
    changes = Changes()
    relay = changes.relay = _Relay()
    cache = _made(changes)
    asked: list[str] = []

    async def look_up(key: str) -> str:
        asked.append(key)
        return key

    await cache.fetch("a", look_up)
    relay.hears = False
    await cache.fetch("a", look_up)
    await cache.fetch("a", look_up)
    relay.hears = True
    await cache.fetch("a", look_up)

    assert len(asked) == 3


async def test_what_a_relay_was_told_voids_the_same_entries_elsewhere() -> None:
    changes, far = Changes(), Changes()
    relay = changes.relay = _Relay()
    cache, other = _made(changes), _made(far)
    for key in "ab":
        other.put(key, key)

    await cache.drop("a")
    for slots in relay.told:
        far.take_in(slots)

    assert [other.get("a"), other.get("b")] == [None, "b"]


def test_after_a_gap_everything_is_void() -> None:
    changes = Changes()
    cache = _made(changes)
    cache.put("a", "x")

    changes.void_all()

    assert cache.get("a") is None
