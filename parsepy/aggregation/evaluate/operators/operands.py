"""How operators take their operands: one, so many, or by name."""

from collections.abc import Callable, Mapping
from typing import TypeAlias

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.values import Document, Value, fail
from parsepy.types import JSONObject, JSONValue

Named: TypeAlias = Mapping[str, Expression]


def listed(operand: JSONValue) -> list[JSONValue]:
    """`{$abs: x}` and `{$abs: [x]}` are the same."""
    return operand if type(operand) is list else [operand]


def compiled(
    name: str, operand: JSONValue, scope: Scope, least: int, most: int | None
) -> list[Expression]:
    given = listed(operand)
    if len(given) < least or (most is not None and len(given) > most):
        fail(f"Expression {name} takes {_arity(least, most)} {len(given)} were passed in.")
    return [compile_expression(item, scope) for item in given]


def _arity(least: int, most: int | None) -> str:
    if least == most:
        return f"exactly {least} arguments."
    if most is None:
        return f"at least {least} arguments, but"
    return f"at least {least} arguments, and at most {most}, but"


def unary(name: str, compute: Callable[[Value], Value]) -> Operator:
    def build(operand: JSONValue, scope: Scope) -> Expression:
        (only,) = compiled(name, operand, scope, 1, 1)
        return lambda document, variables: compute(only(document, variables))

    return build


def binary(name: str, compute: Callable[[Value, Value], Value]) -> Operator:
    def build(operand: JSONValue, scope: Scope) -> Expression:
        left, right = compiled(name, operand, scope, 2, 2)
        return lambda document, variables: compute(
            left(document, variables), right(document, variables)
        )

    return build


def variadic(
    name: str,
    compute: Callable[[list[Value]], Value],
    least: int = 0,
    most: int | None = None,
) -> Operator:
    def build(operand: JSONValue, scope: Scope) -> Expression:
        given = compiled(name, operand, scope, least, most)
        return lambda document, variables: compute([each(document, variables) for each in given])

    return build


def named(
    name: str,
    compute: Callable[[Mapping[str, Value]], Value],
    required: tuple[str, ...],
    optional: tuple[str, ...] = (),
) -> Operator:
    """An operator whose operand is an object of expressions."""

    def build(operand: JSONValue, scope: Scope) -> Expression:
        given = arguments(name, operand, required, optional)
        children = {key: compile_expression(child, scope) for key, child in given.items()}

        def evaluate(document: Document, variables: Variables) -> Value:
            return compute({key: child(document, variables) for key, child in children.items()})

        return evaluate

    return build


def arguments(
    name: str, operand: JSONValue, required: tuple[str, ...], optional: tuple[str, ...] = ()
) -> JSONObject:
    """The operand, an object that has all of `required` and nothing beyond `optional`."""
    if not isinstance(operand, dict):
        fail(f"{name} only supports an object as its argument")
    for key in operand:
        if key not in required and key not in optional:
            fail(f"Unrecognized parameter to {name}: {key}")
    for key in required:
        if key not in operand:
            fail(f"Missing '{key}' parameter to {name}")
    return operand
