"""`/scriptlog`: what the server's log says (services sheet, section 9)."""

from typing import Final, TypeGuard

from parsepy import errors
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.logs.base import DAY_MS, DEFAULT_SIZE, MOST, LogQuery
from parsepy.protocol import dates
from parsepy.telemetry.levels import LEVELS
from parsepy.types import JSONObject, JSONValue

_LAST_YEAR: Final = 9999
"""A greater number is no year but milliseconds since 1970, as parse-dashboard counts."""

_LONGEST_TEXT: Final = 1000


async def _find(request: Request) -> Answer:
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()
    query = read_query(request.parameters)
    return Answer([*await request.services.logs.query(query)])


ROUTES: Routes = {("GET", 0): _find}


def read_query(given: JSONObject) -> LogQuery:
    """Raises 102 for what is no date, number, order or level."""
    now = dates.now_ms()
    until = _moment(given, "until")
    since = _moment(given, "from", "startDate")
    return LogQuery(
        since=now - 7 * DAY_MS if since is None else since,
        until=now if until is None else until,
        size=_size(given),
        ascending=_choice(given, "order", ("asc", "desc"), "desc") == "asc",
        level=_choice(given, "level", tuple(LEVELS), "info"),
        text=_text(given),
    )


def _moment(given: JSONObject, *names: str) -> int | None:
    name, value = _first(given, names)
    if value is None:
        return None
    if _is_number(value) and value > _LAST_YEAR:
        return int(value)
    moment = dates.parse(str(value)) if isinstance(value, str | int) else None
    if moment is None:
        raise errors.invalid_query(f"{name} must be a date")
    return round(moment.timestamp() * 1000)


def _size(given: JSONObject) -> int:
    name, value = _first(given, ("n", "size"))
    if value is None:
        return DEFAULT_SIZE
    if not _is_number(value) or value != int(value) or not 1 <= value <= MOST:
        raise errors.invalid_query(f"{name} must be a whole number from 1 to {MOST}")
    return int(value)


def _choice(given: JSONObject, name: str, choices: tuple[str, ...], default: str) -> str:
    _, value = _first(given, (name,))
    if value is None:
        return default
    if not isinstance(value, str) or value not in choices:
        raise errors.invalid_query(f"{name} must be one of {', '.join(choices)}")
    return value


def _text(given: JSONObject) -> str:
    _, value = _first(given, ("text",))
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        value = str(value)
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT:
        raise errors.invalid_query(f"text must be a text of at most {_LONGEST_TEXT} characters")
    return value


def _first(given: JSONObject, names: tuple[str, ...]) -> tuple[str, JSONValue]:
    """What is left empty counts as not given, as with parse-server."""
    for name in names:
        value = given.get(name)
        if value is not None and value != "":
            return name, value
    return names[0], None


def _is_number(value: JSONValue) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
