"""Which event a change is for a subscriber (LiveQuery sheet, section 7)."""

from collections.abc import Sequence
from enum import StrEnum

from parsepy.protocol import values
from parsepy.types import MISSING, JSONMapping, JSONValue, Missing


class Event(StrEnum):
    """The names on the wire."""

    CREATE = "create"
    ENTER = "enter"
    UPDATE = "update"
    LEAVE = "leave"
    DELETE = "delete"


def judge(*, was_there: bool, is_there: bool, is_new: bool) -> Event | None:
    """`was_there` and `is_there` say whether the subscriber's query would have returned the object
    before and after its change."""
    if was_there:
        return Event.UPDATE if is_there else Event.LEAVE
    if not is_there:
        return None
    return Event.CREATE if is_new else Event.ENTER


def changes_any(watched: Sequence[str], current: JSONMapping, original: JSONMapping | None) -> bool:
    """Whether one of the fields, or what is under a dotted path, is another than before."""
    before = original or {}
    return any(not _same(_at(current, path), _at(before, path)) for path in watched)


def _at(document: JSONMapping, path: str) -> JSONValue | Missing:
    found: JSONValue | Missing = MISSING
    holder: object = document
    for part in path.split("."):
        if not isinstance(holder, dict):
            return MISSING
        found = holder.get(part, MISSING)
        holder = found
    return found


def _same(left: JSONValue | Missing, right: JSONValue | Missing) -> bool:
    if isinstance(left, Missing) or isinstance(right, Missing):
        return left is right
    return values.same(left, right)
