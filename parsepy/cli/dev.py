"""`parsepy dev`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from parsepy.cli.launch import Launch
from parsepy.cli.starting import start, with_configuration
from parsepy.options.errors import OptionsError
from parsepy.options.model import ServerOptions

if TYPE_CHECKING:
    from parsepy.app import ParseApp


@click.command()
@with_configuration
def dev(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts the server for work on cloud code.

    As `serve`, in one process. Cloud code is loaded again as soon as it is saved, without dropping
    a connection; where it does not import, the old code goes on and the reason is shown.
    """
    start(context, config, data_dir, {**flags, "cluster": None}, _for_development, _watching)


def _for_development(launch: Launch) -> Launch:
    """In one process. Raises `OptionsError` where there is no code to watch."""
    options = launch.options
    if not any(isinstance(source, str) for source in options.cloud):
        raise OptionsError(
            "parsepy dev needs cloud code to watch: name its file, --cloud cloud/main.py."
        )
    changed = msgspec.structs.replace(options, cluster=1)
    return msgspec.structs.replace(launch, options=changed)


def _watching(app: "ParseApp", _options: ServerOptions) -> "ParseApp":
    app.parts.watch_code(click.echo)
    return app
