"""What `parsepy serve` is going to run: options from all sources, with the quick start's own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from parsepy.cli.failure import CannotStart
from parsepy.cli.keys import KeptKeys, load_or_create_keys
from parsepy.options.database_uri import sqlite_file
from parsepy.options.load import load_options
from parsepy.options.model import ServerOptions
from parsepy.options.notices import Notice
from parsepy.options.sources import gather
from parsepy.types import JSONObject, JSONValue

_DATA_FOLDER: Final = Path("parse-data")
_LOOPBACK: Final = "127.0.0.1"


class Launch(msgspec.Struct, frozen=True):
    """Options and warnings; `kept_keys` are those of a start without keys of its own."""

    options: ServerOptions
    warnings: tuple[Notice, ...]
    kept_keys: KeptKeys | None


def prepare(
    flags: Mapping[str, JSONValue],
    file: Path | None,
    environment: Mapping[str, str],
    data_folder: Path | None,
) -> Launch:
    """Gathers the options, makes what a first start needs, and validates.

    Raises `OptionsError` for options, `CannotStart` where files cannot be made.
    """
    gathered = gather(flags, file, environment)
    values = dict(gathered.values)
    folder = _place_store(values, data_folder)
    kept_keys = None
    warnings = list(gathered.warnings)
    if not values.get("appId") and not values.get("masterKey"):
        load_options({**values, "appId": "checked first", "masterKey": "before files are made"})
        kept_keys = load_or_create_keys(folder)
        warnings += _quick_start(values, kept_keys)
    loaded = load_options(values)
    _make_store_folder(loaded.options)
    return Launch(loaded.options, (*warnings, *loaded.warnings), kept_keys)


def _place_store(values: JSONObject, data_folder: Path | None) -> Path:
    uri = values.get("databaseURI")
    if isinstance(uri, str) and uri:
        file = sqlite_file(uri)
        return data_folder or (file.parent if file is not None else _DATA_FOLDER)
    folder = data_folder or _DATA_FOLDER
    values["databaseURI"] = f"sqlite:///{folder / 'parse.sqlite'}"
    return folder


def _quick_start(values: JSONObject, kept: KeptKeys) -> list[Notice]:
    values["appId"] = kept.keys.app_id
    values["masterKey"] = kept.keys.master_key
    if values.get("host") is None:
        # Whoever has not chosen keys has not chosen to be reachable from outside either.
        values["host"] = _LOOPBACK
    found: list[Notice] = []
    if values.get("allowClientClassCreation") is None:
        values["allowClientClassCreation"] = True
        found.append(
            Notice(
                "Clients may create classes, so that a first request just works.",
                "Before others use this server: --allow-client-class-creation false.",
            )
        )
    if kept.readable_by_others:
        found.append(Notice(f"Other users can read {kept.file}.", f"Run: chmod 600 {kept.file}"))
    return found


def _make_store_folder(options: ServerOptions) -> None:
    file = sqlite_file(options.database_uri)
    if file is None:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"Cannot make {file.parent}: {error.strerror}.") from None
