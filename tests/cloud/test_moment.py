"""The time, as cloud code asks for it."""

from datetime import UTC, datetime

from parsepy import cloud
from parsepy.protocol import clock, dates
from parsepy.testing import MovableClock


def test_it_is_the_machines_with_milliseconds() -> None:
    before, now, after = dates.now(), cloud.now(), dates.now()

    assert before <= dates.format_datetime(now) <= after
    assert (now.tzinfo, now.microsecond % 1000) == (UTC, 0)


def test_it_is_that_of_the_running_app() -> None:
    movable = MovableClock()
    movable.set(datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC))
    with clock.using(movable):
        assert cloud.now() == datetime(1969, 12, 31, 23, 59, 59, 999_000, UTC)
