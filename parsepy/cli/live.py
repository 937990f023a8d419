"""`parsepy live`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from parsepy.cli.launch import Launch
from parsepy.cli.live_only import LiveOnly
from parsepy.cli.starting import hears_of_others, start, with_configuration
from parsepy.options.errors import OptionsError
from parsepy.options.model import ServerOptions

if TYPE_CHECKING:
    from parsepy.app import ParseApp


@click.command()
@with_configuration
def live(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts a server that has LiveQuery sockets and no API.

    It hears of changes from the app's other servers through Redis, option liveQuery.redisURL, or
    from the database, option liveQuery.source. It listens on liveQueryServerOptions.port, else on
    port.
    """
    start(context, config, data_dir, flags, _for_sockets, _sockets_only)


def _for_sockets(launch: Launch) -> Launch:
    """On the port of LiveQuery. Raises `OptionsError` where it would never hear of a change."""
    options = launch.options
    settings = options.live_query
    if not hears_of_others(settings):
        raise OptionsError(
            "parsepy live hears of changes through Redis: set liveQuery.redisURL, here and for the"
            " servers with the API. On MongoDB it may hear of them from the database: set"
            " liveQuery.source to changeStream."
        )
    changed = msgspec.structs.replace(
        options,
        port=settings.port or options.port,
        live_query=msgspec.structs.replace(settings, serves=True, port=None),
    )
    return msgspec.structs.replace(launch, options=changed)


def _sockets_only(app: "ParseApp", options: ServerOptions) -> LiveOnly:
    return LiveOnly(app, options.mount_path)
