"""Dates of the wire: always `YYYY-MM-DDTHH:MM:SS.mmmZ`, years 1 to 9999.

Android, Swift, JavaScript and .NET SDKs each misread any other form (microseconds, `+00:00`).
"""

import re
import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from parsepy.protocol.clock import now_ms as now_ms

_FIRST: Final = -62_135_596_800_000
_LAST: Final = 253_402_300_799_999
"""The milliseconds of 0001-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z."""

_CANONICAL: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
# What JavaScript's Date takes of ISO 8601: a date alone, or date and time with or without
# seconds, fraction and zone. Without a zone we read UTC: a server's own zone is an accident.
_ACCEPTED: Final = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?"
    r"(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?\s*(Z|[+-]\d\d:?\d\d)?)?",
    re.ASCII,
)


def now() -> str:
    return format_ms(now_ms())


def format_ms(milliseconds: int) -> str:
    """`0` → `1970-01-01T00:00:00.000Z`. Clamps to the years that ISO text can carry."""
    milliseconds = min(max(milliseconds, _FIRST), _LAST)
    seconds, rest = divmod(milliseconds, 1000)
    return f"{_second(seconds)}.{rest:03}Z"


@lru_cache(64)
def _second(seconds: int) -> str:
    """The text up to the second: many times are asked for within one."""
    parts = time.gmtime(seconds)
    return (
        f"{parts.tm_year:04}-{parts.tm_mon:02}-{parts.tm_mday:02}"
        f"T{parts.tm_hour:02}:{parts.tm_min:02}:{parts.tm_sec:02}"
    )


def format_datetime(moment: datetime) -> str:
    """A naive `datetime` is UTC; microseconds are cut, as JavaScript has none."""
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.isoformat(timespec="milliseconds") + "Z"


def parse(text: str) -> datetime | None:
    """The moment that `text` names, or `None` when it is no date of the years 1 to 9999."""
    match = _ACCEPTED.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second, fraction, zone = match.groups()
    try:
        moment = datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            int((fraction or "0")[:3].ljust(3, "0")) * 1000,
            tzinfo=UTC,
        )
        return moment - _offset(zone)
    except (ValueError, OverflowError):
        return None


def normalise(text: str) -> str | None:
    """`text` in the canonical form, or `None` when it is no date."""
    if _CANONICAL.fullmatch(text) is not None:
        try:
            datetime.fromisoformat(text)
        except ValueError:
            return None
        return text
    moment = parse(text)
    return None if moment is None else format_datetime(moment)


def next_millisecond(text: str) -> str:
    """Of a canonical date; the last one there is stays."""
    try:
        return format_datetime(datetime.fromisoformat(text) + timedelta(milliseconds=1))
    except OverflowError:
        return text


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone == "Z":
        return timedelta()
    minutes = int(zone[1:3]) * 60 + int(zone[-2:])
    return timedelta(minutes=-minutes if zone[0] == "-" else minutes)
