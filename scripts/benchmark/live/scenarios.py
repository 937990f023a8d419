"""Who is subscribed to what, and what is written then."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice

from parsepy.types import JSONObject
from scripts.benchmark.live.load_generator import ROOM, STAMP
from scripts.benchmark.live.seed import ROLE, Seed
from scripts.benchmark.live.subscriber import Subscribing

SHARED_ROOMS = 5
MATCHING = 10
"""Subscribers beside those whose subscriptions cannot match."""
PER_CONNECTION = 100
"""Of these subscriptions."""
NO_SIZE = -1


@dataclass(frozen=True, slots=True)
class Scenario:
    """`subscribers` have a connection and a query each: one for its `rooms`, in turn. `others` are
    subscriptions that no event matches, many on a connection."""

    name: str
    title: str
    subscribers: int
    rooms: int
    by_role: bool = False
    others: int = 0

    @property
    def is_growth(self) -> bool:
        """Whether it shows what subscriptions cost that cannot match."""
        return self.subscribers == MATCHING

    def subscribing(self, seed: Seed) -> list[Subscribing]:
        tokens = cycle(seed.tokens if self.by_role else [None])
        rooms = islice(cycle(range(self.rooms)), self.subscribers)
        asked = [_of_room(room, token) for room, token in zip(rooms, tokens, strict=False)]
        if self.by_role:
            asked.append({"queries": [{"room": 0}], "room": None, "token": None})
        return [*asked, *_others(self.others)]

    def event(self) -> JSONObject:
        """An object as a chat may have it, 0.3 kilobytes."""
        event: JSONObject = {
            "room": ROOM,
            "t": STAMP,
            "size": NO_SIZE,
            "from": "somebody whose name is of some length",
            "text": "What was said, in a sentence or two; most messages are not longer than this.",
            "tags": ["plain", "unread"],
            "sentAt": {"__type": "Date", "iso": "2026-03-04T10:20:30.400Z"},
        }
        if self.by_role:
            event["ACL"] = {f"role:{ROLE}": {"read": True}}
        return event


def _of_room(room: int, token: str | None) -> Subscribing:
    return {"queries": [{"room": room}], "room": room, "token": token}


def _others(count: int) -> Iterator[Subscribing]:
    """Equalities and ranges by turns."""
    queries: list[JSONObject] = [
        {"room": number} if number % 2 else {"size": {"$gte": number, "$lt": number + 1}}
        for number in range(MATCHING, MATCHING + count)
    ]
    for start in range(0, count, PER_CONNECTION):
        yield {"queries": queries[start : start + PER_CONNECTION], "room": None, "token": None}


def _audiences() -> Iterator[Scenario]:
    for count in (500, 5000):
        for by_role in (False, True):
            for is_shared in (True, False):
                rooms = SHARED_ROOMS if is_shared else count
                queries = f"{rooms:,} queries"
                yield Scenario(
                    f"{'shared' if is_shared else 'distinct'}-{count}{'-role' * by_role}",
                    f"{count:,} subscribers, {queries}{', role' * by_role}",
                    count,
                    rooms,
                    by_role,
                )


def _growth() -> Iterator[Scenario]:
    for count in (0, 1000, 10_000):
        title = f"{MATCHING} subscribers beside {count:,} that cannot match"
        yield Scenario(f"others-{count}", title, MATCHING, 1, others=count)


SCENARIOS = (*_audiences(), *_growth())
