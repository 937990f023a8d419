"""What clients send: frames of JSON, checked before anything else is done with them.

Keys, texts and the order of the checks are parse-server's (livequery sheet, sections 2 and 4):
SDKs compare texts. Beyond it, `fields` in a query is another name for `keys`, as the SDKs for
Swift and Flutter and older ones for JavaScript send it, and `since` asks for what was missed.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, cast

import orjson

from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue

KEY_NAMES: Final[tuple[str, ...]] = (
    "applicationId",
    "javascriptKey",
    "masterKey",
    "clientKey",
    "windowsKey",
    "restAPIKey",
)


class NotJSON(ValueError):
    """The frame is no JSON at all: it is not answered."""


class BadMessage(ValueError):
    """The frame is none that clients may send; the message is meant for the client (code 1)."""


@dataclass(frozen=True, slots=True)
class Connect:
    """`keys` holds those of `KEY_NAMES` that were sent, unjudged."""

    keys: Mapping[str, str]
    session_token: str | None = None
    installation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Subscribe:
    """`is_update`: the query takes the place of the one under `request_id`.

    `keys` and `watch` are as sent, never empty. `since` is a position in the stream of events.
    """

    request_id: int | float
    class_name: str
    where: JSONObject
    keys: tuple[str, ...] | None = None
    watch: tuple[str, ...] | None = None
    session_token: str | None = None
    is_update: bool = False
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Unsubscribe:
    request_id: int | float


Message: TypeAlias = Connect | Subscribe | Unsubscribe
Check: TypeAlias = Callable[[JSONValue], None]


def decode(frame: str | bytes) -> Message:
    """The message in a frame. Raises `NotJSON`, `BadMessage`."""
    message = _object(_parse(frame), ("op",), None)
    op = message["op"]
    _string(op)
    read = _READERS.get(cast("str", op))
    if read is None:
        raise BadMessage(f"No enum match for: {orjson.dumps(op).decode()}")
    return read(message)


def _parse(frame: str | bytes) -> JSONValue:
    try:
        return json.loads(frame)
    except json.UnsupportedJSON as error:
        raise BadMessage(str(error)) from None
    except json.InvalidJSON as error:
        raise NotJSON(str(error)) from None


def _connect(message: JSONObject) -> Connect:
    _object(message, ("op", "applicationId"), _CONNECT)
    keys = {name: cast("str", message[name]) for name in KEY_NAMES if name in message}
    return Connect(keys, _token(message), cast("str | None", message.get("installationId")))


def _subscribe(message: JSONObject) -> Subscribe:
    _object(message, ("op", "requestId", "query"), _SUBSCRIBE)
    query = cast("JSONObject", message["query"])
    return Subscribe(
        request_id=cast("int | float", message["requestId"]),
        class_name=cast("str", query["className"]),
        where=cast("JSONObject", query["where"]),
        keys=_names(query, "keys") or _names(query, "fields"),
        watch=_names(query, "watch"),
        session_token=_token(message),
        is_update=message["op"] == "update",
        since=cast("str | None", message.get("since")),
    )


def _unsubscribe(message: JSONObject) -> Unsubscribe:
    _object(message, ("op", "requestId"), _UNSUBSCRIBE)
    return Unsubscribe(cast("int | float", message["requestId"]))


def _token(message: JSONObject) -> str | None:
    # The SDK for iOS sends an empty text while nobody is logged in.
    return cast("str | None", message.get("sessionToken")) or None


def _names(query: JSONObject, key: str) -> tuple[str, ...] | None:
    return tuple(cast("list[str]", query[key])) if key in query else None


def _object(
    value: JSONValue, required: Sequence[str], checks: Mapping[str, Check] | None
) -> JSONObject:
    """`value` as an object with all `required` keys and, given `checks`, only keys of theirs."""
    _map(value)
    found = cast("JSONObject", value)
    for key in required:
        if key not in found:
            raise BadMessage(f"Missing required property: {key}")
    if checks is not None:
        for key, child in found.items():
            _check_of(key, checks)(child)
    return found


def _check_of(key: str, checks: Mapping[str, Check]) -> Check:
    if key not in checks:
        # The SDK for JavaScript reads exactly this text, and then leaves its installation out.
        raise BadMessage("Additional properties not allowed")
    return checks[key]


def _type_name(value: JSONValue) -> str:
    return "null" if value is None else _TYPE_NAMES[type(value)]


def _typed(expected: str) -> Check:
    def check(value: JSONValue) -> None:
        found = _type_name(value)
        if found != expected:
            raise BadMessage(f"Invalid type: {found} (expected {expected})")

    return check


def _list_of_names(value: JSONValue) -> None:
    _list(value)
    items = cast("list[JSONValue]", value)
    if not items:
        raise BadMessage("Array is too short (0), minimum 1")
    _check_distinct(items)
    for item in items:
        _string(item)


def _check_distinct(items: Sequence[JSONValue]) -> None:
    """Names the first item that comes again, and where it first does."""
    first: dict[bytes, int] = {}
    again: dict[int, int] = {}
    for index, item in enumerate(items):
        earlier = first.setdefault(orjson.dumps(item, option=orjson.OPT_SORT_KEYS), index)
        if earlier != index:
            again.setdefault(earlier, index)
    if again:
        one = min(again)
        raise BadMessage(f"Array items are not unique (indices {one} and {again[one]})")


def _query(value: JSONValue) -> None:
    _object(value, ("where", "className"), _QUERY)


def _anything(_value: JSONValue) -> None:
    pass


_TYPE_NAMES: Final[Mapping[type, str]] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}
_string, _number, _map, _list = map(_typed, ("string", "number", "object", "array"))

_CONNECT: Final[Mapping[str, Check]] = {
    "op": _anything,
    **dict.fromkeys((*KEY_NAMES, "sessionToken", "installationId"), _string),
}
_QUERY: Final[Mapping[str, Check]] = {
    "className": _string,
    "where": _map,
    **dict.fromkeys(("keys", "fields", "watch"), _list_of_names),
}
_SUBSCRIBE: Final[Mapping[str, Check]] = {
    "op": _anything,
    "requestId": _number,
    "query": _query,
    **dict.fromkeys(("sessionToken", "since"), _string),
}
_UNSUBSCRIBE: Final[Mapping[str, Check]] = {"op": _anything, "requestId": _number}

_READERS: Final[Mapping[str, Callable[[JSONObject], Message]]] = {
    "connect": _connect,
    "subscribe": _subscribe,
    "update": _subscribe,
    "unsubscribe": _unsubscribe,
}
