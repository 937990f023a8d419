"""Numbers, and dates as far as they add up."""

import math
from collections.abc import Callable
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Decimal
from typing import Final, cast

from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.operands import binary, unary, variadic
from parsepy.aggregation.evaluate.values import (
    Value,
    bounded,
    date_of_ms,
    fail,
    is_date,
    is_nullish,
    is_number,
    ms_of,
    type_name,
)

Number = int | float

_MOST_EXACT_POWER: Final = 63
"""Beyond so many bits a power is a double."""
_PLACES: Final = range(-20, 101)


def _numbers(name: str, *given: Value) -> list[Number] | None:
    """The operands, if all are numbers; `None` when one is null or missing."""
    if any(map(is_nullish, given)):
        return None
    for value in given:
        if not is_number(value):
            fail(f"{name} only supports numeric types, not {type_name(value)}")
    return cast("list[Number]", list(given))


def _add(given: list[Value]) -> Value:
    total: Number = 0
    dates = 0
    for value in given:
        if is_nullish(value):
            return None
        if is_date(value):
            dates += 1
            total += ms_of(value)
        elif is_number(value):
            total = bounded(total + cast("Number", value))
        else:
            fail(f"$add only supports numeric or date types, not {type_name(value)}")
    if dates > 1:
        fail("only one date allowed in an $add expression")
    return date_of_ms(round(total)) if dates else total


def _subtract(left: Value, right: Value) -> Value:
    if is_nullish(left) or is_nullish(right):
        return None
    if is_date(left):
        if is_date(right):
            return ms_of(left) - ms_of(right)
        if is_number(right):
            return date_of_ms(round(ms_of(left) - cast("Number", right)))
    if not (is_number(left) and is_number(right)):
        fail(f"can't $subtract {type_name(right)} from {type_name(left)}")
    return bounded(cast("Number", left) - cast("Number", right))


def _multiply(given: list[Value]) -> Value:
    numbers = _numbers("$multiply", *given)
    if numbers is None:
        return None
    product: Number = 1
    for number in numbers:
        product = bounded(product * number)
    return product


def _divide(left: Value, right: Value) -> Value:
    if is_nullish(left) or is_nullish(right):
        return None
    if not (is_number(left) and is_number(right)):
        fail(f"$divide only supports numeric types, not {type_name(left)} and {type_name(right)}")
    if right == 0:
        fail("can't $divide by zero")
    return float(cast("Number", left)) / float(cast("Number", right))


def _mod(left: Value, right: Value) -> Value:
    if is_nullish(left) or is_nullish(right):
        return None
    if not (is_number(left) and is_number(right)):
        fail(f"$mod only supports numeric types, not {type_name(left)} and {type_name(right)}")
    if right == 0:
        fail("can't $mod by zero")
    # The sign is the dividend's, which is not what Python's own operator gives.
    result = math.fmod(cast("Number", left), cast("Number", right))
    return int(result) if type(left) is int and type(right) is int else result


def _of_number(name: str, compute: Callable[[Number], Number]) -> Operator:
    def evaluate(value: Value) -> Value:
        numbers = _numbers(name, value)
        return None if numbers is None else compute(numbers[0])

    return unary(name, evaluate)


def _whole(round_to: Callable[[float], int]) -> Callable[[Number], Number]:
    def compute(number: Number) -> Number:
        if type(number) is int or not math.isfinite(number):
            return number
        return float(round_to(number))

    return compute


def _to_places(name: str, rounding: str) -> Operator:
    def evaluate(given: list[Value]) -> Value:
        numbers = _numbers(name, *given)
        if numbers is None:
            return None
        number, *rest = numbers
        places = rest[0] if rest else 0
        if places != int(places) or int(places) not in _PLACES:
            fail(f"cannot apply {name} with precision value {places}")
        if not math.isfinite(number):
            return number
        exponent = Decimal(1).scaleb(-int(places))
        exact = Decimal(number) if type(number) is int else Decimal(repr(number))
        if exact.adjusted() + int(places) > 25:
            return number
        rounded = exact.quantize(exponent, rounding=rounding)
        return int(rounded) if type(number) is int else float(rounded)

    return variadic(name, evaluate, 1, 2)


def _root(number: Number) -> Number:
    if number < 0:
        fail("$sqrt's argument must be greater than or equal to 0")
    return math.sqrt(number)


def _exponential(number: Number) -> Number:
    try:
        return math.exp(number)
    except OverflowError:
        return math.inf


def _logarithm(name: str, compute: Callable[[float], float]) -> Callable[[Number], Number]:
    def evaluate(number: Number) -> Number:
        if number <= 0:
            fail(f"{name}'s argument must be a positive number, but is {number}")
        return compute(number)

    return evaluate


def _log(left: Value, right: Value) -> Value:
    numbers = _numbers("$log", left, right)
    if numbers is None:
        return None
    number, base = numbers
    if number <= 0:
        fail(f"$log's argument must be a positive number, but is {number}")
    if base <= 0 or base == 1:
        fail(f"$log's base must be a positive number not equal to 1, but is {base}")
    return math.log(number) / math.log(base)


def _power(left: Value, right: Value) -> Value:
    numbers = _numbers("$pow", left, right)
    if numbers is None:
        return None
    base, exponent = numbers
    if base == 0 and exponent < 0:
        fail("$pow cannot take a base of 0 and a negative exponent")
    if type(base) is int and type(exponent) is int and exponent >= 0:
        if abs(base) < 2:
            return int(base ** min(exponent, 2 - exponent % 2))
        if abs(base).bit_length() * exponent <= _MOST_EXACT_POWER:
            # Without the bound a few digits would make a number that fills the memory.
            return int(base**exponent)
    try:
        return math.pow(base, exponent)
    except OverflowError:
        return -math.inf if base < 0 and exponent % 2 == 1 else math.inf
    except ValueError:
        return math.nan


OPERATORS: Final[dict[str, Operator]] = {
    "$add": variadic("$add", _add),
    "$subtract": binary("$subtract", _subtract),
    "$multiply": variadic("$multiply", _multiply),
    "$divide": binary("$divide", _divide),
    "$mod": binary("$mod", _mod),
    "$abs": _of_number("$abs", abs),
    "$ceil": _of_number("$ceil", _whole(math.ceil)),
    "$floor": _of_number("$floor", _whole(math.floor)),
    "$round": _to_places("$round", ROUND_HALF_EVEN),
    "$trunc": _to_places("$trunc", ROUND_DOWN),
    "$sqrt": _of_number("$sqrt", _root),
    "$exp": _of_number("$exp", _exponential),
    "$ln": _of_number("$ln", _logarithm("$ln", math.log)),
    "$log10": _of_number("$log10", _logarithm("$log10", math.log10)),
    "$log": binary("$log", _log),
    "$pow": binary("$pow", _power),
}
