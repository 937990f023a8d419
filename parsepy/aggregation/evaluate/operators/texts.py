"""Values as texts, and back."""

from typing import cast

from parsepy import errors
from parsepy.aggregation.evaluate.values import (
    Value,
    is_date,
    is_nullish,
    is_number,
    type_name,
)
from parsepy.types import JSONObject


def number_text(value: int | float) -> str:
    """`2.0` is `2`, as MongoDB writes doubles."""
    if type(value) is float and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return str(value)


def iso_of(value: Value) -> str:
    return cast("str", cast("JSONObject", value)["iso"])


def text_of(name: str, value: Value) -> str:
    """What operators on texts make of other values: nothing is an empty text."""
    if isinstance(value, str):
        return value
    if is_nullish(value):
        return ""
    if is_number(value):
        return number_text(cast("float", value))
    if is_date(value):
        return iso_of(value)
    raise errors.invalid_query(f"{name}: can't convert from BSON type {type_name(value)} to String")
