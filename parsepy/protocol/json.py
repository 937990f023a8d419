"""JSON as Node reads and writes it, on orjson.

What differs from plain orjson: whole numbers have no fraction (`1.0` is `1`, several SDKs depend
on it) and `-0` is `0`; integers beyond 2**53 take the precision of a double, as every SDK would
see them; lone surrogates are accepted and become U+FFFD; nesting is bounded.
"""

import json
import re
from math import isinf
from typing import Final, cast

import orjson

from parsepy.types import JSONValue

MAX_DEPTH: Final = 128
"""Levels of nesting in one document. MongoDB stores 180 at most; no SDK comes near."""

_SAFE_DIGITS: Final = 16
_MAX_EXACT: Final = 2**53
_MAX_WHOLE: Final = 2.0**63
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")
# Only such texts can hold a number that orjson reads other than Node does.
_ODD_NUMBER: Final = re.compile(rb"[0-9][.eE]|[0-9]{16}")
# How orjson words a refusal of what is JSON.
_BEYOND: Final = re.compile("limit|infinity")


class InvalidJSON(ValueError):
    """The text is not JSON, or not JSON that we take; the message is meant for the client."""


class UnsupportedJSON(InvalidJSON):
    """The text is JSON that goes beyond us: nested too deep, or with a number no double holds."""


def loads(text: bytes | str) -> JSONValue:
    """Parses one JSON document. Raises `InvalidJSON`."""
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    try:
        value: JSONValue = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        value = _loads_leniently(data, error)
    if data.count(b"[") + data.count(b"{") > MAX_DEPTH and is_deeper_than(value, MAX_DEPTH):
        raise UnsupportedJSON(f"JSON is nested deeper than {MAX_DEPTH} levels")
    return normalise_numbers(value) if _ODD_NUMBER.search(data) else value


def text_of(quoted: bytes) -> str:
    """The text that stands between two quotes. Raises `InvalidJSON`."""
    document = b'"%s"' % quoted
    try:
        text = orjson.loads(document)
    except orjson.JSONDecodeError as error:
        text = _loads_leniently(document, error)
    if not isinstance(text, str):
        raise InvalidJSON("JSON has a text that is none")
    return text


def raw(text: str) -> JSONValue:
    """JSON text that `dumps` puts in as it is; nobody else can look into it."""
    return cast("JSONValue", orjson.Fragment(text))


def dumps(value: object) -> bytes:
    """Compact JSON; `value` holds only JSON values (whole floats already made integers)."""
    try:
        return orjson.dumps(value)
    except TypeError:
        # Integers beyond 64 bits and lone surrogates reach here only from foreign databases.
        text = json.dumps(value, separators=(",", ":"), allow_nan=False, default=_looked_into)
        return text.encode("utf-8", "replace")


def _looked_into(fragment: object) -> object:
    assert isinstance(fragment, orjson.Fragment)
    return orjson.loads(orjson.dumps(fragment))


def normalise_number(number: int | float) -> int | float:
    """The number as a double would print it: `1.0` → `1`, `2**53 + 1` → `2**53`."""
    if type(number) is int and -_MAX_EXACT <= number <= _MAX_EXACT:
        return number
    double = float(number)
    if double.is_integer() and -_MAX_WHOLE < double < _MAX_WHOLE:
        return int(double)
    return double


def normalise_numbers(value: JSONValue) -> JSONValue:
    """Replaces the numbers inside `value`, in place where it can."""
    kind = type(value)
    if kind is float or kind is int:
        return normalise_number(cast("float", value))
    if kind is dict:
        children = cast("dict[str, JSONValue]", value)
        for key, child in children.items():
            if type(child) not in (str, bool):
                children[key] = normalise_numbers(child)
    elif kind is list:
        items = cast("list[JSONValue]", value)
        for index, child in enumerate(items):
            if type(child) not in (str, bool):
                items[index] = normalise_numbers(child)
    return value


def is_deeper_than(value: JSONValue, limit: int) -> bool:
    """Whether arrays and objects nest more than `limit` levels; walks level by level."""
    level: list[JSONValue] = [value]
    for _ in range(limit):
        children: list[JSONValue] = []
        for node in level:
            if isinstance(node, dict):
                children.extend(node.values())
            elif isinstance(node, list):
                children.extend(node)
        if not children:
            return False
        level = children
    return any(isinstance(node, dict | list) for node in level)


def _loads_leniently(data: bytes, error: orjson.JSONDecodeError) -> JSONValue:
    """Node takes `\\ud800` alone, orjson does not; everything else orjson refuses stays refused."""
    if b"\\u" not in data or "surrogate" not in error.msg:
        refusal = UnsupportedJSON if _BEYOND.search(error.msg) else InvalidJSON
        raise refusal(f"{error.msg}: position {error.pos}") from None
    try:
        value = json.loads(
            data, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_whole
        )
        return _replace_surrogates(cast("JSONValue", value))
    except RecursionError:
        raise UnsupportedJSON(f"JSON is nested deeper than {MAX_DEPTH} levels") from None
    except ValueError:
        raise InvalidJSON(f"{error.msg}: position {error.pos}") from None


def _refuse_constant(name: str) -> JSONValue:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if isinf(number):
        # As orjson: a number that no double holds would become text that is no JSON.
        raise ValueError("number is infinity")
    return number


def _whole(text: str) -> int | float:
    return int(text) if len(text) < _SAFE_DIGITS else _finite(text)


def _replace_surrogates(value: JSONValue) -> JSONValue:
    if isinstance(value, str):
        return _LONE_SURROGATE.sub("�", value)
    if isinstance(value, list):
        return [_replace_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {
            _LONE_SURROGATE.sub("�", key): _replace_surrogates(child)
            for key, child in value.items()
        }
    return value
