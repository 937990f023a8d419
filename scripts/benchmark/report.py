"""The results as Markdown tables, with ratios to parse-server."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from scripts.benchmark.results import Results, Summary, summarise
from scripts.benchmark.servers import BASELINE
from scripts.benchmark.usage import Memory

MEGABYTE = 1_000_000


def report(results: Results) -> str:
    """All tables; those without figures are left out."""
    tables = [results.machine, start_table(results)]
    if without := _without_company(results):
        tables += [
            _scenario_table(
                without,
                "Server CPU per 1,000 requests (ms)",
                lambda summary: summary.server_cpu,
            ),
            _scenario_table(without, "Requests per second", lambda summary: summary.per_second),
            latency_table(without),
            _scenario_table(
                without,
                "CPU of mongod per 1,000 requests (ms)",
                lambda summary: summary.mongod_cpu,
            ),
        ]
    if results.alone:
        tables.append(company_table(results))
    return "\n\n".join(tables)


def start_table(results: Results) -> str:
    rows: list[list[str]] = []
    for name, title in results.servers.items():
        starts = results.starts[name]
        idle = [start.memory for start in starts]
        loaded = results.after_load.get(name)
        rows.append(
            [
                title,
                f"{median(start.seconds for start in starts):.2f}",
                _median_megabytes([each.rss for each in idle]),
                _median_megabytes([each.pss for each in idle]),
                _megabytes(loaded),
            ]
        )
    header = ["", "ready (s)", "idle RSS (MB)", "idle PSS (MB)", "RSS after load (MB)"]
    return table("Start and memory", header, rows)


def latency_table(results: Results) -> str:
    rows: list[list[str]] = []
    for scenario, by_server in results.windows.items():
        summaries = [summarise(by_server[name]) for name in results.servers]
        rows.append([scenario, *(f"{each.p50_ms:.2f} / {each.p99_ms:.2f}" for each in summaries)])
    return table("Latency p50 / p99 (ms)", ["", *results.servers.values()], rows)


def company_table(results: Results) -> str:
    """p99 with its ratio to the same requests alone, if those were measured too."""
    rows: list[list[str]] = []
    for scenario, alone in results.alone.items():
        row = [scenario]
        for name, windows in results.windows[scenario].items():
            summary = summarise(windows)
            quiet = results.windows.get(alone, {}).get(name)
            ratio = f" (×{summary.p99_ms / summarise(quiet).p99_ms:.1f})" if quiet else ""
            others = f"{summary.beside_per_second or 0:.1f}/s"
            row.append(f"{summary.p50_ms:.2f} / {summary.p99_ms:.2f}{ratio}, {others}")
        rows.append(row)
    title = "Latency p50 / p99 (ms) beside others, and how many of those were answered"
    return table(title, ["", *results.servers.values()], rows)


def table(title: str, header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table with a title; all columns but the first are aligned right."""
    widths = [max(map(len, column)) for column in zip(header, *rows, strict=True)]

    def line(cells: Sequence[str]) -> str:
        first, *others = cells
        padded = [first.ljust(widths[0])]
        padded += [cell.rjust(width) for cell, width in zip(others, widths[1:], strict=True)]
        return f"| {' | '.join(padded)} |"

    rule = "|".join(["-" * (widths[0] + 2), *("-" * (width + 1) + ":" for width in widths[1:])])
    return "\n".join([f"**{title}**", "", line(header), f"|{rule}|", *map(line, rows)])


def _without_company(results: Results) -> Results | None:
    """The scenarios whose every figure holds for their requests; `None` where there are none."""
    windows = {
        scenario: by_server
        for scenario, by_server in results.windows.items()
        if scenario not in results.alone
    }
    return replace(results, windows=windows) if windows else None


def _scenario_table(results: Results, title: str, figure: Callable[[Summary], float | None]) -> str:
    names = [
        name
        for name in results.servers
        if all(figure(summarise(each[name])) is not None for each in results.windows.values())
    ]
    rows: list[list[str]] = []
    for scenario, by_server in results.windows.items():
        figures = {name: figure(summarise(by_server[name])) for name in names}
        rows.append([scenario, *(_cell(each, figures.get(BASELINE)) for each in figures.values())])
    return table(title, ["", *(results.servers[name] for name in names)], rows)


def _cell(value: float | None, baseline: float | None) -> str:
    if value is None:
        return ""
    shown = f"{value:,.0f}"
    return shown if not baseline or value == baseline else f"{shown} (×{value / baseline:.2f})"


def _median_megabytes(values: Sequence[int | None]) -> str:
    known = [value for value in values if value is not None]
    return f"{median(known) / MEGABYTE:.0f}" if known else "unknown"


def _megabytes(memory: Memory | None) -> str:
    return "" if memory is None else f"{memory.rss / MEGABYTE:.0f}"
