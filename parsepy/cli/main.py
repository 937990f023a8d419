"""`parsepy`: the group of commands."""

import time

import click

from parsepy.cli.copy import copy
from parsepy.cli.doctor import doctor
from parsepy.cli.files import files
from parsepy.cli.serve import dev, live, serve

# Taken before anything heavy is imported, so that "ready in" tells what a person waits for.
_STARTED = time.perf_counter()


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="parsepy-server", prog_name="parsepy")
@click.pass_context
def cli(context: click.Context) -> None:
    """A backend for Parse apps."""
    context.obj = _STARTED


cli.add_command(serve)
cli.add_command(dev)
cli.add_command(live)
cli.add_command(doctor)
cli.add_command(copy)
cli.add_command(files)


def main() -> None:
    """Entry point of the installed command."""
    cli()
