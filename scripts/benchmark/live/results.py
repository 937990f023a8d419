"""What one run measured, reduced to medians."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median

from parsepy.types import JSONObject


@dataclass(frozen=True, slots=True)
class Window:
    """One load. `cpu` is the server's, in seconds; the latencies are of its deliveries."""

    events: int
    deliveries: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu: float


@dataclass(frozen=True, slots=True)
class Measured:
    """One server in one scenario: windows with one event at a time, and with several.

    `subscriber_bytes`: by how much an idle subscriber makes the server larger.
    """

    calm: list[Window]
    busy: list[Window]
    subscriber_bytes: float

    @property
    def per_second(self) -> float:
        return _median(self.busy, lambda window: window.deliveries / window.seconds)

    @property
    def cpu_per_delivery(self) -> float:
        """Seconds."""
        return _median(self.busy, lambda window: window.cpu / window.deliveries)

    @property
    def cpu_per_event(self) -> float:
        """Seconds; the write is in it, and all its deliveries."""
        return _median(self.busy, lambda window: window.cpu / window.events)

    @property
    def p50_ms(self) -> float:
        return _median(self.calm, lambda window: window.p50_ms)

    @property
    def p99_ms(self) -> float:
        return _median(self.calm, lambda window: window.p99_ms)


@dataclass(frozen=True, slots=True)
class Results:
    """`servers` are names and titles; `measured` is by the scenario's title, then the server.
    `growth` are the titles of scenarios that differ in what cannot match."""

    machine: str
    servers: dict[str, str]
    measured: dict[str, dict[str, Measured]]
    growth: list[str]

    def as_json(self) -> JSONObject:
        document: JSONObject = asdict(self)
        return document


def _median(windows: Sequence[Window], figure: Callable[[Window], float]) -> float:
    return median(map(figure, windows))
