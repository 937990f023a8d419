"""Values between the wire and cloud code.

A Date is a `datetime` in UTC, a Pointer an object that has not been fetched; everything else is
what its JSON is.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Protocol, TypeAlias, cast, runtime_checkable

from parsepy.protocol import dates, values
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.json import normalise_number
from parsepy.types import JSONObject, JSONValue

Refer: TypeAlias = Callable[[str, str], object]
"""Makes the object for a Pointer's class and id."""


@runtime_checkable
class HasPointer(Protocol):
    """An object that a value may refer to."""

    def to_pointer(self) -> JSONObject: ...

    def to_full_json(self) -> JSONObject: ...


def decode(value: JSONValue, refer: Refer) -> object:
    """A copy of `value` as cloud code sees it."""
    if isinstance(value, list):
        return [decode(item, refer) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__type")
    if kind == "Date" and isinstance(value.get("iso"), str):
        return _moment(value)
    if kind == "Pointer" and is_typed(value, "Pointer"):
        return refer(str(value.get("className")), str(value.get("objectId")))
    return {name: decode(child, refer) for name, child in value.items()}


def encode(value: object, *, whole_objects: bool = False) -> JSONValue:
    """The wire's form. Objects become Pointers, or whole ones where they are somebody's answer.

    Raises `TypeError` for what JSON cannot say, `ValueError` for a Pointer to an unsaved object.
    """
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | float):
        return normalise_number(value) if value - value == 0 else None
    if isinstance(value, datetime):
        return values.date(_iso(value))
    if isinstance(value, HasPointer):
        return value.to_full_json() if whole_objects else value.to_pointer()
    if isinstance(value, Mapping):
        return {
            str(name): encode(child, whole_objects=whole_objects) for name, child in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [encode(item, whole_objects=whole_objects) for item in value]
    raise TypeError(f"{type(value).__name__} is no value that can be stored or sent")


def _moment(value: JSONObject) -> object:
    canonical = dates.normalise(cast("str", value["iso"]))
    if canonical is None:
        return dict(value)
    return datetime.fromisoformat(canonical)


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
