"""Adding to dates, cutting them to a unit, and counting the units between two."""

from calendar import monthrange
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from parsepy import errors
from parsepy.aggregation.evaluate.expressions import Operator
from parsepy.aggregation.evaluate.operators.date_parts import check_date
from parsepy.aggregation.evaluate.operators.operands import named
from parsepy.aggregation.evaluate.operators.zones import zone_of
from parsepy.aggregation.evaluate.values import (
    Value,
    date_of,
    fail,
    is_nullish,
    moment_of,
    type_name,
)
from parsepy.types import MISSING

_MONTHS: Final = {"month": 1, "quarter": 3, "year": 12}
_FIXED: Final = {
    "millisecond": timedelta(milliseconds=1),
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
    "week": timedelta(weeks=1),
}
_CLOCK: Final = ("millisecond", "second", "minute", "hour")
_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MOST: Final = 1 << 40


def _unit(name: str, value: Value) -> str:
    if not isinstance(value, str):
        fail(f"{name} requires 'unit' to be a string, but got {type_name(value)}")
    if value not in _FIXED and value not in _MONTHS:
        fail(f"{name} parameter 'unit' value parsing failed: unknown time unit value: {value}")
    return value


def _start_of_week(name: str, value: Value) -> int:
    """0 for Monday to 6 for Sunday, which is what weeks begin with unless told otherwise."""
    if value is MISSING:
        return 6
    text = value.lower() if isinstance(value, str) else ""
    for number, day in enumerate(_WEEKDAYS):
        if text in (day, day[:3]):
            return number
    raise errors.invalid_query(f"{name}: 'startOfWeek' is no day of the week")


def _zone(given: Mapping[str, Value]) -> tzinfo | None:
    zone = given.get("timezone", MISSING)
    return zone_of(None if "timezone" in given and zone is MISSING else zone)


def _local(value: Value, zone: tzinfo) -> datetime:
    """The time that a clock in the zone shows."""
    check_date(value)
    return moment_of(value).astimezone(zone).replace(tzinfo=None)


def _back(local: datetime, zone: tzinfo) -> Value:
    return date_of(local.replace(tzinfo=zone))


def _added(name: str, sign: int) -> Operator:
    def compute(given: Mapping[str, Value]) -> Value:
        start, amount, zone = given["startDate"], given["amount"], _zone(given)
        if is_nullish(start) or is_nullish(amount) or is_nullish(given["unit"]) or zone is None:
            return None
        unit = _unit(name, given["unit"])
        if isinstance(amount, bool) or not isinstance(amount, int | float) or amount % 1:
            fail(f"{name} expects integer amount of time units")
        if abs(amount) > _MOST:
            fail(f"{name} overflowed")
        check_date(start)
        steps = sign * int(amount)
        try:
            if unit in _CLOCK:
                return date_of(moment_of(start) + _FIXED[unit] * steps)
            return _back(_moved(_local(start, zone), unit, steps), zone)
        except (OverflowError, ValueError):
            fail(f"{name} overflowed")

    return named(name, compute, ("startDate", "unit", "amount"), ("timezone",))


def _moved(local: datetime, unit: str, steps: int) -> datetime:
    if unit in _FIXED:
        return local + _FIXED[unit] * steps
    months = local.year * 12 + local.month - 1 + _MONTHS[unit] * steps
    year, month = divmod(months, 12)
    # 31 January and a month is the last of February.
    day = min(local.day, monthrange(year, month + 1)[1])
    return local.replace(year=year, month=month + 1, day=day)


def _truncated(given: Mapping[str, Value]) -> Value:
    value, size, zone = given["date"], given.get("binSize", 1), _zone(given)
    week_start = given.get("startOfWeek", MISSING)
    if any(map(is_nullish, (value, given["unit"], size))) or zone is None or week_start is None:
        return None
    unit = _unit("$dateTrunc", given["unit"])
    if isinstance(size, bool) or not isinstance(size, int | float) or size % 1 or size <= 0:
        fail("$dateTrunc requires 'binSize' to be a positive whole number")
    bins, local = int(size), _local(value, zone)
    try:
        if unit in _MONTHS:
            return _back(_month_bin(local, _MONTHS[unit] * bins), zone)
        step = _FIXED[unit] * bins
        reference = datetime(2000, 1, 1)  # noqa: DTZ001 - a time on the zone's clock
        if unit == "week":
            reference += timedelta((_start_of_week("$dateTrunc", week_start) - 5) % 7)
        if unit in _CLOCK:
            start = reference.replace(tzinfo=zone)
            return date_of(start.astimezone(UTC) + (moment_of(value) - start) // step * step)
        return _back(reference + (local - reference) // step * step, zone)
    except (OverflowError, ValueError):
        fail("$dateTrunc overflowed")


def _month_bin(local: datetime, size: int) -> datetime:
    months = (local.year - 2000) * 12 + local.month - 1
    year, month = divmod(months // size * size, 12)
    return datetime(2000 + year, month + 1, 1)  # noqa: DTZ001 - a time on the zone's clock


def _difference(given: Mapping[str, Value]) -> Value:
    start, end, zone = given["startDate"], given["endDate"], _zone(given)
    week_start = given.get("startOfWeek", MISSING)
    if is_nullish(start) or is_nullish(end) or is_nullish(given["unit"]) or zone is None:
        return None
    if week_start is None:
        return None
    unit = _unit("$dateDiff", given["unit"])
    first, last = _local(start, zone), _local(end, zone)
    if unit in _MONTHS:
        size = _MONTHS[unit]
        return _months(last) // size - _months(first) // size
    if unit == "day":
        return last.toordinal() - first.toordinal()
    if unit == "week":
        offset = _start_of_week("$dateDiff", week_start)
        # Ordinal 1 is a Monday.
        return (last.toordinal() - 1 - offset) // 7 - (first.toordinal() - 1 - offset) // 7
    step = _FIXED[unit]
    origin = datetime(1, 1, 1)  # noqa: DTZ001 - a time on the zone's clock
    return (last - origin) // step - (first - origin) // step


def _months(local: datetime) -> int:
    return local.year * 12 + local.month - 1


OPERATORS: Final[dict[str, Operator]] = {
    "$dateAdd": _added("$dateAdd", 1),
    "$dateSubtract": _added("$dateSubtract", -1),
    "$dateTrunc": named(
        "$dateTrunc", _truncated, ("date", "unit"), ("binSize", "timezone", "startOfWeek")
    ),
    "$dateDiff": named(
        "$dateDiff", _difference, ("startDate", "endDate", "unit"), ("timezone", "startOfWeek")
    ),
}
