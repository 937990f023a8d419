"""What is counted of an event: itself, and each of its dimensions. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, NamedTuple

from parsepy.protocol import dates, json
from parsepy.protocol.field_types import is_typed
from parsepy.types import JSONMapping, JSONObject, JSONValue

APP_OPENED: Final = "AppOpened"
MAX_NAME: Final = 100
"""Characters of an event's or a dimension's name; what is longer is cut."""
MAX_VALUE: Final = 140
"""Characters of a value; what is longer is cut."""
MAX_DIMENSIONS: Final = 8
"""Of one event, as parse.com had it; further ones are left out."""
MAX_LATENESS: Final = timedelta(days=7)
"""Events that an app tells of later than that, or that are to come, count for today."""
_DAY_LENGTH: Final = len("2026-11-30")


class Key(NamedTuple):
    """What there is one count of. The event itself has no dimension."""

    day: str
    event: str
    dimension: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """`day` is in UTC, `2026-11-30`."""

    name: str
    day: str
    dimensions: tuple[tuple[str, str], ...] = ()

    def counted(self) -> Iterator[Key]:
        yield Key(self.day, self.name)
        for dimension, value in self.dimensions:
            yield Key(self.day, self.name, dimension, value)


def read_event(name: str, parameters: JSONMapping, now: str) -> Event:
    """Never fails: what is no dimension or date is left out."""
    given = parameters.get("dimensions")
    dimensions = dict(_dimensions(given if isinstance(given, dict) else {}))
    push = parameters.get("push_hash")
    if name == APP_OPENED and isinstance(push, str) and push:
        dimensions.setdefault("push_hash", _cut(push, MAX_VALUE))
    kept = tuple(dimensions.items())[:MAX_DIMENSIONS]
    return Event(_cut(name, MAX_NAME), _day(parameters.get("at"), now), kept)


def _dimensions(given: JSONObject) -> Iterator[tuple[str, str]]:
    for name, value in given.items():
        text = _text(value)
        if (dimension := _cut(name, MAX_NAME)) and text is not None:
            yield dimension, _cut(text, MAX_VALUE)


def _text(value: JSONValue) -> str | None:
    if isinstance(value, str):
        return value
    return json.dumps(value).decode() if isinstance(value, bool | int | float) else None


def _cut(text: str, length: int) -> str:
    """Without what no store takes in a text."""
    return text[:length].replace("\0", "").encode(errors="replace").decode()


def _day(at: JSONValue, now: str) -> str:
    today = now[:_DAY_LENGTH]
    text = at.get("iso") if isinstance(at, dict) and is_typed(at, "Date") else at
    moment, latest = dates.parse(text) if isinstance(text, str) else None, dates.parse(now)
    if moment is None or latest is None or not latest - MAX_LATENESS <= moment <= latest:
        return today
    return dates.format_datetime(moment)[:_DAY_LENGTH]
