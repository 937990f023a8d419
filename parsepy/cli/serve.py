"""`parsepy serve`."""

import errno
import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import click

from parsepy.cli.failure import BadOptions, CannotStart
from parsepy.cli.flags import option_flags
from parsepy.cli.launch import Launch, prepare
from parsepy.options.database_uri import SQLITE_MEMORY
from parsepy.options.errors import OptionsError
from parsepy.options.model import ServerOptions


@click.command()
@click.argument("config", required=False, type=click.Path(path_type=Path))
@click.option(
    "--data-dir",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Where the SQLite file and generated keys are kept; default: parse-data.",
)
@option_flags
@click.pass_context
def serve(
    context: click.Context, /, config: Path | None, data_dir: Path | None, **flags: str | None
) -> None:
    """Starts the server.

    CONFIG is a parse-server config.json. Flags go over it, it goes over the PARSE_SERVER_*
    variables. Without any keys, random ones are made and kept.
    """
    given = {name: value for name, value in flags.items() if value is not None}
    try:
        launch = prepare(given, config, os.environ, data_dir)
        _check_cluster(launch.options)
        served = _serve(launch, context.obj)
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


def _serve(launch: Launch, started: float) -> bool:
    from parsepy.cli.banner import banner
    from parsepy.cli.listen import bind, cannot_listen, with_bound_port

    with bind(launch.options.host, launch.options.port) as listener:
        options = with_bound_port(launch.options, listener)

        def announce() -> None:
            click.echo(banner(launch, options, time.perf_counter() - started))

        try:
            return _run(options, listener, announce)
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            raise cannot_listen(options.host, options.port, error) from None


def _run(options: ServerOptions, listener: socket.socket, announce: Callable[[], None]) -> bool:
    # Imported before workers are forked, which then share the memory of the modules.
    from parsepy.app import create_app
    from parsepy.cli.server import run_server
    from parsepy.telemetry import logs

    logs.configure(options.log_level)

    if options.cluster == 1:
        return run_server(create_app(options), listener, announce)

    from parsepy.cli.workers import Supervisor

    def run_worker(ready: Callable[[], None], lifeline: int) -> bool:
        try:
            app = create_app(options)
        except OptionsError as error:
            click.echo(f"parsepy: {error}", err=True)
            return False
        return run_server(app, listener, ready, lifeline)

    return Supervisor(options.cluster, run_worker, announce).run()
