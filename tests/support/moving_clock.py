"""A clock of an app that a test moves."""

import time
from dataclasses import dataclass


@dataclass
class MovingClock:
    """So many seconds after the machine's; or after a moment at which time stands still."""

    seconds: float = 0
    standing_at: float | None = None

    def now_ms(self) -> int:
        begin = time.time() if self.standing_at is None else self.standing_at
        return round((begin + self.seconds) * 1000)

    def monotonic(self) -> float:
        begin = time.monotonic() if self.standing_at is None else self.standing_at
        return begin + self.seconds
