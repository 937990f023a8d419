"""Options from flags, a config file and the environment, and which of them wins."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

from parsepy.options.catalogue import BY_ENVIRONMENT, ENTRIES, OPTIONS, Entry
from parsepy.options.errors import OptionsError
from parsepy.options.notices import Notice
from parsepy.options.parsers import decode_json, parse_value
from parsepy.types import JSONObject, JSONValue

_VARIABLE_PREFIXES: Final = (
    "PARSE_SERVER_",
    "PARSE_PUBLIC_SERVER_",
    "PARSE_LIVE_QUERY_SERVER_",
)


class Gathered(msgspec.Struct, frozen=True):
    """Typed values by option name, defaults not yet filled in, and warnings about the sources."""

    values: JSONObject
    warnings: tuple[Notice, ...]


def gather(
    flags: Mapping[str, JSONValue], file: Path | None, environment: Mapping[str, str]
) -> Gathered:
    """Flags over file over environment, by whole top-level option.

    Raises `OptionsError` for a value that cannot be read and for an unreadable file.
    """
    from_file = {} if file is None else read_config_file(file)
    from_environment = read_environment(environment)
    values = {**from_environment.values, **from_file, **parse_values(flags)}
    return Gathered(values, from_environment.warnings)


def parse_values(values: Mapping[str, JSONValue]) -> JSONObject:
    """Each known option as its kind says; unknown ones stay, so that they can be named."""
    return {
        name: parse_value(OPTIONS[name].kind, name, value)
        if name in OPTIONS and value is not None
        else value
        for name, value in values.items()
    }


def read_config_file(file: Path) -> JSONObject:
    """A parse-server config.json: the options themselves, or `{"apps": [options]}`."""
    try:
        document = decode_json(file.read_bytes())
    except OSError as error:
        raise OptionsError(f"Cannot read {file}: {error.strerror}.") from None
    except ValueError as error:
        raise OptionsError(f"{file} is not valid JSON: {error}.") from None
    if not isinstance(document, dict):
        raise OptionsError(f"{file} must hold one JSON object.")
    return parse_values(_single_app(document, file))


def _single_app(document: JSONObject, file: Path) -> JSONObject:
    apps = document.get("apps")
    if not apps:
        return document
    if not isinstance(apps, list) or not isinstance(apps[0], dict):
        raise OptionsError(f'"apps" in {file} must be an array of objects.')
    if len(apps) > 1:
        raise OptionsError("Multiple apps are not supported")
    return apps[0]


def read_environment(environment: Mapping[str, str]) -> Gathered:
    """The variables of the table; members of a group go over the JSON of their parent.

    parse-server itself reads top-level variables only. Empty variables count as unset.
    """
    values: JSONObject = {}
    for entry in ENTRIES:
        text = environment.get(entry.environment)
        if text and not entry.listed:
            _place(values, entry, parse_value(entry.option.kind, entry.dotted, text))
    return Gathered(values, _variables_without_effect(environment))


def _place(values: JSONObject, entry: Entry, value: JSONValue) -> None:
    holder = values
    for key in entry.path[:-1]:
        inner = holder.setdefault(key, {})
        if not isinstance(inner, dict):
            return  # the type check names the parent
        holder = inner
    holder[entry.path[-1]] = value


def _variables_without_effect(environment: Mapping[str, str]) -> tuple[Notice, ...]:
    found: list[Notice] = []
    for name in sorted(environment):
        entry = BY_ENVIRONMENT.get(name)
        if not environment[name]:
            continue
        if entry is None and name.startswith(_VARIABLE_PREFIXES):
            found.append(
                Notice(f"Variable {name} names no option.", "docs/options.md lists all variables.")
            )
        elif entry is not None and entry.listed:
            found.append(
                Notice(
                    f"Variable {name} is not read.",
                    f"Give the list {entry.path[0]} as JSON in its own variable.",
                )
            )
    return tuple(found)
