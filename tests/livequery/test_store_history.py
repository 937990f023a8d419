"""Positions that the store has given, and what it is asked of the past."""

import asyncio

import pytest
from anyio.lowlevel import checkpoint

from parsepy.livequery.publications import Publication
from parsepy.livequery.store_history import StoreHistory

pytestmark = pytest.mark.anyio


def told(place: int) -> Publication:
    return Publication("Game", {"objectId": f"o{place}"}, None, position=f"{place:03}")


class Store:
    """Knows of a change at every place from `first` on; `asked` is what it was asked for."""

    def __init__(self, first: int = 0) -> None:
        self.first = first
        self.asked: list[tuple[str, str, int]] = []
        self.answers = asyncio.Event()
        self.answers.set()

    async def since(self, position: str, until: str, most: int) -> list[Publication] | None:
        self.asked.append((position, until, most))
        await self.answers.wait()
        if int(position) < self.first:
            return None
        found = [told(place) for place in range(int(position) + 1, int(until) + 1)]
        return found if len(found) <= most else None

    async def caught_up(self) -> None:
        """There is nothing more."""


def history_at(start: int, size: int, store: Store) -> StoreHistory:
    history = StoreHistory(size, store.since, store.caught_up)
    history.begin(f"{start:03}")
    return history


def places(history: StoreHistory, position: str) -> list[int] | None:
    missed = history.since(position)
    return None if missed is None else [int(place) for place, _ in missed]


async def test_what_is_told_is_known_without_the_store() -> None:
    store = Store()
    history = history_at(10, 5, store)
    assert [history.add(told(place)) for place in (11, 12, 13)] == ["011", "012", "013"]
    await history.reach("010")

    assert places(history, "010") == [11, 12, 13]
    assert places(history, "012") == [13]
    assert places(history, "013") == []
    assert history.since("012") == [("013", told(13))]
    assert (history.position, store.asked) == ("013", [])


async def test_it_forgets_what_is_more_than_its_size() -> None:
    history = history_at(10, 2, Store(first=999))
    for place in (11, 12, 13):
        history.add(told(place))

    assert places(history, "011") == [12, 13]
    assert places(history, "010") is None


async def test_the_store_is_asked_once_for_what_came_before() -> None:
    store = Store()
    history = history_at(10, 9, store)
    history.add(told(11))
    await history.reach("007")
    await history.reach("008")

    assert places(history, "007") == [8, 9, 10, 11]
    assert places(history, "009") == [10, 11]
    assert store.asked == [("007", "010", 8)]


async def test_many_who_come_back_at_once_ask_once() -> None:
    store = Store()
    history = history_at(10, 9, store)
    await asyncio.gather(*(history.reach("007") for _ in range(20)))

    assert store.asked == [("007", "010", 9)]


async def test_what_was_too_much_once_is_not_asked_for_again() -> None:
    store = Store()
    history = history_at(10, 3, store)
    for position in ("005", "005", "004"):
        await history.reach(position)
        assert places(history, position) is None
    await history.reach("008")

    assert places(history, "008") == [9, 10]
    assert [position for position, _, _ in store.asked] == ["005", "008"]


async def test_more_is_told_while_the_store_is_asked() -> None:
    store = Store()
    store.answers.clear()
    history = history_at(10, 6, store)
    asking = asyncio.create_task(history.reach("007"))
    while not store.asked:
        await checkpoint()
    for place in (11, 12):
        history.add(told(place))
    store.answers.set()
    await asking

    assert places(history, "007") == [8, 9, 10, 11, 12]


async def test_a_gap_is_never_told_as_the_whole() -> None:
    """So much is told meanwhile that what was known first is forgotten."""
    store = Store()
    store.answers.clear()
    history = history_at(10, 3, store)
    asking = asyncio.create_task(history.reach("009"))
    while not store.asked:
        await checkpoint()
    for place in range(11, 16):
        history.add(told(place))
    store.answers.set()
    await asking

    assert places(history, "009") is None
    assert places(history, "012") == [13, 14, 15]


async def test_a_position_ahead_is_waited_for_and_then_believed_or_not() -> None:
    store = Store()

    async def catch_up() -> None:
        if history.position < "011":
            history.add(told(11))

    history = StoreHistory(3, store.since, catch_up)
    history.begin("010")
    await history.reach("011")
    assert places(history, "011") == []
    await history.reach("999")
    assert places(history, "999") is None


async def test_after_a_new_beginning_the_old_one_is_the_stores() -> None:
    store = Store(first=18)
    history = history_at(10, 9, store)
    history.add(told(11))
    history.begin("020")

    assert places(history, "010") is None
    await history.reach("010")
    assert places(history, "010") is None
    await history.reach("018")
    assert places(history, "018") == [19, 20]


async def test_what_is_forgotten_for_a_test_is_not_asked_for() -> None:
    store = Store()
    history = history_at(10, 9, store)
    history.add(told(11))
    history.forget()
    await history.reach("010")

    assert places(history, "010") is None
    assert store.asked == []
