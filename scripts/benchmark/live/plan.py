"""How much is measured: all counts and times are bounded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """`rounds` windows of `seconds` each with one event at a time, and as many with `in_flight`.

    A window ends after `seconds` or `max_events`, when everybody has heard of the last one.
    `idle_seconds` lie between the last subscription and the reading of memory.
    """

    rounds: int = 2
    seconds: float = 1.2
    warm_up_seconds: float = 1.0
    idle_seconds: float = 1.0
    in_flight: int = 8
    max_events: int = 100_000


FULL = Plan()
QUICK = Plan(rounds=1, seconds=0.5, warm_up_seconds=0.3, idle_seconds=0.3)
