"""What one run measured, reduced to medians."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from statistics import median

from parsepy.types import JSONObject


@dataclass(frozen=True, slots=True)
class Window:
    """One load. CPU in seconds; `peak` is the most memory that the server had in it, in bytes,
    where the system tells."""

    requests: int
    megabytes: float
    seconds: float
    server_cpu: float
    mongod_cpu: float | None
    peak: int | None


@dataclass(frozen=True, slots=True)
class Results:
    """`servers` are names and titles; `windows` are by the scenario's title, then the server."""

    machine: str
    servers: dict[str, str]
    windows: dict[str, dict[str, list[Window]]]

    def as_json(self) -> JSONObject:
        document: JSONObject = asdict(self)
        return document


def cpu_per_megabyte(windows: Sequence[Window]) -> float:
    """Milliseconds of the server's CPU."""
    return median(each.server_cpu * 1000 / each.megabytes for each in windows)


def mongod_per_megabyte(windows: Sequence[Window]) -> float | None:
    known = [each.mongod_cpu / each.megabytes for each in windows if each.mongod_cpu is not None]
    return median(known) * 1000 if known else None


def megabytes_per_second(windows: Sequence[Window]) -> float:
    return median(each.megabytes / each.seconds for each in windows)


def peak_megabytes(windows: Sequence[Window]) -> float | None:
    """Of all windows: what an operator has to have."""
    known = [each.peak for each in windows if each.peak is not None]
    return max(known) / 1_000_000 if known else None
