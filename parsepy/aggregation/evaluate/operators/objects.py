"""Objects and literals."""

from typing import Final

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import unary, variadic
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    is_nullish,
    is_object,
    type_name,
)
from parsepy.types import MISSING, JSONObject, JSONValue


def _literal(operand: JSONValue, _scope: Scope) -> Expression:
    return lambda _document, _variables: operand


def _merge(given: list[Value]) -> Value:
    if len(given) == 1 and isinstance(given[0], list):
        given = [*given[0]]
    merged: JSONObject = {}
    for value in given:
        if is_nullish(value):
            continue
        if not is_object(value):
            fail(
                f"$mergeObjects requires object inputs, but input {value} is of type"
                f" {type_name(value)}"
            )
        merged |= value
    return merged


def _to_array(value: Value) -> Value:
    if is_nullish(value):
        return None
    if not is_object(value):
        fail(f"$objectToArray requires a document input, found: {type_name(value)}")
    return [{"k": key, "v": child} for key, child in value.items()]


def _to_object(value: Value) -> Value:
    if is_nullish(value):
        return None
    if not isinstance(value, list):
        fail(f"$arrayToObject requires an array input, found: {type_name(value)}")
    made: JSONObject = {}
    for pair in value:
        if is_object(pair) and pair.keys() == {"k", "v"}:
            key, child = pair["k"], pair["v"]
        elif isinstance(pair, list) and len(pair) == 2:
            key, child = pair
        else:
            fail(
                "$arrayToObject requires an array of key-value pairs: [k, v] or {k, v}, found:"
                f" {type_name(pair)}"
            )
        if not isinstance(key, str):
            fail(f"$arrayToObject requires keys of type string, found: {type_name(key)}")
        made[key] = child
    return made


def _get_field(operand: JSONValue, scope: Scope) -> Expression:
    if is_object(operand) and "field" in operand and operand.keys() <= {"field", "input"}:
        field, source = operand["field"], operand.get("input", "$$CURRENT")
    else:
        field, source = operand, "$$CURRENT"
    name = compile_expression(field, scope)
    document_of = compile_expression(source, scope)

    def evaluate(document: Document, variables: Variables) -> Value:
        key, value = name(document, variables), document_of(document, variables)
        if not isinstance(key, str):
            fail(f"$getField requires 'field' to evaluate to type String, got {type_name(key)}")
        if is_object(value):
            return value.get(key, MISSING)
        return None if is_nullish(value) else MISSING

    return evaluate


OPERATORS: Final[dict[str, Operator]] = {
    "$literal": _literal,
    "$const": _literal,
    "$mergeObjects": variadic("$mergeObjects", _merge),
    "$objectToArray": unary("$objectToArray", _to_array),
    "$arrayToObject": unary("$arrayToObject", _to_object),
    "$getField": _get_field,
}
