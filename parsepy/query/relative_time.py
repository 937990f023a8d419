"""`$relativeTime`: `in 2 days`, `3 hours 5 minutes ago`, `now` (rest-objects sheet, 12.4)."""

from typing import Final

from parsepy import errors
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import DATE
from parsepy.query.tree import Path
from parsepy.types import JSONObject, JSONValue

COMPARISONS: Final = frozenset(("$lt", "$lte", "$gt", "$gte"))

_SECONDS: Final = {
    name: seconds
    for names, seconds in (
        ("yr yrs year years", 365 * 86_400),
        ("wk wks week weeks", 7 * 86_400),
        ("d day days", 86_400),
        ("hr hrs hour hours", 3_600),
        ("min mins minute minutes", 60),
        ("sec secs second seconds", 1),
    )
    for name in names.split()
}
_LONGEST_NUMBER: Final = 15
"""Digits that a JavaScript number holds exactly."""


def is_relative(value: JSONValue) -> bool:
    return isinstance(value, dict) and bool(value.get("$relativeTime"))


def date_of(path: Path, operator: str, value: JSONObject, now_ms: int) -> JSONObject:
    """The Date that is meant. Raises 107."""
    if path.type is not None and path.type != DATE:
        raise errors.invalid_json("$relativeTime can only be used with Date field")
    if operator not in COMPARISONS:
        raise errors.invalid_json(
            "$relativeTime can only be used with the $lt, $lte, $gt, and $gte operators"
        )
    text = value["$relativeTime"]
    if not isinstance(text, str):
        raise _bad(operator, "It should be a text.")
    return values.date(dates.format_ms(now_ms + _offset_ms(operator, text.lower())))


def _offset_ms(operator: str, text: str) -> int:
    if text == "now":
        return 0
    parts = text.split()
    future, past = parts[:1] == ["in"], parts[-1:] == ["ago"]
    if not future and not past:
        raise _bad(operator, "Time should either start with 'in' or end with 'ago'")
    if future and past:
        raise _bad(operator, "Time cannot have both 'in' and 'ago'")
    parts = parts[1:] if future else parts[:-1]
    if len(parts) % 2:
        raise _bad(operator, "Invalid time string. Dangling unit or number.")
    pairs = zip(parts[::2], parts[1::2], strict=True)
    seconds = sum(_whole_number(operator, n) * _seconds_in(operator, unit) for n, unit in pairs)
    return seconds * 1000 if future else -seconds * 1000


def _whole_number(operator: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit()) or len(digits) > _LONGEST_NUMBER:
        raise _bad(operator, f"'{text}' is not an integer.")
    return int(text)


def _seconds_in(operator: str, unit: str) -> int:
    seconds = _SECONDS.get(unit)
    if seconds is None:
        raise _bad(operator, f"Invalid interval: '{unit}'")
    return seconds


def _bad(operator: str, why: str) -> errors.ParseError:
    return errors.invalid_json(f"bad $relativeTime ({operator}) value. {why}")
