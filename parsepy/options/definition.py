"""The vocabulary of the option table: kinds, options, groups and sections."""

from __future__ import annotations

from enum import StrEnum
from functools import partial
from typing import Final

import msgspec

from parsepy.types import MISSING, JSONValue, Missing


class Kind(StrEnum):
    """What a value may be; the text is how messages and the documentation spell it."""

    BOOLEAN = "boolean"
    NUMBER = "number"
    STRING = "string"
    ARRAY = "array"
    OBJECT = "object"
    FUNCTION = "function"
    ADAPTER = "module name or an object"
    BOOLEAN_OR_FUNCTION = "boolean or a function"
    STRING_OR_FUNCTION = "string or a function"
    STRING_OR_PATTERN = "string or a compiled pattern"
    CODE = "string, a function or an array"
    STRING_OR_ARRAY = "string or an array"
    STRING_OR_OBJECT = "string, an object or a function"
    OBJECT_OR_FUNCTION = "object or a function"
    ARRAY_OR_OBJECT = "array or an object"
    NUMBER_OR_BOOLEAN = "number or a boolean"
    NUMBER_OR_STRING = "number or a string"
    ANY = "boolean, a number, a string or an array"


class Option(msgspec.Struct, frozen=True):
    """One option. `default` is `MISSING` where parse-server leaves it unset.

    `environment` is given only where the variable does not follow from the name. `members` are
    the options inside an object, or inside each element where `repeated` is set.
    """

    kind: Kind
    name: str
    meaning: str
    default: JSONValue | Missing = MISSING
    supported: bool = False
    required: bool = False
    production: bool = False
    environment: str = ""
    members: Group | None = None
    repeated: bool = False


class Group(msgspec.Struct, frozen=True):
    """The options inside one object. `extensible`: other keys are passed on, not rejected."""

    name: str
    prefix: str
    options: tuple[Option, ...]
    extensible: bool = False


class Section(msgspec.Struct, frozen=True):
    """Top-level options that belong together; a chapter of the documentation."""

    title: str
    options: tuple[Option, ...]


switch: Final = partial(Option, Kind.BOOLEAN)
number: Final = partial(Option, Kind.NUMBER)
text: Final = partial(Option, Kind.STRING)
items: Final = partial(Option, Kind.ARRAY)
mapping: Final = partial(Option, Kind.OBJECT)
function: Final = partial(Option, Kind.FUNCTION)
adapter: Final = partial(Option, Kind.ADAPTER)
decision: Final = partial(Option, Kind.BOOLEAN_OR_FUNCTION)
