"""A report for people."""

from collections.abc import Iterator
from typing import Final

from parsepy.copying.report import Report

_STATES: Final = {True: "identical", False: "DIFFERENT", None: "not compared"}


def lines(report: Report, source: str, target: str, *, verified_only: bool) -> Iterator[str]:
    """`source` and `target` are addresses fit to be shown."""
    width = max([5, *(len(part.name) for part in report.parts)])
    for part in report.parts:
        written = "" if verified_only else f"{part.written:>10} written"
        yield f"{part.name:<{width}} {part.rows:>10} objects{written}  {_STATES[part.identical]}"
    yield from report.contents
    yield from (f"! {problem}" for problem in report.problems)
    yield from (f"Note: {warning}" for warning in report.warnings)
    if not verified_only:
        yield f"{report.written} written in {report.seconds:.1f} s, {_speed(report)} objects/s"
    yield _conclusion(report, source, target)


def _speed(report: Report) -> int:
    return round(report.written / report.seconds) if report.seconds else 0


def _conclusion(report: Report, source: str, target: str) -> str:
    if report.is_complete:
        return f"{target} holds everything that {source} holds."
    if report.is_identical:
        return "All objects are identical; what is marked ! was not carried over."
    return (
        "Not identical. When nothing writes to the source any more, --resume brings the copy up"
        " to date."
    )
