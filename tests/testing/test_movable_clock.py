"""The clock of an app under test."""

from datetime import UTC, datetime, timedelta
from time import time_ns

from parsepy.testing import MovableClock

MOMENT = datetime(2030, 1, 1, 12, tzinfo=UTC)


def ahead(clock: MovableClock) -> float:
    """Seconds, and a bit that passes while it is asked."""
    return clock.now_ms() / 1000 - time_ns() / 1_000_000_000


def test_it_goes_with_the_machine_until_it_is_moved() -> None:
    clock = MovableClock()

    assert abs(ahead(clock)) < 1
    clock.move(days=2, hours=1, minutes=-30)
    assert abs(ahead(clock) - (2 * 86400 + 1800)) < 1
    clock.move(timedelta(days=-2))
    assert abs(ahead(clock) - 1800) < 1


def test_it_stands_where_it_is_set() -> None:
    clock = MovableClock()
    clock.set(MOMENT)

    assert clock.now() == MOMENT
    assert (clock.now_ms(), clock.monotonic()) == (1893499200000, 1893499200.0)
    clock.move(seconds=1.5)
    assert clock.now() == datetime(2030, 1, 1, 12, 0, 1, 500_000, tzinfo=UTC)


def test_a_moment_without_a_zone_is_utc() -> None:
    clock = MovableClock()
    clock.set(datetime(2030, 1, 1, 12))  # noqa: DTZ001

    assert clock.now() == MOMENT


def test_it_goes_on_from_where_it_stands() -> None:
    clock = MovableClock()
    clock.set(MOMENT)
    clock.run()

    assert timedelta() <= clock.now() - MOMENT < timedelta(seconds=1)
    clock.move(days=1)
    assert clock.now() - MOMENT >= timedelta(days=1)


def test_it_can_be_the_machine_s_again() -> None:
    clock = MovableClock()
    clock.move(days=1)
    clock.set(MOMENT)
    clock.reset()

    assert abs(ahead(clock)) < 1
