"""The parts of a date."""

from collections.abc import Callable
from datetime import datetime
from typing import Final

from parsepy.aggregation.evaluate.expressions import (
    Expression,
    Operator,
    Scope,
    Variables,
    compile_expression,
)
from parsepy.aggregation.evaluate.operators.operands import arguments, listed
from parsepy.aggregation.evaluate.operators.zones import zone_of
from parsepy.aggregation.evaluate.values import (
    Document,
    Value,
    fail,
    is_date,
    is_nullish,
    moment_of,
    type_name,
)
from parsepy.types import MISSING, JSONValue

Part = Callable[[datetime], int]


def week_of(moment: datetime) -> int:
    """0 to 53; a week begins on Sunday, days before the first one are in week 0."""
    return int(moment.strftime("%U"))


PARTS: Final[dict[str, Part]] = {
    "$year": lambda moment: moment.year,
    "$month": lambda moment: moment.month,
    "$dayOfMonth": lambda moment: moment.day,
    "$hour": lambda moment: moment.hour,
    "$minute": lambda moment: moment.minute,
    "$second": lambda moment: moment.second,
    "$millisecond": lambda moment: moment.microsecond // 1000,
    "$dayOfWeek": lambda moment: moment.isoweekday() % 7 + 1,
    "$dayOfYear": lambda moment: moment.timetuple().tm_yday,
    "$week": week_of,
    "$isoWeek": lambda moment: moment.isocalendar().week,
    "$isoWeekYear": lambda moment: moment.isocalendar().year,
    "$isoDayOfWeek": lambda moment: moment.isoweekday(),
}


def _part(name: str, part: Part) -> Operator:
    def build(operand: JSONValue, scope: Scope) -> Expression:
        source, zone = _operands(name, operand, scope)

        def evaluate(document: Document, variables: Variables) -> Value:
            value = source(document, variables)
            zone_value = MISSING if zone is None else zone(document, variables)
            if is_nullish(value):
                return None
            check_date(value)
            chosen = zone_of(None if zone and zone_value is MISSING else zone_value)
            return None if chosen is None else part(moment_of(value).astimezone(chosen))

        return evaluate

    return build


def _operands(name: str, operand: JSONValue, scope: Scope) -> tuple[Expression, Expression | None]:
    has_parts = isinstance(operand, dict) and "date" in operand
    if not has_parts:
        given = listed(operand)
        if len(given) != 1:
            fail(
                f"{name} accepts exactly one argument if given an array, but was given {len(given)}"
            )
        return compile_expression(given[0], scope), None
    named = arguments(name, operand, ("date",), ("timezone",))
    source = compile_expression(named["date"], scope)
    if "timezone" not in named:
        return source, None
    return source, compile_expression(named["timezone"], scope)


def check_date(value: Value) -> None:
    if not is_date(value):
        fail(f"can't convert from BSON type {type_name(value)} to Date")


def moment_in(value: Value, zone: Value) -> datetime | None:
    """The moment of a date in a zone; `None` when one of them is null."""
    chosen = zone_of(zone)
    if is_nullish(value) or chosen is None:
        return None
    check_date(value)
    return moment_of(value).astimezone(chosen)


OPERATORS: Final[dict[str, Operator]] = {name: _part(name, part) for name, part in PARTS.items()}
