"""Functions and adapters that a fixture names among its options: `"code:file.name"`.

`tests/wire/own` has each file twice, in JavaScript for parse-server (`tests/reference/start.cjs`
loads it) and in Python for parsepy.
"""

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

OWN_CODE: Final = Path(__file__).parent / "own"
PREFIX: Final = "code:"


def with_own_code(options: Mapping[str, object]) -> dict[str, object]:
    """The options with what is named in them, at any depth."""
    return {name: _filled(value) for name, value in options.items()}


def named_in(value: object) -> set[str]:
    """The files that are named in options."""
    if isinstance(value, str):
        return {_file_and_name(value)[0]} if value.startswith(PREFIX) else set()
    if isinstance(value, Mapping):
        return set().union(*(named_in(each) for each in value.values()))
    if isinstance(value, list):
        return set().union(*(named_in(each) for each in value))
    return set()


def _filled(value: object) -> object:
    if isinstance(value, str) and value.startswith(PREFIX):
        file, name = _file_and_name(value)
        return getattr(importlib.import_module(f"tests.wire.own.{file}"), name)
    if isinstance(value, Mapping):
        return with_own_code(value)
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return value


def _file_and_name(text: str) -> tuple[str, str]:
    file, _, name = text.removeprefix(PREFIX).partition(".")
    return file, name
