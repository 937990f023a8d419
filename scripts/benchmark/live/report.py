"""The results as Markdown tables, with ratios to parse-server."""

from collections.abc import Callable, Iterable

from scripts.benchmark.live.results import Measured, Results
from scripts.benchmark.report import table
from scripts.benchmark.servers import BASELINE

_MICROSECONDS = 1_000_000


def report(results: Results) -> str:
    """All tables; those without figures are left out."""
    audiences = [title for title in results.measured if title not in results.growth]
    tables = [results.machine]
    if audiences:
        tables += [
            _figures(
                results,
                audiences,
                "Delivered events per second of server CPU",
                lambda measured: 1 / measured.cpu_per_delivery,
            ),
            _figures(
                results,
                audiences,
                "Server CPU per delivered event (µs)",
                lambda measured: measured.cpu_per_delivery * _MICROSECONDS,
            ),
            _figures(
                results,
                audiences,
                "Delivered events per second",
                lambda measured: measured.per_second,
            ),
            latency_table(results, audiences),
            _figures(
                results,
                audiences,
                "Memory per idle subscriber (kB)",
                lambda measured: measured.subscriber_bytes / 1000,
            ),
        ]
    if results.growth:
        tables.append(
            _figures(
                results,
                results.growth,
                "Server CPU per event (µs)",
                lambda measured: measured.cpu_per_event * _MICROSECONDS,
            )
        )
    return "\n\n".join(tables)


def latency_table(results: Results, titles: Iterable[str]) -> str:
    rows = [
        [title, *(_latencies(results.measured[title][name]) for name in results.servers)]
        for title in titles
    ]
    header = ["", *results.servers.values()]
    return table("From the write to the subscriber, p50 / p99 (ms)", header, rows)


def _latencies(measured: Measured) -> str:
    return f"{measured.p50_ms:,.1f} / {measured.p99_ms:,.1f}"


def _figures(
    results: Results, titles: Iterable[str], title: str, figure: Callable[[Measured], float]
) -> str:
    rows: list[list[str]] = []
    for scenario in titles:
        measured = results.measured[scenario]
        baseline = figure(measured[BASELINE]) if BASELINE in measured else None
        cells = [_cell(figure(measured[name]), baseline) for name in results.servers]
        rows.append([scenario, *cells])
    return table(title, ["", *results.servers.values()], rows)


def _cell(value: float, baseline: float | None) -> str:
    shown = f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}"
    if not baseline or value == baseline:
        return shown
    return f"{shown} (×{value / baseline:.2f})"
