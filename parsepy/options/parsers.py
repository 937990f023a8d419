"""How text becomes a value: the rules of parse-server for flags, variables and config files.

One deliberate difference: parse-server takes every unknown word of a boolean for false. Here a
word that is neither yes nor no is an error, so that `yes` or `TRUE` cannot switch a guard off.
"""

import math
import re
from collections.abc import Callable
from typing import Final

import msgspec

from parsepy.options.definition import Kind
from parsepy.options.errors import OptionsError
from parsepy.options.functions import is_name
from parsepy.types import JSONValue

_LEADING_INTEGER: Final = re.compile(r"\s*([+-]?[0-9]{1,18})")
_FALSE_WORDS: Final = frozenset({"false", "0", "no", "off", "null"})


def parse_value(kind: Kind, name: str, value: JSONValue) -> JSONValue:
    """`value` as `kind` says; raises `OptionsError` where it cannot be read."""
    parser = _PARSERS.get(kind)
    return value if parser is None else parser(name, value)


def decode_json(text: str | bytes) -> JSONValue:
    """JSON text as a value; `ValueError` says where it is broken."""
    try:
        decoded: JSONValue = msgspec.json.decode(text)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        raise ValueError("JSON is nested too deeply") from None
    return decoded


def _boolean(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, bool):
        return value
    word = str(value) if isinstance(value, str | int) else None
    if word in ("true", "1"):
        return True
    if word is not None and word.lower() in _FALSE_WORDS:
        return False
    raise OptionsError(f"Option {name} must be a boolean.")


def _boolean_or_function(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, str) and is_name(value):
        return value
    try:
        return _boolean(name, value)
    except OptionsError:
        raise OptionsError(
            f"Option {name} must be a boolean, or name a function: package.module:function."
        ) from None


def _number(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, float) and math.isfinite(value):
        return int(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    match = _LEADING_INTEGER.match(value) if isinstance(value, str) else None
    if match is None:
        raise OptionsError(f"Key {name} has invalid value {_shown(value)}")
    return int(match[1])


def _number_or_boolean(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, bool):
        return value
    return value == "true" if value in ("true", "false") else _number(name, value)


def _array(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, list):
        return value
    if not isinstance(value, str):
        raise OptionsError(f"{_shown(value)} should be a comma separated string or an array")
    # A comma split would tear lists of objects apart, so JSON text is taken as such.
    decoded = _json_or_text(name, value)
    if isinstance(decoded, list):
        return decoded
    return [part.strip() for part in value.split(",")]


def _array_or_object(name: str, value: JSONValue) -> JSONValue:
    if isinstance(value, dict):
        return value
    decoded = _json_or_text(name, value)
    return decoded if isinstance(decoded, dict) else _array(name, value)


def _object(name: str, value: JSONValue) -> JSONValue:
    if not isinstance(value, str):
        return value
    try:
        return decode_json(value)
    except ValueError as error:
        raise OptionsError(f"Option {name} must be an object in JSON: {error}.") from None


def _object_or_function(name: str, value: JSONValue) -> JSONValue:
    return value if isinstance(value, str) and is_name(value) else _object(name, value)


def _json_or_text(_name: str, value: JSONValue) -> JSONValue:
    if not isinstance(value, str):
        return value
    try:
        return decode_json(value)
    except ValueError:
        return value


def _shown(value: JSONValue) -> str:
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


_PARSERS: Final[dict[Kind, Callable[[str, JSONValue], JSONValue]]] = {
    Kind.BOOLEAN: _boolean,
    Kind.BOOLEAN_OR_FUNCTION: _boolean_or_function,
    Kind.NUMBER: _number,
    Kind.NUMBER_OR_BOOLEAN: _number_or_boolean,
    Kind.ARRAY: _array,
    Kind.STRING_OR_ARRAY: _array,
    Kind.CODE: _array,
    Kind.ARRAY_OR_OBJECT: _array_or_object,
    Kind.OBJECT: _object,
    Kind.OBJECT_OR_FUNCTION: _object_or_function,
    Kind.ADAPTER: _json_or_text,
    Kind.ANY: _json_or_text,
}
