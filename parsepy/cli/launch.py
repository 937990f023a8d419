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
from parsepy.types import JSONValue

_DATA_FOLDER: Final = Path("parse-data")
_LOGS_FOLDER: Final = "./logs"
_LOOPBACK: Final = "127.0.0.1"
_APP_NAME: Final = "My app"
WILDCARDS: Final = frozenset({"", "0.0.0.0", "::", "::0"})  # noqa: S104


class OwnAddress:
    """Option `publicServerURL` of a server that was told none: this machine's.

    As a function it is for links in mails alone; clients are told the address that they used, which
    from a phone or an emulator is another one.
    """

    def __init__(self, url: str = "") -> None:
        self._url = url

    async def __call__(self) -> str:
        return self._url


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
    values: dict[str, object] = dict(gathered.values)
    folder = _place_store(values, data_folder)
    # An explicit null stays one.
    values.setdefault("logsFolder", _LOGS_FOLDER)
    kept_keys = None
    warnings = list(gathered.warnings)
    if not values.get("appId") and not values.get("masterKey"):
        _make_mail_work(values)
        load_options({**values, "appId": "checked first", "masterKey": "before files are made"})
        kept_keys = load_or_create_keys(folder)
        warnings += _quick_start(values, kept_keys)
    loaded = load_options(values)
    _make_store_folder(loaded.options)
    options = with_own_address(loaded.options)
    return Launch(options, (*warnings, *loaded.warnings), kept_keys)


def with_own_address(options: ServerOptions) -> ServerOptions:
    """With the address that follows from host and port, where none was given."""
    if not isinstance(options.public_server_url, OwnAddress):
        return options
    return msgspec.structs.replace(options, public_server_url=OwnAddress(local_url(options)))


def local_url(options: ServerOptions) -> str:
    """Where the API answers on this machine."""
    host = _LOOPBACK if options.host in WILDCARDS else options.host
    bracketed = f"[{host}]" if ":" in host else host
    return f"http://{bracketed}:{options.port}{options.mount_path}"


def _place_store(values: dict[str, object], data_folder: Path | None) -> Path:
    uri = values.get("databaseURI")
    if isinstance(uri, str) and uri:
        file = sqlite_file(uri)
        return data_folder or (file.parent if file is not None else _DATA_FOLDER)
    folder = data_folder or _DATA_FOLDER
    values["databaseURI"] = f"sqlite:///{folder / 'parse.sqlite'}"
    return folder


def _quick_start(values: dict[str, object], kept: KeptKeys) -> list[Notice]:
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


def _make_mail_work(values: dict[str, object]) -> None:
    """Verification and password reset as an app has them, with the mails on the terminal."""
    if values.get("emailAdapter") is None:
        values["emailAdapter"] = "console"
    if values.get("appName") is None:
        values["appName"] = _APP_NAME
    if not values.get("publicServerURL"):
        values["publicServerURL"] = OwnAddress()


def _make_store_folder(options: ServerOptions) -> None:
    file = sqlite_file(options.database_uri)
    if file is None:
        return
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise CannotStart(f"Cannot make {file.parent}: {error.strerror}.") from None
