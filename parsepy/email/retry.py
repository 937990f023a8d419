"""When a mail that could not be sent is tried again, and how often."""

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """Delays in seconds; they double from `first_delay` up to `longest_delay`. As it stands, a
    mail is tried for about twelve hours."""

    attempts: int = 20
    first_delay: float = 10.0
    longest_delay: float = 3600.0

    def delay_after(self, attempt: int) -> float:
        """After the first attempt, `attempt` is 1. Mails that failed together come apart."""
        delay = min(self.first_delay * 2.0 ** min(attempt - 1, 60), self.longest_delay)
        return delay * random.uniform(0.5, 1.0)  # noqa: S311 (spreads load, guards nothing)
