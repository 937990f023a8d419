"""A bar on a terminal, nothing anywhere else."""

import sys
from types import TracebackType
from typing import Any, Self

import click


class Bar:
    """One bar at a time on standard error: standard output is for results."""

    def __init__(self) -> None:
        self._shown = sys.stderr.isatty()
        self._bar: Any = None

    def begin(self, title: str, total: int) -> None:
        self._end()
        if self._shown and total:
            self._bar = click.progressbar(
                length=total, label=f"{title:<24.24}", file=sys.stderr, show_pos=True
            )
            self._bar.render_progress()

    def advance(self, number: int) -> None:
        if self._bar is not None:
            self._bar.update(number)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None
