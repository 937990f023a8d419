"""Which app's files a command is for: as much of the server's options as says that."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions
from parsepy.options.sources import gather

Command = TypeVar("Command", bound=Callable[..., Any])

_EMBEDDED: Final = Path("parse-data") / "parse.sqlite"
"""What `parsepy serve` uses when it is not told otherwise."""


def app_options(command: Command) -> Command:
    """Adds CONFIG and the flags that say where an app's data is."""
    for name, parameter, meaning in reversed(
        (
            (
                "--database-uri",
                "databaseURI",
                f"As given to the server; else sqlite:///{_EMBEDDED}.",
            ),
            ("--collection-prefix", "collectionPrefix", "As given to the server."),
            ("--files-adapter", "filesAdapter", "As given to the server."),
        )
    ):
        command = click.option(name, parameter, metavar="TEXT", help=meaning)(command)
    return click.argument("config", required=False, type=click.Path(path_type=Path))(command)


def read(config: Path | None, **flags: str | None) -> ServerOptions:
    """Flags over CONFIG over PARSE_SERVER_* variables. Raises `OptionsError`."""
    given = {name: value for name, value in flags.items() if value is not None}
    values: dict[str, object] = {**gather(given, config, os.environ).values}
    values.setdefault("databaseURI", f"sqlite:///{_EMBEDDED}")
    # Nobody is asked for these: no request is served.
    known = {"appId": "files", "masterKey": "never asked"}
    return load_options({**values, **{k: v for k, v in known.items() if not values.get(k)}}).options
