"""The treap of intervals, held against a plain list of them."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.livequery.intervals import GREATEST, LEAST, Bound, Intervals, after, at, before

POINTS = st.integers(0, 12)
LOWS = st.just(LEAST) | POINTS.map(at) | POINTS.map(after)
HIGHS = st.just(GREATEST) | POINTS.map(at) | POINTS.map(before)
SPANS = st.tuples(LOWS, HIGHS).filter(lambda span: span[0] <= span[1])


def meeting(intervals: Intervals[int], low: Bound, high: Bound) -> Iterator[int]:
    for queries in intervals.meeting(low, high):
        yield from queries


@given(spans=st.lists(SPANS, max_size=40), asked=st.lists(SPANS, max_size=5), data=st.data())
def test_what_meets_is_found_also_after_removals(
    spans: list[tuple[Bound, Bound]], asked: list[tuple[Bound, Bound]], data: st.DataObject
) -> None:
    intervals: Intervals[int] = Intervals()
    for number, (low, high) in enumerate(spans):
        intervals.add(low, high, number)
    removed = data.draw(st.sets(st.sampled_from(range(len(spans))))) if spans else set()
    for number in removed:
        intervals.remove(*spans[number], number)

    kept = [(number, span) for number, span in enumerate(spans) if number not in removed]
    assert bool(intervals) == bool(kept)
    for low, high in asked:
        expected = [number for number, span in kept if span[0] <= high and span[1] >= low]
        assert sorted(meeting(intervals, low, high)) == expected


@pytest.mark.parametrize(
    ("low", "high", "inside"),
    [
        (at(1), at(3), [1, 2, 3]),
        (after(1), before(3), [2]),
        (after(1), at(3), [2, 3]),
        (LEAST, before(2), [0, 1]),
        (after(2), GREATEST, [3, 4]),
        (LEAST, GREATEST, [0, 1, 2, 3, 4]),
    ],
)
def test_bounds_are_open_or_closed(low: Bound, high: Bound, inside: list[int]) -> None:
    intervals: Intervals[str] = Intervals()
    intervals.add(low, high, "asked")
    assert [point for point in range(5) if [*intervals.meeting(at(point), at(point))]] == inside


def test_removing_what_is_not_there_is_an_error() -> None:
    intervals: Intervals[str] = Intervals()
    intervals.add(at(1), at(2), "there")
    for low, high, query in [(at(1), at(2), "other"), (at(1), at(3), "there")]:
        with pytest.raises(KeyError):
            intervals.remove(low, high, query)


class CountingBound(tuple[int, int, int]):
    """A bound that tells how often it was compared."""

    __slots__ = ()
    compared = 0

    def __le__(self, other: object) -> bool:
        CountingBound.compared += 1
        return tuple(self) <= other  # type: ignore[operator]

    def __lt__(self, other: object) -> bool:
        CountingBound.compared += 1
        return tuple(self) < other  # type: ignore[operator]

    def __gt__(self, other: object) -> bool:
        CountingBound.compared += 1
        return tuple(self) > other  # type: ignore[operator]

    def __ge__(self, other: object) -> bool:
        CountingBound.compared += 1
        return tuple(self) >= other  # type: ignore[operator]


@pytest.mark.parametrize("order", [1, -1, 37])
def test_thousands_of_intervals_that_do_not_meet_are_not_looked_at(order: int) -> None:
    """Whatever the order in which they came; a walk over all would compare 4,000 times."""
    intervals: Intervals[int] = Intervals()
    for step in range(4_000):
        number = step * order % 4_000
        low, high = CountingBound(at(2 * number)), CountingBound(at(2 * number + 1))
        intervals.add(low, high, number)
    CountingBound.compared = 0

    assert [*meeting(intervals, at(3_000), at(3_000))] == [1_500]
    assert [*meeting(intervals, at(-1), at(-1))] == []
    assert CountingBound.compared < 300


def test_intervals_that_were_removed_are_not_looked_for() -> None:
    intervals: Intervals[int] = Intervals()
    ends = [CountingBound(at(number)) for number in range(1_000)]
    for number, end in enumerate(ends):
        intervals.add(end, end, number)
        intervals.add(end, CountingBound(at(10_000)), number)
    for number, end in enumerate(ends):
        intervals.remove(end, at(10_000), number)
    CountingBound.compared = 0

    assert [*meeting(intervals, at(5_000), at(5_000))] == []
    assert CountingBound.compared < 10
