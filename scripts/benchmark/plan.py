"""How much is measured: all counts and times are bounded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """Seconds of load per server and scenario, in `rounds` windows after one warm-up.

    A window ends after `seconds` or `max_requests`, whichever comes first. `idle_seconds` lie
    between readiness and the reading of memory: what a start still does then counts too.
    `company_seconds` is how long a window is in which others ask for something: those that wait in
    line must get their turn in it. `largest_class` bounds the number of objects in a class.
    """

    rounds: int = 5
    seconds: float = 3.0
    warm_up_seconds: float = 4.0
    company_seconds: float = 8.0
    max_requests: int = 100_000
    connections: int = 8
    starts: int = 5
    idle_seconds: float = 1.0
    largest_class: int = 100_000


FULL = Plan()
QUICK = Plan(rounds=3, seconds=1.0, warm_up_seconds=1.5, starts=2)
