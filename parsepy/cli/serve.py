"""`parsepy serve`."""

from pathlib import Path

import click

from parsepy.cli.starting import start, with_configuration


@click.command()
@with_configuration
def serve(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts the server.

    CONFIG is a parse-server config.json. Flags go over it, it goes over the PARSE_SERVER_*
    variables. Without any keys, random ones are made and kept.
    """
    start(context, config, data_dir, flags)
