"""Operators that evaluate an expression for each element, or with names of their own."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import Final

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import arguments
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    is_nullish,
    is_object,
    or_null,
    order,
    truth,
    type_name,
)
from parsepy.query.sort_keys import least_key
from parsepy.types import MISSING, JSONObject, JSONValue


def _name(given: JSONObject, key: str, default: str) -> str:
    name = given.get(key, default)
    if not isinstance(name, str):
        fail(f"'{key}' must be a string, found {type_name(name)}")
    return name


def _elements(name: str, value: Value) -> list[JSONValue] | None:
    if is_nullish(value):
        return None
    if not isinstance(value, list):
        fail(f"input to {name} must be an array not {type_name(value)}")
    return value


def _filter(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$filter", operand, ("input", "cond"), ("as", "limit"))
    name = _name(given, "as", "this")
    source = compile_expression(given["input"], scope)
    condition = compile_expression(given["cond"], scope.with_names(name))
    limit = compile_expression(given.get("limit"), scope)

    def evaluate(document: Document, variables: Variables) -> Value:
        items = _elements("$filter", source(document, variables))
        most = limit(document, variables)
        if items is None:
            return None
        if not is_nullish(most) and not (isinstance(most, int) and most > 0):
            fail("$filter: limit must be represented as a 32-bit integral value greater than 0")
        kept: list[JSONValue] = []
        inner = dict(variables)
        for item in items:
            inner[name] = item
            if truth(condition(document, inner)):
                kept.append(item)
                if len(kept) == most:
                    break
        return kept

    return evaluate


def _map(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$map", operand, ("input", "in"), ("as",))
    name = _name(given, "as", "this")
    source = compile_expression(given["input"], scope)
    change = compile_expression(given["in"], scope.with_names(name))

    def evaluate(document: Document, variables: Variables) -> Value:
        items = _elements("$map", source(document, variables))
        if items is None:
            return None
        inner = dict(variables)
        changed: list[JSONValue] = []
        for item in items:
            inner[name] = item
            changed.append(or_null(change(document, inner)))
        return changed

    return evaluate


def _reduce(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$reduce", operand, ("input", "initialValue", "in"))
    source = compile_expression(given["input"], scope)
    initial = compile_expression(given["initialValue"], scope)
    combine = compile_expression(given["in"], scope.with_names("this", "value"))

    def evaluate(document: Document, variables: Variables) -> Value:
        items = _elements("$reduce", source(document, variables))
        if items is None:
            return None
        inner = dict(variables)
        reduced = initial(document, variables)
        for item in items:
            inner["this"], inner["value"] = item, reduced
            reduced = combine(document, inner)
        return reduced

    return evaluate


def _let(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$let", operand, ("vars", "in"))
    names = given["vars"]
    if not isinstance(names, dict):
        fail("invalid parameter: expected an object (vars)")
    bound = {name: compile_expression(child, scope) for name, child in names.items()}
    body = compile_expression(given["in"], scope.with_names(*bound))

    def evaluate(document: Document, variables: Variables) -> Value:
        inner = {name: child(document, variables) for name, child in bound.items()}
        return body(document, {**variables, **inner})

    return evaluate


def _sort_array(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$sortArray", operand, ("input", "sortBy"))
    source = compile_expression(given["input"], scope)
    sort = _array_sorting(given["sortBy"])

    def evaluate(document: Document, variables: Variables) -> Value:
        items = _elements("$sortArray", source(document, variables))
        return None if items is None else sort(items)

    return evaluate


def _array_sorting(by: JSONValue) -> Callable[[list[JSONValue]], list[JSONValue]]:
    if by in (1, -1) and not isinstance(by, bool):
        return lambda items: sorted(items, key=cmp_to_key(order), reverse=by == -1)
    if not is_object(by) or not by or any(value not in (1, -1) for value in by.values()):
        fail("The $sort element value must be either 1 or -1")
    keys = [(name.split("."), value == -1) for name, value in reversed(by.items())]

    def sort(items: list[JSONValue]) -> list[JSONValue]:
        for parts, down in keys:
            items = sorted(
                items,
                key=lambda item: least_key(
                    item if is_object(item) else MISSING,
                    parts,
                    greatest=down,
                ),
                reverse=down,
            )
        return items

    return sort


OPERATORS: Final[dict[str, Operator]] = {
    "$filter": _filter,
    "$map": _map,
    "$reduce": _reduce,
    "$let": _let,
    "$sortArray": _sort_array,
}
