"""The options of an app under test: the project's own, and what no test may reach."""

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from parsepy.email.memory import MemoryAdapter
from parsepy.email.opening import BESIDE
from parsepy.options.errors import OptionsError

ORIGIN: Final = "http://parse.test"
CLIENT_ADDRESS: Final = "198.51.100.7"
"""Somebody out there: what this machine asks of itself is counted by no rate limit."""

DEFAULTS: Final[Mapping[str, object]] = {
    "appId": "app",
    "appName": "App",
    "masterKey": "master-key",
    "serverURL": f"{ORIGIN}/parse",
    "publicServerURL": f"{ORIGIN}/parse",
    "mountPath": "/parse",
}
_FORCED: Final[Mapping[str, object]] = {
    "databaseURI": "sqlite::memory:",
    "masterKeyIps": [CLIENT_ADDRESS],
    "readOnlyMasterKeyIps": [CLIENT_ADDRESS],
    "maintenanceKeyIps": [CLIENT_ADDRESS],
    "redisURL": None,
    "cloud": None,
    "logsFolder": None,
    "loggerAdapter": None,
}
_TEMPLATES: Final = frozenset(BESIDE) - {"options", "retry"}


def options_of(given: Mapping[str, object], mails: MemoryAdapter) -> dict[str, object]:
    """`given` may be the options of production: the store is in memory, mails go nowhere, and the
    code is what pytest has loaded."""
    return {
        **DEFAULTS,
        **given,
        **_FORCED,
        "emailAdapter": _captured(given.get("emailAdapter"), mails),
    }


def _captured(adapter: object, mails: MemoryAdapter) -> object:
    """The app's templates stay."""
    if not isinstance(adapter, Mapping):
        return mails
    kept = {name: value for name, value in adapter.items() if name in _TEMPLATES}
    return {"module": mails, **kept}


def read_options(text: str, folder: Path) -> dict[str, object]:
    """Of pytest's configuration: a mapping, or the path of a JSON file with one, from `folder` on.

    Raises `OptionsError`.
    """
    text = text.strip()
    if not text:
        return {}
    options = _mapping(text) if text.startswith("{") else _file(folder / text)
    if not isinstance(options, dict):
        raise OptionsError("parse_options must be an object with options.")
    return options


def _file(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise OptionsError(f"parse_options: {path} cannot be read: {error}") from error


def _mapping(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError as error:
        # What an inline table of TOML has become on its way through pytest.
        try:
            return ast.literal_eval(text)
        except (ValueError, SyntaxError):
            raise OptionsError(f"parse_options is no JSON: {error}") from error
