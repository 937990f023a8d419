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


class FilesBar(Bar):
    """Counts bytes, and says how many files they are."""

    def __init__(self) -> None:
        super().__init__()
        self._done = self._total = (0, 0)

    def begin_files(self, title: str, total: tuple[int, int]) -> None:
        """`total` are files and bytes."""
        self._done, self._total = (0, 0), total
        self._end()
        if self._shown and total[0]:
            self._bar = click.progressbar(
                # Files may be empty.
                length=max(total[1], 1),
                label=f"{title:<24.24}",
                file=sys.stderr,
                item_show_func=lambda _: self._said(),
            )
            self._bar.render_progress()

    def advance_files(self, number: int, size: int) -> None:
        self._done = (self._done[0] + number, self._done[1] + size)
        if self._bar is not None:
            self._bar.update(size, self._done)

    def _said(self) -> str:
        from parsepy.doctor.text import readable

        (files, size), (all_files, all_size) = self._done, self._total
        sizes = f"{readable(size)} of {readable(all_size)}"
        return f"{files}/{all_files} files, {sizes}"
