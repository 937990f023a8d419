"""The results as Markdown tables, with ratios to parse-server."""

from collections.abc import Callable, Sequence

from scripts.benchmark.files.results import (
    Results,
    Window,
    cpu_per_megabyte,
    megabytes_per_second,
    mongod_per_megabyte,
    peak_megabytes,
)
from scripts.benchmark.report import table
from scripts.benchmark.servers import BASELINE

_TABLES: tuple[tuple[str, Callable[[Sequence[Window]], float | None]], ...] = (
    ("Server CPU per MB (ms)", cpu_per_megabyte),
    ("Most memory of the server (MB)", peak_megabytes),
    ("MB per second", megabytes_per_second),
    ("CPU of mongod per MB (ms)", mongod_per_megabyte),
)


def report(results: Results) -> str:
    return "\n\n".join([results.machine, *(_table(results, *each) for each in _TABLES)])


def _table(results: Results, title: str, figure: Callable[[Sequence[Window]], float | None]) -> str:
    rows: list[list[str]] = []
    for scenario, by_server in results.windows.items():
        figures = {name: figure(by_server[name]) for name in results.servers}
        baseline = figures.get(BASELINE)
        rows.append([scenario, *(_cell(value, baseline) for value in figures.values())])
    return table(title, ["", *results.servers.values()], rows)


def _cell(value: float | None, baseline: float | None) -> str:
    if value is None:
        return ""
    shown = f"{value:,.1f}" if value < 100 else f"{value:,.0f}"
    return shown if not baseline or value == baseline else f"{shown} (×{value / baseline:.2f})"
