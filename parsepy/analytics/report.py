"""What was counted, for whoever may ask."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from parsepy.analytics.rows import Rows
from parsepy.errors import invalid_query
from parsepy.protocol import dates
from parsepy.protocol.field_types import is_number, is_typed
from parsepy.types import JSONMapping, JSONObject, JSONValue

DEFAULT_DAYS: Final = 30
DEFAULT_LIMIT: Final = 1000
MOST: Final = 10_000
PARAMETERS: Final = ("from", "until", "dimension", "limit")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """`days` are the first and the last one; `dimension` is empty for the event itself."""

    days: tuple[str, str]
    dimension: str = ""
    limit: int = DEFAULT_LIMIT


def read_asked(parameters: JSONMapping) -> Asked:
    """Raises 102."""
    for name in parameters:
        if name not in PARAMETERS:
            raise invalid_query(f"Invalid parameter for query: {name}")
    today = dates.now()[:10]
    last = _day("until", parameters.get("until")) or today
    first = _day("from", parameters.get("from")) or _days_before(last)
    dimension = parameters.get("dimension", "")
    if not isinstance(dimension, str):
        dimension = str(dimension) if is_number(dimension) else _wrong("dimension", "a text")
    return Asked((first, last), dimension, _limit(parameters.get("limit", DEFAULT_LIMIT)))


async def report_of_all(rows: Rows, asked: Asked) -> JSONObject:
    totals = await rows.totals(asked.days, asked.limit)
    return {"results": [{"event": event, "count": count} for event, count in totals]}


async def report_of(rows: Rows, event: str, asked: Asked) -> JSONObject:
    found = await rows.of_event(event, asked.dimension, asked.days, asked.limit)
    shown = ("day", "value", "count") if asked.dimension else ("day", "count")
    results: list[JSONValue] = [{name: row[name] for name in shown} for row in found]
    if asked.dimension:
        return {"results": results}
    dimensions: list[JSONValue] = [*await rows.dimensions_of(event, asked.days)]
    return {"results": results, "dimensions": dimensions}


def _day(name: str, given: JSONValue) -> str | None:
    if given is None:
        return None
    text = given.get("iso") if isinstance(given, dict) and is_typed(given, "Date") else given
    day = text[:10] if isinstance(text, str) else ""
    if _DAY.fullmatch(day) is None or dates.parse(day) is None:
        raise invalid_query(f"{name} must be a day, such as 2026-11-30")
    return day


def _days_before(last: str) -> str:
    day = date.fromisoformat(last)
    earlier = min(DEFAULT_DAYS - 1, day.toordinal() - 1)
    return (day - timedelta(days=earlier)).isoformat()


def _limit(given: JSONValue) -> int:
    if not isinstance(given, int) or isinstance(given, bool) or not 0 < given <= MOST:
        raise invalid_query(f"limit must be a whole number from 1 to {MOST}")
    return given


def _wrong(name: str, expected: str) -> str:
    raise invalid_query(f"{name} must be {expected}")
