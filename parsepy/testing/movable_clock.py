"""A clock that a test sets and moves: for sessions that expire, tokens, lockout, rate limits."""

from datetime import UTC, datetime, timedelta
from time import time_ns


class MovableClock:
    """The machine's time until it is told otherwise. What an app under test calls time is this.

    parse_clock.move(days=8)                          goes on ticking from there
    parse_clock.set(datetime(2030, 1, 1, tzinfo=UTC))  stands there; `move` takes it further
    """

    def __init__(self) -> None:
        self._ahead_ms = 0
        self._stands_at_ms: int | None = None

    def now(self) -> datetime:
        """In UTC, with milliseconds, as dates are stored."""
        return datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=self.now_ms())

    def now_ms(self) -> int:
        """Milliseconds since 1970, UTC."""
        if self._stands_at_ms is not None:
            return self._stands_at_ms
        return time_ns() // 1_000_000 + self._ahead_ms

    def monotonic(self) -> float:
        return self.now_ms() / 1000

    def set(self, moment: datetime) -> None:
        """Stops the clock at `moment`; one without a zone is UTC."""
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        self._stands_at_ms = (moment - datetime.fromtimestamp(0, UTC)) // timedelta(milliseconds=1)

    def move(
        self,
        by: timedelta = timedelta(),
        *,
        days: float = 0,
        hours: float = 0,
        minutes: float = 0,
        seconds: float = 0,
    ) -> None:
        """Forward, or with a negative sum back. A clock that stands goes on standing."""
        more = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
        milliseconds = (by + more) // timedelta(milliseconds=1)
        if self._stands_at_ms is None:
            self._ahead_ms += milliseconds
        else:
            self._stands_at_ms += milliseconds

    def run(self) -> None:
        """Lets a clock that stands tick on from there."""
        if self._stands_at_ms is not None:
            self._ahead_ms = self._stands_at_ms - time_ns() // 1_000_000
            self._stands_at_ms = None

    def reset(self) -> None:
        """The machine's time again."""
        self._ahead_ms, self._stands_at_ms = 0, None
