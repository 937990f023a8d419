"""What the commands that start a server have in common."""

import errno
import os
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

import click

from parsepy.cli.failure import BadOptions, CannotStart
from parsepy.cli.flags import option_flags
from parsepy.cli.importing import without_collections
from parsepy.cli.launch import Launch, prepare
from parsepy.options.database_uri import SQLITE_MEMORY
from parsepy.options.errors import OptionsError
from parsepy.options.model import CHANGE_STREAM, LiveQuery, ServerOptions

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from parsepy.app import ParseApp

Command = TypeVar("Command", bound=Callable[..., Any])
Adapt: TypeAlias = Callable[[Launch], Launch]
"""What a command makes of what was asked for. May raise `OptionsError`."""
Dress: TypeAlias = "Callable[[ParseApp, ServerOptions], ASGIApp]"
"""What a command makes of the app."""


def with_configuration(command: Command) -> Command:
    """The arguments and flags of a command that starts a server."""
    folder = click.option(
        "--data-dir",
        metavar="FOLDER",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where the SQLite file and generated keys are kept; default: parse-data.",
    )
    config = click.argument("config", required=False, type=click.Path(path_type=Path))
    return config(folder(option_flags(cast("Command", click.pass_context(command)))))


def start(
    context: click.Context,
    config: Path | None,
    data_dir: Path | None,
    flags: Mapping[str, str | None],
    adapt: Adapt = lambda launch: launch,
    dress: Dress = lambda app, _options: app,
) -> None:
    """Serves until it is told to end. Raises `BadOptions` and `CannotStart`."""
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        launch = adapt(prepare(given, config, os.environ, data_dir))
        _check_cluster(launch.options)
        served = _serve(launch, context.obj, dress)
    except OptionsError as error:
        raise BadOptions(str(error)) from None
    if not served:
        context.exit(CannotStart.exit_code)


def _check_cluster(options: ServerOptions) -> None:
    if options.cluster == 1:
        return
    if not hasattr(os, "fork"):
        raise OptionsError("Option cluster does not work on this operating system.")
    if options.database_uri == SQLITE_MEMORY:
        raise OptionsError("Option cluster needs a database that all processes share.")
    if options.live_query.class_names and not hears_of_others(options.live_query):
        raise OptionsError(
            "Option cluster with liveQuery needs a Redis, through which the processes tell each"
            " other of changes: set liveQuery.redisURL, or on MongoDB liveQuery.source to"
            " changeStream."
        )


def hears_of_others(settings: LiveQuery) -> bool:
    return settings.redis_url is not None or settings.source == CHANGE_STREAM


def _serve(launch: Launch, started: float, dress: Dress) -> bool:
    from parsepy.cli.banner import banner
    from parsepy.cli.listen import bind, cannot_listen, with_bound_port

    with ExitStack() as sockets:
        listener = sockets.enter_context(bind(launch.options.host, launch.options.port))
        options = with_bound_port(launch.options, listener)

        def announce() -> None:
            click.echo(banner(launch, options, time.perf_counter() - started))

        listeners = [listener]
        if _has_own_live_port(options):
            more = bind(options.host, options.live_query.port or 0)
            listeners.append(sockets.enter_context(more))
        try:
            return _run(options, listeners, announce, dress)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise cannot_listen(options.host, options.port, error) from None


def _has_own_live_port(options: ServerOptions) -> bool:
    """Apps may know LiveQuery by another port than the API's: then the server listens on both."""
    live_query = options.live_query
    return live_query.serves and live_query.port not in (None, options.port)


def _run(
    options: ServerOptions,
    listeners: Sequence[socket.socket],
    announce: Callable[[], None],
    dress: Dress,
) -> bool:
    # Imported before workers are forked, which then share the memory of the modules.
    with without_collections():
        from parsepy.app import create_app
        from parsepy.cli.server import run_server
        from parsepy.telemetry import logs

    logs.configure(options.log_level, json=options.json_logs, silent=options.silent)

    def made() -> "ASGIApp":
        with without_collections():
            return dress(create_app(options), options)

    if options.cluster == 1:
        return run_server(made(), listeners, announce, live_query=options.live_query)

    from parsepy.cli.workers import Supervisor

    def run_worker(ready: Callable[[], None], lifeline: int) -> bool:
        try:
            app = made()
        except OptionsError as error:
            click.echo(f"parsepy: {error}", err=True)
            return False
        return run_server(app, listeners, ready, lifeline, options.live_query)

    return Supervisor(options.cluster, run_worker, announce).run()
