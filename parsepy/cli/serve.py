"""`parsepy serve`."""

import errno
import gc
import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from enum import Enum, auto
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import click
import msgspec

from parsepy.cli.failure import BadOptions, CannotStart
from parsepy.cli.flags import option_flags
from parsepy.cli.launch import Launch, prepare
from parsepy.options.database_uri import SQLITE_MEMORY
from parsepy.options.errors import OptionsError
from parsepy.options.model import CHANGE_STREAM, LiveQuery, ServerOptions

if TYPE_CHECKING:
    from starlette.types import ASGIApp

Command = TypeVar("Command", bound=Callable[..., Any])


def _with_configuration(command: Command) -> Command:
    """The arguments and flags of a command that starts a server."""
    folder = click.option(
        "--data-dir",
        metavar="FOLDER",
        type=click.Path(path_type=Path, file_okay=False),
        help="Where the SQLite file and generated keys are kept; default: parse-data.",
    )
    config = click.argument("config", required=False, type=click.Path(path_type=Path))
    return config(folder(option_flags(cast("Command", click.pass_context(command)))))


@click.command()
@_with_configuration
def serve(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts the server.

    CONFIG is a parse-server config.json. Flags go over it, it goes over the PARSE_SERVER_*
    variables. Without any keys, random ones are made and kept.
    """
    _start(context, config, data_dir, flags, _Kind.SERVER)


@click.command()
@_with_configuration
def dev(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts the server for work on cloud code.

    As `serve`, in one process. Cloud code is loaded again as soon as it is saved, without dropping
    a connection; where it does not import, the old code goes on and the reason is shown.
    """
    _start(context, config, data_dir, {**flags, "cluster": None}, _Kind.DEVELOPMENT)


@click.command()
@_with_configuration
def live(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts a server that has LiveQuery sockets and no API.

    It hears of changes from the app's other servers through Redis, option liveQuery.redisURL, or
    from the database, option liveQuery.source. It listens on liveQueryServerOptions.port, else on
    port.
    """
    _start(context, config, data_dir, flags, _Kind.LIVE)


class _Kind(Enum):
    SERVER = auto()
    DEVELOPMENT = auto()
    LIVE = auto()


def _start(
    context: click.Context,
    config: Path | None,
    data_dir: Path | None,
    flags: Mapping[str, str | None],
    kind: _Kind,
) -> None:
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        launch = prepare(given, config, os.environ, data_dir)
        if kind is _Kind.DEVELOPMENT:
            launch = _for_development(launch)
        if kind is _Kind.LIVE:
            launch = _for_sockets(launch)
        _check_cluster(launch.options)
        served = _serve(launch, context.obj, kind)
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
    if options.live_query.class_names and not _hears_of_others(options.live_query):
        raise OptionsError(
            "Option cluster with liveQuery needs a Redis, through which the processes tell each"
            " other of changes: set liveQuery.redisURL, or on MongoDB liveQuery.source to"
            " changeStream."
        )


def _hears_of_others(settings: LiveQuery) -> bool:
    return settings.redis_url is not None or settings.source == CHANGE_STREAM


def _for_development(launch: Launch) -> Launch:
    """In one process. Raises `OptionsError` where there is no code to watch."""
    options = launch.options
    if not any(isinstance(source, str) for source in options.cloud):
        raise OptionsError(
            "parsepy dev needs cloud code to watch: name its file, --cloud cloud/main.py."
        )
    changed = msgspec.structs.replace(options, cluster=1)
    return msgspec.structs.replace(launch, options=changed)


def _for_sockets(launch: Launch) -> Launch:
    """On the port of LiveQuery. Raises `OptionsError` where it would never hear of a change."""
    options = launch.options
    settings = options.live_query
    if not _hears_of_others(settings):
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


def _serve(launch: Launch, started: float, kind: _Kind) -> bool:
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
            return _run(options, listeners, announce, kind)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise cannot_listen(options.host, options.port, error) from None


@contextmanager
def _without_collections() -> Iterator[None]:
    """For imports: what they make stays, so looking through it for garbage, again and again, is a
    tenth of a start for nothing. It is not looked at later either."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


def _has_own_live_port(options: ServerOptions) -> bool:
    """Apps may know LiveQuery by another port than the API's: then the server listens on both."""
    live_query = options.live_query
    return live_query.serves and live_query.port not in (None, options.port)


def _run(
    options: ServerOptions,
    listeners: Sequence[socket.socket],
    announce: Callable[[], None],
    kind: _Kind,
) -> bool:
    # Imported before workers are forked, which then share the memory of the modules.
    with _without_collections():
        from parsepy.app import create_app
        from parsepy.cli.live_only import LiveOnly
        from parsepy.cli.server import run_server
        from parsepy.telemetry import logs

    logs.configure(options.log_level, json=options.json_logs, silent=options.silent)

    def made() -> "ASGIApp":
        app = create_app(options)
        if kind is _Kind.DEVELOPMENT:
            app.parts.watch_code(click.echo)
        return LiveOnly(app, options.mount_path) if kind is _Kind.LIVE else app

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
