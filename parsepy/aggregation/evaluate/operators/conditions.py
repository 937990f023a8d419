"""Comparison, logic, choice."""

from collections.abc import Callable
from typing import Final

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import (
    arguments,
    binary,
    compiled,
    listed,
    unary,
)
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    is_nullish,
    order,
    truth,
    type_name,
)
from parsepy.types import JSONValue


def _sign(left: Value, right: Value) -> Value:
    difference = order(left, right)
    return (difference > 0) - (difference < 0)


def _compared(name: str, holds: Callable[[int], bool]) -> Operator:
    return binary(name, lambda left, right: holds(order(left, right)))


def _and(operand: JSONValue, scope: Scope) -> Expression:
    given = compiled("$and", operand, scope, 0, None)
    return lambda document, variables: all(truth(each(document, variables)) for each in given)


def _or(operand: JSONValue, scope: Scope) -> Expression:
    given = compiled("$or", operand, scope, 0, None)
    return lambda document, variables: any(truth(each(document, variables)) for each in given)


def _cond(operand: JSONValue, scope: Scope) -> Expression:
    if isinstance(operand, dict):
        given = arguments("$cond", operand, ("if", "then", "else"))
        operand = [given["if"], given["then"], given["else"]]
    condition, then, otherwise = compiled("$cond", operand, scope, 3, 3)

    def evaluate(document: Document, variables: Variables) -> Value:
        chosen = then if truth(condition(document, variables)) else otherwise
        return chosen(document, variables)

    return evaluate


def _if_null(operand: JSONValue, scope: Scope) -> Expression:
    if len(listed(operand)) < 2:
        fail(f"$ifNull needs at least two arguments, had: {len(listed(operand))}")
    *tried, last = compiled("$ifNull", operand, scope, 2, None)

    def evaluate(document: Document, variables: Variables) -> Value:
        for each in tried:
            value = each(document, variables)
            if not is_nullish(value):
                return value
        return last(document, variables)

    return evaluate


def _switch(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$switch", operand, ("branches",), ("default",))
    branches = given["branches"]
    if not isinstance(branches, list):
        fail(f"$switch expected an array for 'branches', found: {type_name(branches)}")
    if not branches:
        fail("$switch requires at least one branch.")
    cases: list[tuple[Expression, Expression]] = []
    for branch in branches:
        parts = arguments("$switch branch", branch, ("case", "then"))
        cases.append(
            (compile_expression(parts["case"], scope), compile_expression(parts["then"], scope))
        )
    default = compile_expression(given["default"], scope) if "default" in given else None

    def evaluate(document: Document, variables: Variables) -> Value:
        for case, then in cases:
            if truth(case(document, variables)):
                return then(document, variables)
        if default is None:
            fail(
                "$switch could not find a matching branch for an input, and no default was"
                " specified."
            )
        return default(document, variables)

    return evaluate


OPERATORS: Final[dict[str, Operator]] = {
    "$cmp": binary("$cmp", _sign),
    "$eq": _compared("$eq", lambda difference: difference == 0),
    "$ne": _compared("$ne", lambda difference: difference != 0),
    "$gt": _compared("$gt", lambda difference: difference > 0),
    "$gte": _compared("$gte", lambda difference: difference >= 0),
    "$lt": _compared("$lt", lambda difference: difference < 0),
    "$lte": _compared("$lte", lambda difference: difference <= 0),
    "$and": _and,
    "$or": _or,
    "$not": unary("$not", lambda value: not truth(value)),
    "$cond": _cond,
    "$ifNull": _if_null,
    "$switch": _switch,
}
