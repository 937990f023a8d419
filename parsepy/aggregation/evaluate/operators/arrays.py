"""Lists, without the operators that take an expression for each element."""

from collections.abc import Mapping
from itertools import islice, zip_longest
from typing import Final, cast

from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.operands import (
    binary,
    named,
    unary,
    variadic,
)
from parsepy.aggregation.evaluate.values import (
    MAX_ITEMS,
    Value,
    bounded_list,
    fail,
    is_nullish,
    same,
    truth,
    type_name,
)
from parsepy.types import MISSING, JSONValue


def _size(value: Value) -> Value:
    if not isinstance(value, list):
        fail(f"The argument to $size must be an array, but was of type: {type_name(value)}")
    return len(value)


def _whole(name: str, value: Value) -> int:
    whole = isinstance(value, int | float) and not isinstance(value, bool) and value == int(value)
    if not whole:
        fail(f"{name} requires a whole number, found: {type_name(value)}")
    return int(cast("float", value))


def _slice(given: list[Value]) -> Value:
    items, *numbers = given
    if is_nullish(items) or any(map(is_nullish, numbers)):
        return None
    if not isinstance(items, list):
        fail(f"First argument to $slice must be an array, but is of type: {type_name(items)}")
    first, *rest = (_whole("$slice", number) for number in numbers)
    if not rest:
        return items[:first] if first >= 0 else items[first:]
    (count,) = rest
    if count <= 0:
        fail(f"Third argument to $slice must be positive: {count}")
    start = max(first + len(items), 0) if first < 0 else first
    return items[start : start + count]


def _element_at(items: Value, place: Value) -> Value:
    if is_nullish(items) or is_nullish(place):
        return None
    if not isinstance(items, list):
        fail(f"$arrayElemAt's first argument must be an array, but is {type_name(items)}")
    index = _whole("$arrayElemAt", place)
    return items[index] if -len(items) <= index < len(items) else MISSING


def _end(name: str, place: int) -> Operator:
    def compute(items: Value) -> Value:
        if is_nullish(items):
            return None
        if not isinstance(items, list):
            fail(f"{name}'s argument must be an array, but is {type_name(items)}")
        return items[place] if items else MISSING

    return unary(name, compute)


def _in(value: Value, items: Value) -> Value:
    if not isinstance(items, list):
        fail(f"$in requires an array as a second argument, found: {type_name(items)}")
    return any(same(value, item) for item in items)


def _concat(given: list[Value]) -> Value:
    joined: list[JSONValue] = []
    for items in given:
        if is_nullish(items):
            return None
        if not isinstance(items, list):
            fail(f"$concatArrays only supports arrays, not {type_name(items)}")
        joined += items
        bounded_list(joined)
    return joined


def _range(given: list[Value]) -> Value:
    start, end, step = (_whole("$range", number) for number in (*given, 1)[:3])
    if step == 0:
        fail("$range requires a non-zero step value")
    numbers = range(start, end, step)
    # `len` fails for ranges that no machine could hold.
    if abs(end - start) // abs(step) > MAX_ITEMS:
        fail("$range would make a list that is too long.")
    return [*numbers]


def _reverse(items: Value) -> Value:
    if is_nullish(items):
        return None
    if not isinstance(items, list):
        fail(f"The argument to $reverseArray must be an array, but was of type: {type_name(items)}")
    return items[::-1]


def _index_of(given: list[Value]) -> Value:
    items, sought, *limits = given
    if is_nullish(items):
        return None
    if not isinstance(items, list):
        fail(f"$indexOfArray requires an array as a first argument, found: {type_name(items)}")
    start, *end = (_whole("$indexOfArray", limit) for limit in limits) if limits else (0,)
    if start < 0 or any(limit < 0 for limit in end):
        fail("$indexOfArray requires nonnegative indexes")
    for place in range(start, min(len(items), end[0]) if end else len(items)):
        if same(items[place], sought):
            return place
    return -1


def _zip(given: Mapping[str, Value]) -> Value:
    inputs, longest = given["inputs"], truth(given.get("useLongestLength", False))
    if is_nullish(inputs):
        return None
    if not isinstance(inputs, list):
        fail(f"inputs must be an array of expressions, found {type_name(inputs)}")
    if any(items is None for items in inputs):
        return None
    lists = [items for items in inputs if isinstance(items, list)]
    if len(lists) < len(inputs):
        fail("$zip found a non-array expression in input")
    defaults = given.get("defaults", [None] * len(lists))
    if not isinstance(defaults, list) or len(defaults) != len(lists):
        fail("defaults and inputs must have the same length")
    if not longest:
        return [list(row) for row in zip(*lists, strict=False)]
    rows = zip_longest(*lists, fillvalue=MISSING)
    return [
        [
            default if item is MISSING else cast("JSONValue", item)
            for item, default in zip(row, defaults, strict=True)
        ]
        for row in islice(rows, MAX_ITEMS)
    ]


OPERATORS: Final[dict[str, Operator]] = {
    "$size": unary("$size", _size),
    "$slice": variadic("$slice", _slice, 2, 3),
    "$arrayElemAt": binary("$arrayElemAt", _element_at),
    "$first": _end("$first", 0),
    "$last": _end("$last", -1),
    "$in": binary("$in", _in),
    "$isArray": unary("$isArray", lambda value: isinstance(value, list)),
    "$concatArrays": variadic("$concatArrays", _concat),
    "$range": variadic("$range", _range, 2, 3),
    "$reverseArray": unary("$reverseArray", _reverse),
    "$indexOfArray": variadic("$indexOfArray", _index_of, 2, 4),
    "$zip": named("$zip", _zip, ("inputs",), ("useLongestLength", "defaults")),
}
