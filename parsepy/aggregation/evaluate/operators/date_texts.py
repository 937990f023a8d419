"""Dates as texts, and texts as dates."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.date_parts import moment_in, week_of
from parsepy.aggregation.evaluate.operators.operands import named
from parsepy.aggregation.evaluate.operators.zones import zone_of
from parsepy.aggregation.evaluate.values import (
    Value,
    date_of,
    fail,
    is_nullish,
    type_name,
)
from parsepy.protocol import dates, values
from parsepy.types import MISSING

_SPECIFIER: Final = re.compile(r"%(.?)", re.DOTALL)
_ZONED: Final = re.compile(r".*(Z|[+-]\d\d:?\d\d)", re.ASCII)
_DEFAULT: Final = "%Y-%m-%dT%H:%M:%S.%LZ"
_WRITERS: Final[dict[str, Callable[[datetime], str]]] = {
    "Y": lambda moment: f"{moment.year:04}",
    "m": lambda moment: f"{moment.month:02}",
    "d": lambda moment: f"{moment.day:02}",
    "H": lambda moment: f"{moment.hour:02}",
    "M": lambda moment: f"{moment.minute:02}",
    "S": lambda moment: f"{moment.second:02}",
    "L": lambda moment: f"{moment.microsecond // 1000:03}",
    "j": lambda moment: f"{moment.timetuple().tm_yday:03}",
    "w": lambda moment: str(moment.isoweekday() % 7 + 1),
    "u": lambda moment: str(moment.isoweekday()),
    "U": lambda moment: f"{week_of(moment):02}",
    "V": lambda moment: f"{moment.isocalendar().week:02}",
    "G": lambda moment: f"{moment.isocalendar().year:04}",
    "z": lambda moment: moment.strftime("%z")[:5],
    "Z": lambda moment: str(_offset_minutes(moment)),
    "%": lambda _moment: "%",
}


def _offset_minutes(moment: datetime) -> int:
    offset = moment.utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)


def _to_string(given: Mapping[str, Value]) -> Value:
    value, pattern = given["date"], given.get("format", _DEFAULT)
    zone = given.get("timezone", MISSING)
    if is_nullish(pattern):
        return None
    if not isinstance(pattern, str):
        fail("$dateToString requires that 'format' be a string")
    if is_nullish(value):
        return given.get("onNull")
    moment = moment_in(value, None if "timezone" in given and zone is MISSING else zone)
    if moment is None:
        return None
    return _SPECIFIER.sub(lambda found: _written(found[1], moment), pattern)


def _written(specifier: str, moment: datetime) -> str:
    write = _WRITERS.get(specifier)
    if write is None:
        fail(f"Invalid format character '%{specifier}' in format string")
    return write(moment)


def _from_string(given: Mapping[str, Value]) -> Value:
    text = given["dateString"]
    if is_nullish(text):
        return given.get("onNull")
    canonical = dates.normalise(text) if isinstance(text, str) else None
    if not isinstance(text, str) or canonical is None:
        if "onError" in given:
            return given["onError"]
        if not isinstance(text, str):
            fail(
                f"$dateFromString requires that 'dateString' be a string, found: {type_name(text)}"
            )
        fail(f"Error parsing date string '{text}'")
    zone = zone_of(given.get("timezone", MISSING))
    if zone is None:
        return None
    date = values.date(canonical)
    if "timezone" not in given:
        return date
    if _ZONED.fullmatch(text) is not None:
        fail("you cannot pass in a date/time string with time zone information together with"
             " a timezone argument")  # fmt: skip
    return date_of(datetime.fromisoformat(canonical).replace(tzinfo=zone))


OPERATORS: Final[dict[str, Operator]] = {
    "$dateToString": named(
        "$dateToString", _to_string, ("date",), ("format", "timezone", "onNull")
    ),
    "$dateFromString": named(
        "$dateFromString", _from_string, ("dateString",), ("timezone", "onError", "onNull")
    ),
}
