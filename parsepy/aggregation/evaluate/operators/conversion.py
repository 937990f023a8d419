"""Types and conversion between them."""

import math
import re
from collections.abc import Callable
from typing import Final, cast

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import arguments, unary
from parsepy.aggregation.evaluate.operators.texts import iso_of, number_text
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    date_of_ms,
    is_date,
    is_nullish,
    is_number,
    ms_of,
    truth,
    type_name,
)
from parsepy.errors import Code, ParseError
from parsepy.protocol import dates, values
from parsepy.types import JSONValue

_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,19}", re.ASCII)
_INT32: Final = 2**31
_INT64: Final = 2**63
_TYPE_NUMBERS: Final = {1: "double", 2: "string", 8: "bool", 9: "date", 16: "int", 18: "long"}


class _NotConvertible(ParseError):
    """What `onError` answers for."""

    def __init__(self, message: str) -> None:
        super().__init__(Code.INVALID_QUERY, message)


def _unsupported(value: Value, target: str) -> _NotConvertible:
    return _NotConvertible(
        f"Unsupported conversion from {type_name(value)} to {target} in $convert with no"
        " onError value"
    )


def _to_string(value: Value) -> Value:
    if isinstance(value, bool):
        return "true" if value else "false"
    if is_number(value):
        return number_text(cast("float", value))
    if is_date(value):
        return iso_of(value)
    if isinstance(value, str):
        return value
    raise _unsupported(value, "string")


def _to_whole(name: str, limit: int) -> Callable[[Value], Value]:
    def convert(value: Value) -> Value:
        if is_date(value) and name == "long":
            return ms_of(value)
        if isinstance(value, str):
            if _WHOLE.fullmatch(value) is None:
                raise _NotConvertible(
                    f"Failed to parse number '{value}' in $convert with no onError value:"
                    " Did not consume whole string."
                )
            number = int(value)
        elif isinstance(value, bool | int | float):
            if isinstance(value, float) and not math.isfinite(value):
                raise _NotConvertible(
                    "Attempt to convert NaN or infinity to integer type in $convert with no"
                    " onError value"
                )
            number = int(value)
        else:
            raise _unsupported(value, name)
        if not -limit <= number < limit:
            raise _NotConvertible(
                f"Conversion would overflow target type in $convert with no onError value: {number}"
            )
        return number

    return convert


def _to_double(value: Value) -> Value:
    if isinstance(value, bool | int | float):
        return float(value)
    if is_date(value):
        return float(ms_of(value))
    if not isinstance(value, str):
        raise _unsupported(value, "double")
    try:
        if value != value.strip() or "_" in value:
            raise ValueError(value)
        return float(value)
    except ValueError:
        raise _NotConvertible(
            f"Failed to parse number '{value}' in $convert with no onError value"
        ) from None


def _to_bool(value: Value) -> Value:
    return truth(value)


def _to_date(value: Value) -> Value:
    if is_date(value):
        return value
    if isinstance(value, str):
        canonical = dates.normalise(value)
        if canonical is None:
            raise _NotConvertible(f"Error parsing date string '{value}'")
        return values.date(canonical)
    if is_number(value) and math.isfinite(cast("float", value)):
        if type(value) is int and -_INT32 <= value < _INT32:
            raise _unsupported(value, "date")
        return date_of_ms(cast("float", value))
    raise _unsupported(value, "date")


_CONVERSIONS: Final[dict[str, Callable[[Value], Value]]] = {
    "string": _to_string,
    "int": _to_whole("int", _INT32),
    "long": _to_whole("long", _INT64),
    "double": _to_double,
    "bool": _to_bool,
    "date": _to_date,
}


def _shorthand(name: str, target: str) -> Operator:
    convert = _CONVERSIONS[target]
    return unary(name, lambda value: None if is_nullish(value) else convert(value))


def _convert(operand: JSONValue, scope: Scope) -> Expression:
    given = arguments("$convert", operand, ("input", "to"), ("onError", "onNull"))
    source, target = (compile_expression(given[key], scope) for key in ("input", "to"))
    on_null = compile_expression(given.get("onNull"), scope)
    on_error = compile_expression(given["onError"], scope) if "onError" in given else None

    def evaluate(document: Document, variables: Variables) -> Value:
        value, wanted = source(document, variables), target(document, variables)
        if is_nullish(value):
            return on_null(document, variables)
        if is_nullish(wanted):
            return None
        if is_number(wanted):
            wanted = _TYPE_NUMBERS.get(int(cast("float", wanted)), "")
        convert = _CONVERSIONS.get(wanted) if isinstance(wanted, str) else None
        if convert is None:
            raise _NotConvertible(f"Unknown type name: {wanted}")
        try:
            return convert(value)
        except _NotConvertible:
            if on_error is None:
                raise
            return on_error(document, variables)

    return evaluate


OPERATORS: Final[dict[str, Operator]] = {
    "$type": unary("$type", type_name),
    "$isNumber": unary("$isNumber", is_number),
    "$toString": _shorthand("$toString", "string"),
    "$toInt": _shorthand("$toInt", "int"),
    "$toLong": _shorthand("$toLong", "long"),
    "$toDouble": _shorthand("$toDouble", "double"),
    "$toBool": _shorthand("$toBool", "bool"),
    "$toDate": _shorthand("$toDate", "date"),
    "$convert": _convert,
}
