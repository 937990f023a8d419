"""Command line flags, made from the option table."""

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

import click

from parsepy.options.catalogue import OPTIONS
from parsepy.options.definition import Kind, Option

_Command = TypeVar("_Command", bound=Callable[..., Any])
_WORD_STARTS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SWITCHES: Final = frozenset({Kind.BOOLEAN, Kind.BOOLEAN_OR_FUNCTION, Kind.NUMBER_OR_BOOLEAN})


def flag_name(option_name: str) -> str:
    """`restAPIKey` becomes `--rest-api-key`."""
    return "--" + _WORD_STARTS.sub("-", option_name).lower()


def option_flags(command: _Command) -> _Command:
    """Adds a flag for every top-level option.

    parse-server's spelling (`--restAPIKey`) works too. Values stay text: reading them is the
    business of `parsepy.options`. What is not supported yet is accepted, but not offered in help.
    """
    for option in reversed(tuple(OPTIONS.values())):
        command = _flag(option)(command)
    return command


def _flag(option: Option) -> Callable[[_Command], _Command]:
    spellings = dict.fromkeys((flag_name(option.name), f"--{option.name}"))
    return click.option(
        *spellings,
        option.name,
        metavar=_metavar(option.kind),
        help=option.meaning,
        hidden=not option.supported,
        is_flag=False,
        # A switch may stand alone, as in parse-server: `--allow-custom-object-id`.
        flag_value="true" if option.kind in _SWITCHES else None,
    )


def _metavar(kind: Kind) -> str:
    if kind in _SWITCHES:
        return "true|false" if kind is not Kind.NUMBER_OR_BOOLEAN else "NUMBER|true"
    if kind in (Kind.ARRAY, Kind.STRING_OR_ARRAY, Kind.CODE, Kind.ANY):
        return "A,B"
    if kind is Kind.OBJECT:
        return "JSON"
    return "NUMBER" if kind is Kind.NUMBER else "TEXT"
