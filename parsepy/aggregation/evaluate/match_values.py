"""The operators of `$match` that test one value at a time."""

import math
from collections.abc import Callable
from operator import ge, gt, le, lt
from typing import Final, TypeAlias, cast

import orjson

from parsepy import errors
from parsepy.aggregation.evaluate.values import (
    Value,
    fail,
    identity,
    is_nullish,
    is_number,
    is_object,
    same,
    type_name,
)
from parsepy.query.regex import compile_pattern
from parsepy.query.stored import compare, kind
from parsepy.types import JSONObject, JSONValue, Missing

Test: TypeAlias = Callable[[Value], bool]

_HOLDS: Final = {"$lt": lt, "$lte": le, "$gt": gt, "$gte": ge}
_INT64: Final = 2**63
_OPTIONS: Final = frozenset("imsxu")
_TYPE_NUMBERS: Final = {
    1: "double",
    2: "string",
    3: "object",
    4: "array",
    5: "binData",
    7: "objectId",
    8: "bool",
    9: "date",
    10: "null",
    11: "regex",
    16: "int",
    17: "timestamp",
    18: "long",
    19: "decimal",
}
_TYPE_NAMES: Final = frozenset(
    (*_TYPE_NUMBERS.values(), "number", "minKey", "maxKey", "undefined", "javascript")
)


def _equals(operand: JSONValue) -> Test:
    if operand is None:
        return is_nullish
    if isinstance(operand, str):
        return lambda value: value == operand
    return lambda value: not isinstance(value, Missing) and same(value, operand)


def _in(operand: JSONValue) -> Test:
    if not isinstance(operand, list):
        fail("$in needs an array")
    if any(is_object(item) and next(iter(item), "")[:1] == "$" for item in operand):
        fail("cannot nest $ under $in")
    wanted = {identity(item) for item in operand}

    def test(value: Value) -> bool:
        return identity(None if isinstance(value, Missing) else value) in wanted

    return test


def _within(name: str) -> Callable[[JSONValue], Test]:
    holds = _HOLDS[name]

    def build(bound: JSONValue) -> Test:
        if bound is None:
            # Nothing lies below or above null; what is not there counts as null.
            return is_nullish if holds in (le, ge) else lambda _value: False
        group = kind(bound)

        def test(value: Value) -> bool:
            if isinstance(value, Missing) or kind(value) != group:
                return False
            return bool(holds(compare(value, bound), 0))

        return test

    return build


def _is_there(_operand: JSONValue) -> Test:
    return lambda value: not isinstance(value, Missing)


def _type(operand: JSONValue) -> Test:
    listed = operand if isinstance(operand, list) else [operand]
    if not listed:
        fail("$type must match at least one type")
    names = {_type_of(item) for item in listed}

    def test(value: Value) -> bool:
        if isinstance(value, Missing):
            return False
        return type_name(value) in names or ("number" in names and is_number(value))

    return test


def _type_of(item: JSONValue) -> str:
    if isinstance(item, str):
        if item not in _TYPE_NAMES:
            fail(f"Unknown type name alias: {item}")
        return item
    if is_number(item) and item in (0, -1, 127, *_TYPE_NUMBERS):
        return _TYPE_NUMBERS.get(int(cast("float", item)), "minKey")
    wanted = "Invalid numerical type code" if is_number(item) else "type must be a number or string"
    raise errors.invalid_query(wanted)


def _mod(operand: JSONValue) -> Test:
    if not isinstance(operand, list) or len(operand) != 2 or not all(map(is_number, operand)):
        fail("malformed mod, needs to be an array of two numbers")
    divisor, remainder = (int(cast("float", number)) for number in operand)
    if divisor == 0:
        fail("divisor cannot be 0")

    def test(value: Value) -> bool:
        if not is_number(value) or not abs(cast("float", value)) < _INT64:
            return False
        number = int(cast("float", value))
        return int(math.fmod(number, divisor)) == remainder

    return test


def _regex(condition: JSONValue) -> Test:
    given = cast("JSONObject", condition)
    pattern, options = given["$regex"], given.get("$options", "")
    if not isinstance(pattern, str):
        fail("$regex has to be a string")
    if not isinstance(options, str):
        fail("$options has to be a string")
    if not _OPTIONS.issuperset(options):
        fail(f"invalid flag in regex options: {options}")
    if "\0" in pattern:
        fail("Regular expression cannot contain an embedded null byte")
    search = compile_pattern(pattern, options).search
    return lambda value: isinstance(value, str) and search(value)


def list_test(operand: JSONValue) -> Test:
    """Whether a value is a list of `$size` elements."""
    shown = orjson.dumps(operand).decode()
    if not is_number(operand):
        fail(f"Failed to parse $size. Expected a number in: $size: {shown}")
    if cast("float", operand) % 1:
        fail(f"Failed to parse $size. Expected an integer: $size: {shown}")
    if cast("float", operand) < 0:
        fail(f"Failed to parse $size. Expected a non-negative number in: $size: {shown}")
    return lambda value: isinstance(value, list) and len(value) == operand


TESTS: Final[dict[str, Callable[[JSONValue], Test]]] = {
    "$eq": _equals,
    "$in": _in,
    "$lt": _within("$lt"),
    "$lte": _within("$lte"),
    "$gt": _within("$gt"),
    "$gte": _within("$gte"),
    "$exists": _is_there,
    "$type": _type,
    "$mod": _mod,
    "$regex": _regex,
}
