"""What the evaluator computes with: stored values (`query.stored`), or nothing at all.

Whole numbers are `int`, all others `float`: that is MongoDB's int and double as far as a client
can see them, since JSON shows `2.0` as `2`.
"""

from collections.abc import Hashable, Mapping
from datetime import UTC, datetime
from typing import Final, NoReturn, TypeAlias, cast

from parsepy import errors
from parsepy.protocol import dates, values
from parsepy.query.stored import BINARY, DATE, LIST, OBJECT, Stored, compare, is_object, kind
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

Value: TypeAlias = JSONValue | Missing
Document: TypeAlias = JSONObject

MAX_TEXT: Final = 16 << 20
"""Characters in a computed text: a document of MongoDB holds no longer one either."""
MAX_ITEMS: Final = 1_000_000
"""Elements of a computed list, for the same reason."""

_TRUE, _FALSE = (True,), (False,)
_INT32: Final = 2**31
_INT64: Final = 2**63
_NAMES: Final = {type(None): "null", bool: "bool", float: "double", str: "string", list: "array"}


def fail(message: str) -> NoReturn:
    """Raises 102: a pipeline that cannot be evaluated."""
    raise errors.invalid_query(message)


def is_nullish(value: Value) -> bool:
    return value is None or value is MISSING


def is_number(value: Value) -> bool:
    return type(value) is int or type(value) is float


def is_date(value: Value) -> bool:
    return type(value) is dict and value.get("__type") == "Date"


def truth(value: Value) -> bool:
    """Null, nothing, `false` and zero are false; an empty text is true."""
    if is_nullish(value) or value is False:
        return False
    return not (is_number(value) and value == 0)


def type_name(value: Value) -> str:
    """The name that `$type` gives."""
    if isinstance(value, Missing):
        return "missing"
    if type(value) is int:
        return "int" if -_INT32 <= value < _INT32 else "double"
    name = _NAMES.get(type(value))
    if name is not None:
        return name
    return {DATE: "date", BINARY: "binData"}.get(kind(value), "object")


def order(left: Value, right: Value) -> int:
    """As `query.stored.compare`, with nothing below null."""
    if isinstance(left, Missing) or isinstance(right, Missing):
        return (left is not MISSING) - (right is not MISSING)
    return compare(left, right)


def same(left: Value, right: Value) -> bool:
    return order(left, right) == 0


def identity(value: Stored) -> Hashable:
    """A hashable that is equal exactly for equal values."""
    if value is None or type(value) is str or is_number(value):
        return cast("Hashable", value)
    if type(value) is bool:
        # To Python, true is 1.
        return _TRUE if value else _FALSE
    if type(value) is list:
        return (LIST, *map(identity, value))
    fields = cast("JSONObject", value)
    if is_object(fields):
        return (OBJECT, *fields, *map(identity, fields.values()))
    return (kind(fields), *cast("dict[str, str]", fields).values())


def or_null(value: Value) -> JSONValue:
    return None if isinstance(value, Missing) else value


def bounded(number: int | float) -> int | float:
    """A whole number that 64 bits do not hold becomes a double, as in MongoDB."""
    if type(number) is int and not -_INT64 <= number < _INT64:
        try:
            return float(number)
        except OverflowError:
            return float("inf") if number > 0 else float("-inf")
    return number


def bounded_text(text: str) -> str:
    if len(text) > MAX_TEXT:
        fail("A text that the pipeline makes is too long.")
    return text


def bounded_list(items: list[JSONValue]) -> list[JSONValue]:
    if len(items) > MAX_ITEMS:
        fail("A list that the pipeline makes is too long.")
    return items


def moment_of(value: Value) -> datetime:
    """The moment of a Date, in UTC."""
    iso = cast("str", cast("Mapping[str, JSONValue]", value)["iso"])
    return datetime.fromisoformat(iso)


def date_of(moment: datetime) -> JSONObject:
    """Raises 102 for years that a date does not have."""
    return values.date(dates.format_datetime(moment.astimezone(UTC)))


def date_of_ms(milliseconds: float) -> JSONObject:
    return values.date(dates.format_ms(int(milliseconds)))


def ms_of(value: Value) -> int:
    moment = moment_of(value)
    return int(moment.timestamp() // 1) * 1000 + moment.microsecond // 1000


__all__ = [
    "MAX_ITEMS",
    "MAX_TEXT",
    "Document",
    "Value",
    "bounded",
    "bounded_list",
    "bounded_text",
    "date_of",
    "date_of_ms",
    "fail",
    "identity",
    "is_date",
    "is_nullish",
    "is_number",
    "is_object",
    "moment_of",
    "ms_of",
    "or_null",
    "order",
    "same",
    "truth",
    "type_name",
]
