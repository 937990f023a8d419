"""`parsepy`: the group of commands."""

import time
from functools import cache
from importlib import import_module
from typing import Final, cast

import click

from parsepy.cli.importing import without_collections

# Taken before anything heavy is imported, so that "ready in" tells what a person waits for.
_STARTED = time.perf_counter()

_COMMANDS: Final = ("serve", "dev", "live", "doctor", "copy", "files")
"""Each is the function of that name in the module of that name, beside this one."""


class _Commands(click.Group):
    """Imports the command that is called, and no other: a server starts without the rest."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return _command(cmd_name) if cmd_name in _COMMANDS else None


@cache
def _command(name: str) -> click.Command:
    with without_collections():
        module = import_module(f"parsepy.cli.{name}")
    return cast("click.Command", getattr(module, name))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parsepy-server", prog_name="parsepy")
@click.pass_context
def cli(context: click.Context) -> None:
    """A backend for Parse apps."""
    context.obj = _STARTED


def main() -> None:
    """Entry point of the installed command."""
    cli()
