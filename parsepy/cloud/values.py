"""Values between the wire and cloud code.

A Date is a `datetime` in UTC, a Pointer an object that has not been fetched, an included object one
that has; File, GeoPoint, Polygon, Bytes (`bytes`) are themselves. Everything else is what its JSON
is.
"""

import base64
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime
from typing import Final, Protocol, TypeAlias, cast, runtime_checkable

from parsepy.cloud.files import File
from parsepy.cloud.geo import GeoPoint, Polygon
from parsepy.cloud.unsaved import Unsaved
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import is_typed
from parsepy.protocol.json import normalise_number
from parsepy.types import JSONObject, JSONValue

Refer: TypeAlias = Callable[[str, str, JSONObject | None], object]
"""Makes the object for a Pointer's class and id, with its state where it was included."""


@runtime_checkable
class HasJSON(Protocol):
    """A value that says itself what it is on the wire."""

    def to_json(self) -> JSONObject: ...


@runtime_checkable
class HasPointer(Protocol):
    """An object that a value may refer to."""

    def to_pointer(self) -> JSONObject: ...

    def to_full_json(self) -> JSONObject: ...


@runtime_checkable
class _MayBeNew(Protocol):
    """An object that a pending change may refer to before it is saved."""

    def _reference(self) -> JSONObject: ...


def decode(value: JSONValue, refer: Refer, *, whole: bool = True) -> object:
    """A copy of `value` as cloud code sees it. Unless `whole`, whole objects stay maps: a client's
    are what he says they are."""
    if isinstance(value, Unsaved):
        return value.subject
    if isinstance(value, list):
        return [decode(item, refer, whole=whole) for item in value]
    if not isinstance(value, dict):
        return value
    kind = value.get("__type")
    if kind is None:
        return {name: decode(child, refer, whole=whole) for name, child in value.items()}
    if kind == "Pointer" and is_typed(value, "Pointer"):
        return refer(str(value.get("className")), str(value.get("objectId")), None)
    if whole and kind == "Object" and value.get("className") and value.get("objectId"):
        state = {name: child for name, child in value.items() if name not in _OF_OBJECTS}
        return refer(str(value["className"]), str(value["objectId"]), deepcopy(state))
    read = _READ.get(str(kind))
    if read is not None:
        try:
            return read(value)
        except (ValueError, TypeError):
            # A client may send anything as a parameter: what is none stays a map.
            pass
    return {name: decode(child, refer, whole=whole) for name, child in value.items()}


def pending(value: object) -> JSONValue:
    """The wire's form of a pending change, which may name objects that are not saved yet. Raises
    `TypeError` for what JSON cannot say."""
    if isinstance(value, _MayBeNew):
        return value._reference()
    if isinstance(value, Mapping):
        return {str(name): pending(child) for name, child in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [pending(item) for item in value]
    return encode(value)


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
    if isinstance(value, bytes):
        return {"__type": "Bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, HasJSON):
        return value.to_json()
    if isinstance(value, Mapping):
        return {
            str(name): encode(child, whole_objects=whole_objects) for name, child in value.items()
        }
    if isinstance(value, list | tuple | set | frozenset):
        return [encode(item, whole_objects=whole_objects) for item in value]
    raise TypeError(f"{type(value).__name__} is no value that can be stored or sent")


def _moment(value: JSONObject) -> datetime:
    iso = value.get("iso")
    canonical = dates.normalise(iso) if isinstance(iso, str) else None
    if canonical is None:
        raise ValueError("no date")
    return datetime.fromisoformat(canonical)


def _bytes(value: JSONObject) -> bytes:
    return base64.b64decode(cast("str", value.get("base64")), validate=True)


_OF_OBJECTS: Final = ("__type", "className")
_READ: Final[Mapping[str, Callable[[JSONObject], object]]] = {
    "Date": _moment,
    "File": File.from_json,
    "GeoPoint": GeoPoint.from_json,
    "Polygon": Polygon.from_json,
    "Bytes": _bytes,
}


def _iso(moment: datetime) -> str:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    text = moment.astimezone(UTC).isoformat(timespec="milliseconds")
    return text.removesuffix("+00:00") + "Z"
