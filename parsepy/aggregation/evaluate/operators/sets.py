"""Lists as sets. What the order of a result is, MongoDB leaves open: here it is that of values."""

from collections.abc import Hashable
from typing import Final

from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.operands import binary, unary, variadic
from parsepy.aggregation.evaluate.values import (
    Value,
    fail,
    identity,
    is_nullish,
    truth,
    type_name,
)
from parsepy.query.sort_keys import sort_key
from parsepy.types import JSONValue

_Set = dict[Hashable, JSONValue]


def _set(name: str, value: Value) -> _Set:
    if not isinstance(value, list):
        fail(f"All operands of {name} must be arrays. One argument is of type: {type_name(value)}")
    return {identity(item): item for item in value}


def _sorted(found: _Set) -> list[JSONValue]:
    return sorted(found.values(), key=sort_key)


def _union(given: list[Value]) -> Value:
    if any(map(is_nullish, given)):
        return None
    union: _Set = {}
    for value in given:
        union = {**_set("$setUnion", value), **union}
    return _sorted(union)


def _intersection(given: list[Value]) -> Value:
    if any(map(is_nullish, given)):
        return None
    if not given:
        return []
    first, *others = (_set("$setIntersection", value) for value in given)
    return _sorted(
        {key: item for key, item in first.items() if all(key in each for each in others)}
    )


def _difference(left: Value, right: Value) -> Value:
    if is_nullish(left) or is_nullish(right):
        return None
    without = _set("$setDifference", right)
    kept = _set("$setDifference", left)
    return [item for key, item in kept.items() if key not in without]


def _equals(given: list[Value]) -> Value:
    first, *others = (_set("$setEquals", value).keys() for value in given)
    return all(first == other for other in others)


def _is_subset(left: Value, right: Value) -> Value:
    return _set("$setIsSubset", left).keys() <= _set("$setIsSubset", right).keys()


def _any_true(value: Value) -> Value:
    if not isinstance(value, list):
        fail(f"$anyElementTrue's argument must be an array, but is {type_name(value)}")
    return any(map(truth, value))


def _all_true(value: Value) -> Value:
    if not isinstance(value, list):
        fail(f"$allElementsTrue's argument must be an array, but is {type_name(value)}")
    return all(map(truth, value))


OPERATORS: Final[dict[str, Operator]] = {
    "$setUnion": variadic("$setUnion", _union),
    "$setIntersection": variadic("$setIntersection", _intersection),
    "$setDifference": binary("$setDifference", _difference),
    "$setEquals": variadic("$setEquals", _equals, 2),
    "$setIsSubset": binary("$setIsSubset", _is_subset),
    "$anyElementTrue": unary("$anyElementTrue", _any_true),
    "$allElementsTrue": unary("$allElementsTrue", _all_true),
}
