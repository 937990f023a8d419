"""What must be so for a query to match at all, as few as possible, and quick to look up.

A guard is a set of places: an object can match only if at one of the paths it has a value that
the place holds. Of the conditions that a query joins, one is chosen to be its guard: the kind
that tells most, and among like ones the one that the fewest other queries share.
"""

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import singledispatch
from typing import Any, Final, TypeAlias

from parsepy.livequery.index_keys import FALSE_KEY, NULL_KEY, TRUE_KEY, Key, key_of, ordered
from parsepy.livequery.intervals import GREATEST, LEAST, Bound, after, at, before
from parsepy.query import tree
from parsepy.query.stored import TEXT, stored_operand
from parsepy.query.tree import Path, Where

MOST_PLACES: Final = 128
"""Of one query: a longer `$in` is looked at with each event, it is cheaper than to be found."""


@dataclass(frozen=True, slots=True)
class Value:
    path: Path
    key: Key


@dataclass(frozen=True, slots=True)
class Span:
    """Between two bounds, of values of one kind (`query.stored`)."""

    path: Path
    kind: int
    low: Bound
    high: Bound


Place: TypeAlias = Value | Span
Guard: TypeAlias = tuple[Place, ...]
"""With no place at all: nothing matches."""
Load: TypeAlias = Callable[[Place], int]
"""How many queries an event that is found at this place finds there already, roughly."""


def guard_of(where: Where, load: Load) -> Guard | None:
    """`None` when every object has to be looked at."""
    guards = [guard for guard in _guards(where, load) if len(guard) <= MOST_PLACES]
    return min(guards, key=lambda guard: _cost(guard, load), default=None)


def _cost(guard: Guard, load: Load) -> int:
    # Each place takes memory, though little compared with queries that are looked at in vain.
    return max((_vagueness(place) + load(place) for place in guard), default=-1) + len(guard) // 8


def _vagueness(place: Place) -> int:
    """How many queries in vain it is worth to be found otherwise."""
    if isinstance(place, Value):
        return _VAGUE_VALUES.get(place.key, 0)
    return _HALF_OPEN if place.low == LEAST or place.high == GREATEST else _BOUNDED


_STARTS_WITH: Final = re.compile(r"\^\\Q((?:(?!\\E).)+)\\E", re.DOTALL)
"""What SDKs make of "starts with"."""

_BOUNDED: Final = 4
_HALF_OPEN: Final = 32
_VAGUE_VALUES: Final[dict[Key, int]] = {TRUE_KEY: 16, FALSE_KEY: 16, NULL_KEY: 64}


@singledispatch
def _guards(_where: Where, _load: Load) -> Iterator[Guard]:
    """Each of them is enough by itself."""
    return iter(())


@_guards.register
def _and(where: tree.And, load: Load) -> Iterator[Guard]:
    conditions = list(_joined(where))
    yield from _spans(each for each in conditions if isinstance(each, tree.Compare))
    for condition in conditions:
        yield from _guards(condition, load)


@_guards.register
def _or(where: tree.Or, load: Load) -> Iterator[Guard]:
    guards = [guard_of(child, load) for child in where.children]
    places = [place for guard in guards if guard is not None for place in guard]
    if None not in guards:
        yield tuple(dict.fromkeys(places))


@_guards.register
def _nor(where: tree.Nor, _load: Load) -> Iterator[Guard]:
    if where == tree.NOTHING:
        yield ()


@_guards.register
def _equal(where: tree.Equal, _load: Load) -> Iterator[Guard]:
    yield (Value(where.path, key_of(stored_operand(where.path, where.value))),)


@_guards.register
def _in(where: tree.In, _load: Load) -> Iterator[Guard]:
    keys = dict.fromkeys(key_of(stored_operand(where.path, value)) for value in where.values)
    yield tuple(Value(where.path, key) for key in keys)


@_guards.register
def _all(where: tree.All, _load: Load) -> Iterator[Guard]:
    if not where.values:
        yield ()
    for value in where.values[:MOST_PLACES]:
        yield (Value(where.path, key_of(value)),)


@_guards.register
def _compare(where: tree.Compare, _load: Load) -> Iterator[Guard]:
    if stored_operand(where.path, where.value) is None:
        yield (Value(where.path, NULL_KEY),) if "=" in where.operator else ()
    yield from _spans((where,))


@_guards.register
def _matches(where: tree.Matches, _load: Load) -> Iterator[Guard]:
    found = None if where.options else _STARTS_WITH.fullmatch(where.pattern)
    if found is not None:
        yield (Span(where.path, TEXT, at(found[1]), _behind_all_with(found[1])),)


def _behind_all_with(prefix: str) -> Bound:
    """Texts are ordered by their code points."""
    last = ord(prefix[-1])
    return GREATEST if last == sys.maxunicode else before(prefix[:-1] + chr(last + 1))


def _joined(where: tree.And) -> Iterator[Where]:
    for child in where.children:
        if isinstance(child, tree.And):
            yield from _joined(child)
        else:
            yield child


def _spans(comparisons: Iterable[tree.Compare]) -> Iterator[Guard]:
    """One for each path and kind of value, between the tightest bounds.

    Of a list one element may be above the lower bound and another one below the upper: `Field`
    asks for what its elements span.
    """
    bounds: dict[tuple[Path, int], tuple[Bound, Bound]] = {}
    for each in comparisons:
        found = ordered(stored_operand(each.path, each.value))
        if found is None:
            continue
        group, value = found
        low, high = bounds.get((each.path, group), (LEAST, GREATEST))
        new_low, new_high = _BOUNDS[each.operator](value)
        bounds[each.path, group] = max(low, new_low), min(high, new_high)
    for (path, group), (low, high) in bounds.items():
        # Upside down it holds for lists only; the intervals' order does not know such.
        yield (Span(path, group, low, high if low <= high else GREATEST),)


_BOUNDS: Final[dict[str, Callable[[Any], tuple[Bound, Bound]]]] = {
    "<": lambda value: (LEAST, before(value)),
    "<=": lambda value: (LEAST, at(value)),
    ">": lambda value: (after(value), GREATEST),
    ">=": lambda value: (at(value), GREATEST),
}
