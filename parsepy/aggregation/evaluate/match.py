"""MongoDB's own query language, as `$match` has it, over stored documents."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NoReturn, TypeAlias

from parsepy.aggregation.evaluate.expressions import (
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.match_values import TESTS, Test, list_test
from parsepy.aggregation.evaluate.values import (
    Document,
    fail,
    is_object,
    truth,
)
from parsepy.query.traversal import values_at
from parsepy.types import JSONObject, JSONValue

Matcher: TypeAlias = Callable[[Document, Variables], bool]

_LOGICAL: Final = ("$and", "$or", "$nor")
_NEGATED: Final = {"$ne": "$eq", "$nin": "$in"}
_UNSUPPORTED: Final = frozenset(
    (
        "$where $text $jsonSchema $geoWithin $geoIntersects $near $nearSphere $bitsAllSet"
        " $bitsAllClear $bitsAnySet $bitsAnyClear $sampleRate"
    ).split()
)


def compile_match(query: JSONValue, scope: Scope) -> Matcher:
    """Raises 102 for what is no query; the function itself for a pattern that costs too much."""
    if not is_object(query):
        fail("the match filter must be an expression in an object")
    matchers = [_clause(key, value, scope) for key, value in query.items() if key != "$comment"]
    return matchers[0] if len(matchers) == 1 else _all(matchers)


def _clause(key: str, value: JSONValue, scope: Scope) -> Matcher:
    if key in _LOGICAL:
        return _logical(key, value, scope)
    if key == "$expr":
        expression = compile_expression(value, scope)
        return lambda document, variables: truth(expression(document, variables))
    if key[:1] == "$":
        _refuse(
            key,
            f"unknown top level operator: {key}. If you have a field name that starts with a '$'"
            " symbol, consider using $getField or $setField.",
        )
    return _field(key.split("."), value, scope)


def _logical(key: str, value: JSONValue, scope: Scope) -> Matcher:
    if not isinstance(value, list) or not value:
        empty = value == []
        fail("$and/$or/$nor must be a nonempty array" if empty else f"{key} must be an array")
    for child in value:
        if not is_object(child):
            fail("$or/$and/$nor entries need to be full objects")
    matchers = [compile_match(child, scope) for child in value]
    if key == "$and":
        return _all(matchers)
    if key == "$or":
        return _any(matchers)
    return _negated(_any(matchers))


def _all(matchers: Sequence[Matcher]) -> Matcher:
    return lambda document, variables: all(each(document, variables) for each in matchers)


def _any(matchers: Sequence[Matcher]) -> Matcher:
    return lambda document, variables: any(each(document, variables) for each in matchers)


def _negated(matcher: Matcher) -> Matcher:
    return lambda document, variables: not matcher(document, variables)


def is_operators(value: JSONValue) -> bool:
    """Whether a condition is made of operators, not a value to equal."""
    return is_object(value) and next(iter(value), "")[:1] == "$"


def _field(
    parts: list[str], condition: JSONValue, scope: Scope, *, elements: bool = True
) -> Matcher:
    """Without `elements`, a list at the end of the path is looked at as a whole only."""
    if not is_object(condition) or not is_operators(condition):
        return _some(parts, TESTS["$eq"](condition), elements=elements)
    some = partial(_some, parts, elements=elements)
    matchers = [
        _operator(parts, name, operand, condition, scope, some)
        for name, operand in condition.items()
        if name != "$options"
    ]
    if "$options" in condition and "$regex" not in condition:
        fail("$options needs a $regex")
    return matchers[0] if len(matchers) == 1 else _all(matchers)


def _operator(
    parts: list[str],
    name: str,
    operand: JSONValue,
    condition: JSONObject,
    scope: Scope,
    some: Callable[[Test], Matcher],
) -> Matcher:
    if name in _NEGATED:
        return _negated(some(TESTS[_NEGATED[name]](operand)))
    if name == "$regex":
        return some(TESTS["$regex"](condition))
    if name == "$exists":
        present = some(TESTS["$exists"](operand))
        return present if truth(operand) else _negated(present)
    if name == "$not":
        if not is_operators(operand):
            fail("$not needs a regex or a document")
        return _negated(_field(parts, operand, scope))
    if name == "$all":
        return _contains_all(parts, operand, scope)
    if name == "$elemMatch":
        return _some(parts, _element_test(operand, scope), elements=False)
    if name == "$size":
        return _some(parts, list_test(operand), elements=False)
    build = TESTS.get(name)
    if build is None:
        _refuse(name, f"unknown operator: {name}")
    return some(build(operand))


def _refuse(name: str, unknown: str) -> NoReturn:
    if name in _UNSUPPORTED:
        fail(f"The query operator {name} is not supported by this store.")
    fail(unknown)


def _some(parts: list[str], test: Test, *, elements: bool = True) -> Matcher:
    def matches(document: Document, _variables: Variables) -> bool:
        return any(map(test, values_at(document, parts, elements=elements)))

    return matches


def _contains_all(parts: list[str], operand: JSONValue, scope: Scope) -> Matcher:
    if not isinstance(operand, list):
        fail("$all needs an array")
    if not operand:
        return lambda _document, _variables: False
    return _all(
        [
            _field(parts, item if _is_element_match(item) else {"$eq": item}, scope)
            for item in operand
        ]
    )


def _is_element_match(item: JSONValue) -> bool:
    return is_object(item) and item.keys() == {"$elemMatch"}


def _element_test(operand: JSONValue, scope: Scope) -> Test:
    if not is_object(operand):
        fail("$elemMatch needs an Object")
    if is_operators(operand) and not _LOGICAL_KEYS.intersection(operand):
        # Each element is looked at as the one field of a document.
        matcher = _field([""], operand, scope, elements=False)
        return _any_element(lambda item: matcher({"": item}, {}))
    query = compile_match(operand, scope)
    return _any_element(lambda item: is_object(item) and query(item, {}))


_LOGICAL_KEYS: Final = frozenset((*_LOGICAL, "$expr"))


def _any_element(test: Callable[[JSONValue], bool]) -> Test:
    return lambda value: isinstance(value, list) and any(map(test, value))
