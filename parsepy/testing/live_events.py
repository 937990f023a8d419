"""Subscriptions of a client of an app under test: what it is told, without a network."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from parsepy.app import ParseApp
from parsepy.errors import ParseError
from parsepy.livequery.connection import Connection
from parsepy.protocol import json
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.livequery.parts import LiveParts


@dataclass(frozen=True, slots=True)
class LiveEvent:
    """`kind` is `create`, `enter`, `update`, `leave` or `delete`; objects are JSON, as clients get
    them."""

    kind: str
    object: dict[str, Any]
    original: dict[str, Any] | None = None


class LiveEvents:
    """`await events.all()` in a test: what has been told since the last time."""

    def __init__(self, parts: "LiveParts", socket: "_Socket") -> None:
        self._parts = parts
        self._socket = socket

    async def all(self) -> list[LiveEvent]:
        """What came of everything that has been answered until now. Raises a `ParseError` that the
        subscription was told instead."""
        await self._parts.settled()
        return [_event(frame) for frame in self._socket.taken()]


class _Socket:
    """Keeps what is written to it."""

    unsent = 0

    def __init__(self) -> None:
        self._frames: list[Any] = []

    def write(self, text: bytes) -> None:
        self._frames.append(json.loads(text))

    def close(self, code: int) -> None: ...

    def taken(self) -> list[Any]:
        frames, self._frames = self._frames, []
        return frames


@asynccontextmanager
async def subscribed(
    app: ParseApp, query: Mapping[str, object], token: str | None, *, master: bool
) -> AsyncIterator[LiveEvents]:
    """Raises what refuses the connection or the subscription, and `RuntimeError` for an app without
    LiveQuery."""
    parts = app.parts.live
    if parts is None:
        raise RuntimeError("The app has no LiveQuery: name classes in its option liveQuery.")
    socket = _Socket()
    connection = Connection(parts.server, socket)
    try:
        for frame in _frames(app, query, token, master=master):
            await connection.take(json.dumps(frame).decode())
            for answer in socket.taken():
                _check(answer)
        yield LiveEvents(parts, socket)
    finally:
        connection.end()


def _frames(
    app: ParseApp, query: Mapping[str, object], token: str | None, *, master: bool
) -> list[JSONObject]:
    options = app.parts.services.options
    pairs = options.live_query.key_pairs
    if master and "masterKey" not in pairs:
        raise RuntimeError(
            "LiveQuery knows the master key only where liveQueryServerOptions.keyPairs has it."
        )
    keys: JSONObject = {name: key for name, key in pairs.items() if master or name != "masterKey"}
    connect: JSONObject = {"op": "connect", "applicationId": options.app_id, **keys}
    if token is not None:
        connect["sessionToken"] = token
    asked: JSONObject = json.loads(json.dumps(dict(query)))  # type: ignore[assignment]
    return [connect, {"op": "subscribe", "requestId": 1, "query": asked}]


def _event(frame: dict[str, Any]) -> LiveEvent:
    _check(frame)
    return LiveEvent(frame["op"], frame["object"], frame.get("original"))


def _check(frame: dict[str, Any]) -> None:
    if frame["op"] == "error":
        raise ParseError(frame["code"], frame["error"])
