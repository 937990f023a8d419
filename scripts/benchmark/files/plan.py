"""How much is measured: all counts are bounded."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Plan:
    """`rounds` windows after one warm-up, each of about `megabytes`, or of `requests` where those
    are more; at least one of each connection. `connections` are busy at once."""

    rounds: int = 3
    megabytes: int = 600
    requests: int = 800
    connections: int = 4


FULL = Plan()
QUICK = Plan(rounds=1, megabytes=200, requests=200)
