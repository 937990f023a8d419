"""How much is told apart: anybody may send events, with names and values without end. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from parsepy.analytics.event import MAX_DIMENSIONS, Key

OTHER: Final = "(other)"
"""Stands for all names, or values, beyond the bounds."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Per day: `counts` is how many are kept in all, `events` how many names of events, `values`
    how many of one dimension."""

    counts: int = 10_000
    events: int = 200
    values: int = 100


class Day:
    """What is counted on one day, by all servers as far as this one knows."""

    def __init__(self, bounds: Bounds, known: Iterable[Key] = ()) -> None:
        self._bounds = bounds
        self._known: set[Key] = set()
        self._values: dict[tuple[str, str], int] = {}
        self._dimensions: dict[str, set[str]] = {}
        self._events: set[str] = set()
        for key in known:
            self._add(key)

    def knows(self, key: Key) -> bool:
        return key in self._known

    def admit(self, key: Key) -> Key | None:
        """The key under which it is counted; `None`: not at all, for the event itself is."""
        if key in self._known:
            return key
        if key.event not in self._events and self._is_full(self._events, self._bounds.events):
            return None if key.dimension else self._other(Key(key.day, OTHER))
        if not key.dimension:
            return self._add(key)
        dimensions = self._dimensions.get(key.event, set())
        if key.dimension not in dimensions and self._is_full(dimensions, MAX_DIMENSIONS):
            return None
        seen = self._values.get((key.event, key.dimension), 0)
        if seen >= self._bounds.values or len(self._known) >= self._bounds.counts:
            return self._other(key._replace(value=OTHER)) if seen else None
        return self._add(key)

    def _is_full(self, names: set[str], most: int) -> bool:
        return len(names) >= most or len(self._known) >= self._bounds.counts

    def _other(self, key: Key) -> Key:
        """There is at most one for each event and dimension, so the bounds hold without it."""
        self._known.add(key)
        return key

    def _add(self, key: Key) -> Key:
        self._known.add(key)
        if key.event != OTHER:
            self._events.add(key.event)
        if key.dimension:
            self._dimensions.setdefault(key.event, set()).add(key.dimension)
        if key.dimension and key.value != OTHER:
            named = (key.event, key.dimension)
            self._values[named] = self._values.get(named, 0) + 1
        return key
