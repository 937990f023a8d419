"""The levels of parse-server, in numbers of Python's `logging`."""

import logging
from typing import Final

VERBOSE: Final = 15
SILLY: Final = 5

LEVELS: Final = {
    "error": logging.ERROR,
    "warn": logging.WARNING,
    "info": logging.INFO,
    "verbose": VERBOSE,
    "debug": logging.DEBUG,
    "silly": SILLY,
}
"""The most important one first."""


def level_of(name: str) -> int | None:
    """The level of an option's name for it; `None` for `silent`."""
    return LEVELS.get(name)


def level_name(number: int) -> str:
    """The name of a record's level: that of the nearest one below."""
    for name, level in LEVELS.items():
        if number >= level:
            return name
    return "silly"
