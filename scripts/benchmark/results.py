"""Everything one run measured, reduced to medians."""

from dataclasses import asdict, dataclass, field
from statistics import median
from typing import NamedTuple

from parsepy.types import JSONObject
from scripts.benchmark.measuring import Start, Window
from scripts.benchmark.usage import Memory


@dataclass(frozen=True, slots=True)
class Results:
    """`starts` and `after_load` by server; `windows` by scenario's title, then server.

    `alone` names, for a scenario beside other requests, the one that is the same without them.
    """

    machine: str
    servers: dict[str, str]
    starts: dict[str, list[Start]]
    windows: dict[str, dict[str, list[Window]]]
    after_load: dict[str, Memory]
    alone: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> JSONObject:
        document: JSONObject = asdict(self)
        return document


class Summary(NamedTuple):
    """Medians over the rounds of one scenario on one server."""

    per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu: float
    mongod_cpu: float | None
    beside_per_second: float | None


def summarise(windows: list[Window]) -> Summary:
    mongod = [window.mongod_cpu for window in windows if window.mongod_cpu is not None]
    beside = [each.beside_per_second for each in windows if each.beside_per_second is not None]
    return Summary(
        per_second=median(window.per_second for window in windows),
        p50_ms=median(window.p50_ms for window in windows),
        p99_ms=median(window.p99_ms for window in windows),
        server_cpu=median(window.server_cpu for window in windows),
        mongod_cpu=median(mongod) if mongod else None,
        beside_per_second=median(beside) if beside else None,
    )
