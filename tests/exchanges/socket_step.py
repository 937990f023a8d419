"""A LiveQuery socket of an SDK: frames sent, frames expected, and requests meanwhile."""

import json
from typing import Any

import httpx
from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from parsepy.types import JSONValue
from tests.exchanges.capturing import capture
from tests.exchanges.http_step import play_http
from tests.exchanges.matching import differences
from tests.exchanges.outcome import StepFailedError
from tests.exchanges.variables import Variables

SECONDS = 10.0


def play_socket(step: dict[str, Any], variables: Variables, transport: httpx.BaseTransport) -> None:
    """Raises StepFailedError when the server does not speak as expected."""
    plan: dict[str, Any] = step["ws"]
    address = f"{variables['liveUrl']}{variables.fill(plan.get('path', ''))}"
    headers = variables.fill_object(plan.get("headers", {}))
    try:
        with connect(
            address,
            additional_headers={name: str(value) for name, value in headers.items() if value},
            open_timeout=SECONDS,
        ) as socket:
            for item in plan["script"]:
                _play(item, socket, variables, transport)
    except (OSError, TimeoutError, WebSocketException) as error:
        raise StepFailedError(f"the socket failed: {error!r}") from error


def _play(
    item: dict[str, Any],
    socket: ClientConnection,
    variables: Variables,
    transport: httpx.BaseTransport,
) -> None:
    if "send" in item:
        socket.send(json.dumps(variables.fill(item["send"]), separators=(",", ":")))
    elif "request" in item:
        play_http(item, variables, transport)
    else:
        frame = _receive(socket)
        found = list(differences("frame", variables.fill(item["expect"]), frame))
        if found:
            raise StepFailedError("; ".join(found))
        capture(item.get("capture", {}), frame, {}, variables)


def _receive(socket: ClientConnection) -> JSONValue:
    text = socket.recv(timeout=SECONDS)
    if isinstance(text, bytes):
        raise StepFailedError("a binary frame, which the SDKs ignore")
    frame: JSONValue = json.loads(text)
    return frame
