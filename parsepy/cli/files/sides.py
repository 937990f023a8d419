"""The two apps, or databases, between which files are copied."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from parsepy.files.copy.opening import is_with_database
from parsepy.options.database_uri import SQLITE_MEMORY, check_address
from parsepy.options.errors import OptionsError
from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions
from parsepy.options.sources import gather

SOURCE_KEY: Final = "PARSEPY_SOURCE_FILE_KEY"
TARGET_KEY: Final = "PARSEPY_TARGET_FILE_KEY"
_SERVERS_KEY: Final = "PARSE_SERVER_FILE_KEY"


def read_sides(source: str, target: str) -> tuple[ServerOptions, ServerOptions]:
    """Each is a config.json or the address of a database. `PARSE_SERVER_*` count for neither: they
    are one server's, and there are two. Raises `OptionsError`."""
    sides = _read(source, SOURCE_KEY), _read(target, TARGET_KEY)
    _check_no_key_is_missed(sides)
    return sides


def options_of(uri: str, key: str | None = None) -> ServerOptions:
    """A database whose files are with it. Raises `OptionsError`."""
    check_address(uri)
    return _loaded({"databaseURI": uri, "fileKey": key})


def _read(side: str, variable: str) -> ServerOptions:
    key = os.environ.get(variable)
    if "://" in side or side.startswith("sqlite:"):
        return options_of(side, key)
    values: dict[str, object] = {**gather({}, Path(side), {}).values}
    if key is not None:
        values["fileKey"] = key
    options = _loaded({"databaseURI": SQLITE_MEMORY, **values})
    if not is_with_database(options):
        if key:
            raise OptionsError(
                f"{variable} is for files that are with the database: those of {side} are not."
            )
    elif not values.get("databaseURI"):
        raise OptionsError(f"{side} names no databaseURI, and its files are with the database.")
    return options


def _loaded(values: dict[str, object]) -> ServerOptions:
    # Nobody is asked for these: no request is served.
    asked_for = {"appId": "files", "masterKey": "never asked"}
    return load_options(
        {**values, **{k: v for k, v in asked_for.items() if not values.get(k)}}
    ).options


def _check_no_key_is_missed(sides: Sequence[ServerOptions]) -> None:
    """A key that a server has here is one that a person thinks of as given.

    Where neither side has one, encrypted files are copied as they are, which does no harm.
    """
    if not os.environ.get(_SERVERS_KEY):
        return
    unsaid = [
        variable
        for side, variable in zip(sides, (SOURCE_KEY, TARGET_KEY), strict=True)
        if is_with_database(side) and not side.file_key and variable not in os.environ
    ]
    if len(unsaid) == 1:
        raise OptionsError(
            f"{_SERVERS_KEY} counts for neither side: say in {unsaid[0]} with which key the files"
            " of that side are encrypted. Empty, it is none."
        )
