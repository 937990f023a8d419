"""How a command ends when it cannot do its work: one line and an exit code."""

import sys
from typing import IO, Any

import click


class CannotStart(click.ClickException):
    """Something outside is in the way, such as a taken port or a read-only folder."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"parsepy: {self.message}", file=file or sys.stderr)


class BadOptions(CannotStart):
    """What the server was told to do is wrong."""

    exit_code = 2
