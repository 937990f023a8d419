"""How a command ends when it cannot do its work: one line and an exit code."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any

import click

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.options.errors import OptionsError


class CannotStart(click.ClickException):
    """Something outside is in the way, such as a taken port or a read-only folder."""

    exit_code = 1

    def show(self, file: IO[Any] | None = None) -> None:
        click.echo(f"parsepy: {self.message}", file=file or sys.stderr)


class BadOptions(CannotStart):
    """What the server was told to do is wrong."""

    exit_code = 2


class CannotRun(CannotStart):
    """A command could not do its work; 1 says that it did it and has something to tell."""

    exit_code = 2


def cannot_run(error: ParseError, then: str) -> CannotRun:
    """What a store's failure means to a person; `then` is what to do when it answers again."""
    if error.message == errors.database_error().message:
        return CannotRun(f"A database has stopped answering, or refuses this user. {then}")
    return CannotRun(error.message)


INTERRUPTED = 130
"""The exit code of a command that Ctrl-C has ended, as shells have it."""


@contextmanager
def ending(
    what: str, *, interrupted: str | None, then: str = "Run this again when it does."
) -> Iterator[None]:
    """Turns what ends a command into one line and an exit code.

    `what` is where the work is done, which may not be reached, and `then` what to do when it is;
    `interrupted` is what to do after Ctrl-C, where it left anything.
    """
    try:
        yield
    except OptionsError as error:
        raise BadOptions(str(error)) from None
    except ParseError as error:
        raise cannot_run(error, then) from None
    except OSError as error:
        raise CannotRun(f"{what} cannot be reached: {error.strerror or error}.") from None
    except KeyboardInterrupt:
        if interrupted is not None:
            click.echo(f"Interrupted. {interrupted}", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
