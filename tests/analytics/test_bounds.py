"""What is told apart, and what becomes `(other)`."""

from parsepy.analytics.bounds import OTHER, Bounds, Day
from parsepy.analytics.event import MAX_DIMENSIONS, Key

D = "2026-11-30"


def test_values_beyond_the_bound_are_counted_together() -> None:
    day = Day(Bounds(values=2))

    admitted = [day.admit(Key(D, "e", "city", f"c{n}")) for n in range(4)]

    assert admitted == [
        Key(D, "e", "city", "c0"),
        Key(D, "e", "city", "c1"),
        Key(D, "e", "city", OTHER),
        Key(D, "e", "city", OTHER),
    ]
    assert day.admit(Key(D, "e", "city", "c1")) == Key(D, "e", "city", "c1")


def test_events_beyond_the_bound_are_counted_together_without_dimensions() -> None:
    day = Day(Bounds(events=1))

    assert day.admit(Key(D, "one")) == Key(D, "one")
    assert day.admit(Key(D, "two")) == Key(D, OTHER)
    assert day.admit(Key(D, "two", "city", "Rome")) is None
    assert day.admit(Key(D, "one", "city", "Rome")) == Key(D, "one", "city", "Rome")


def test_dimensions_beyond_the_bound_are_left_out() -> None:
    day = Day(Bounds())

    admitted = [day.admit(Key(D, "e", f"d{n}", "v")) for n in range(MAX_DIMENSIONS + 1)]

    assert admitted[-1] is None
    assert None not in admitted[:-1]


def test_there_are_no_more_counts_than_the_bound_and_a_sum_for_each_dimension() -> None:
    day = Day(Bounds(counts=10, values=100))
    day.admit(Key(D, "e"))

    admitted = {day.admit(Key(D, "e", "city", f"c{n}")) for n in range(100)}
    late = day.admit(Key(D, "e", "late", "v"))

    assert len(admitted) == 10
    assert Key(D, "e", "city", OTHER) in admitted
    assert late is None
    assert day.admit(Key(D, "new")) == Key(D, OTHER)


def test_what_the_store_holds_already_counts() -> None:
    known = [Key(D, "e"), Key(D, "e", "city", "a"), Key(D, "e", "city", OTHER), Key(D, OTHER)]
    day = Day(Bounds(values=2, events=1), known)

    assert day.admit(Key(D, "e", "city", "b")) == Key(D, "e", "city", "b")
    assert day.admit(Key(D, "e", "city", "c")) == Key(D, "e", "city", OTHER)
    assert day.admit(Key(D, "f")) == Key(D, OTHER)
