"""Time zones as MongoDB writes them: an offset, or a name of the IANA database."""

import re
from datetime import UTC, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from parsepy.aggregation.evaluate.values import Value, fail, type_name
from parsepy.types import Missing

_OFFSET: Final = re.compile(r"([+-])(\d\d)(?::?(\d\d))?", re.ASCII)


def zone_of(value: Value) -> tzinfo | None:
    """The zone; `None` for null, which makes the whole expression null. Raises 102."""
    if isinstance(value, Missing):
        return UTC
    if value is None:
        return None
    if not isinstance(value, str):
        fail(f"timezone must evaluate to a string, found {type_name(value)}")
    return _zone(value)


@lru_cache(64)
def _zone(name: str) -> tzinfo:
    if name in ("UTC", "GMT", "Z"):
        return UTC
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        sign, hours, minutes = offset.groups()
        delta = timedelta(hours=int(hours), minutes=int(minutes or 0))
        if delta >= timedelta(days=1):
            fail(f'unrecognized time zone identifier: "{name}"')
        return timezone(-delta if sign == "-" else delta)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fail(f'unrecognized time zone identifier: "{name}"')
