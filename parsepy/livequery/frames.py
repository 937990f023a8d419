"""What the server says, as JSON text ready for the wire (LiveQuery sheet, sections 3 and 4).

Every frame about a client ends with his `head`: several SDKs drop frames without it.
"""

from collections.abc import Collection
from typing import Final

from parsepy.livequery.judging import Event
from parsepy.protocol import json
from parsepy.types import JSONMapping, JSONObject, JSONValue

MALFORMED: Final = 1
UNKNOWN: Final = 2
"""No such client, or no such subscription."""
KEY_REFUSED: Final = 4

_OPENINGS: Final = {event: b'{"op":"%s"' % event.value.encode() for event in Event}


def head(client_id: str, installation_id: str | None) -> bytes:
    named: JSONObject = {"clientId": client_id}
    if installation_id is not None:
        named["installationId"] = installation_id
    return b"," + json.dumps(named)[1:-1]


def connected(client_head: bytes) -> bytes:
    return b'{"op":"connected"' + client_head + b"}"


def subscribed(
    subscription_head: bytes, position: str | None = None, *, resumed: bool | None = None
) -> bytes:
    """`position` and `resumed` are for those who have asked for them."""
    told = b""
    if position is not None:
        told = b"," + json.dumps({"position": position, "resumed": resumed})[1:-1]
    return b'{"op":"subscribed"' + subscription_head + told + b"}"


def unsubscribed(subscription_head: bytes) -> bytes:
    return b'{"op":"unsubscribed"' + subscription_head + b"}"


def error(
    code: int, message: str, *, reconnect: bool = True, request_id: int | float | None = None
) -> bytes:
    """`reconnect` tells the client whether trying again makes sense."""
    return json.dumps(
        {
            "op": "error",
            "error": message,
            "code": code,
            "reconnect": reconnect,
            "requestId": request_id,
        }
    )


def event(kind: Event, subscription_head: bytes, body: bytes, position: str | None = None) -> bytes:
    """`body` is what `event_body` made, for all who see the same."""
    before, after = around(kind, body, position)
    return before + subscription_head + after


def around(kind: Event, body: bytes, position: str | None = None) -> tuple[bytes, bytes]:
    """What an event's frame has before and after the head of its subscription."""
    told = b"" if position is None else b',"position":' + json.dumps(position)
    return _OPENINGS[kind], told + body


def event_body(class_name: str, shown: JSONMapping, original: JSONMapping | None) -> bytes:
    body = b',"object":' + _object(class_name, shown)
    if original is not None:
        body += b',"original":' + _object(class_name, original)
    return body + b"}"


def cut(shown: JSONMapping, keys: Collection[str] | None) -> JSONMapping:
    if keys is None:
        return shown
    return {name: value for name, value in shown.items() if name in keys}


def _object(class_name: str, shown: JSONMapping) -> bytes:
    # iOS needs `__type` before 6.1.1 and `className` always; others ignore what they do not need.
    named: dict[str, JSONValue] = {"__type": "Object", "className": class_name}
    return json.dumps({**shown, **named})
