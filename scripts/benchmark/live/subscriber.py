"""One WebSocket connection with its subscriptions."""

import asyncio
import json
from collections.abc import Callable
from typing import TypedDict, cast

from parsepy.types import JSONObject
from scripts.benchmark.live.frames import (
    BadFrameError,
    Frame,
    FrameReader,
    Handshake,
    Opcode,
    masked,
)
from scripts.benchmark.live.ledger import now, stamp_of


class Subscribing(TypedDict):
    """`room` is where all the events come from that the connection has to hear of; `None`: it must
    not hear of any."""

    queries: list[JSONObject]
    room: int | None
    token: str | None


Heard = Callable[[int, int | None, int], None]


class Subscriber(asyncio.Protocol):
    """`ready` is done when every subscription is confirmed. What goes wrong afterwards is told to
    `fail`."""

    def __init__(
        self, asked: Subscribing, app_id: str, class_name: str, handshake: Handshake
    ) -> None:
        self.room = asked["room"]
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._asked: Subscribing | None = asked
        self._app_id = app_id
        self._class_name = class_name
        self._handshake: Handshake | None = handshake
        self._head = b""
        self._reader = FrameReader()
        self._unconfirmed = len(asked["queries"])
        self._last = 0
        self._heard: Heard = _nobody
        self._fail: Callable[[str], None] = _nobody

    def report_to(self, heard: Heard, fail: Callable[[str], None]) -> None:
        self._heard = heard
        self._fail = fail

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own class, which no class of asyncio's is an ancestor of.
        self._transport = cast("asyncio.Transport", transport)
        assert self._handshake is not None
        self._transport.write(self._handshake.request)

    def data_received(self, data: bytes) -> None:
        if self._handshake is not None:
            data = self._shake(data)
        try:
            for frame in self._reader.feed(data):
                self._take(frame)
        except BadFrameError as bad:
            self._give_up(str(bad))

    def connection_lost(self, exc: Exception | None) -> None:
        self._give_up(f"a subscriber's connection was closed: {exc or 'by the server'}")

    def close(self) -> None:
        self._heard = self._fail = _nobody
        self._transport.abort()

    def _shake(self, data: bytes) -> bytes:
        """What follows the answer to the handshake."""
        assert self._handshake is not None
        head, found, rest = (self._head + data).partition(b"\r\n\r\n")
        if not found:
            self._head += data
            return b""
        if self._handshake.is_answered_by(head):
            self._handshake = None
            self._connect()
        else:
            self._give_up(f"a handshake was answered with {head!r}")
        return rest

    def _connect(self) -> None:
        assert self._asked is not None
        token = self._asked["token"]
        self._send({"op": "connect", "applicationId": self._app_id, **_session(token)})

    def _subscribe(self) -> None:
        assert self._asked is not None
        token = self._asked["token"]
        for number, where in enumerate(self._asked["queries"], 1):
            query: JSONObject = {"className": self._class_name, "where": where}
            self._send({"op": "subscribe", "requestId": number, "query": query, **_session(token)})
        self._asked = None

    def _send(self, message: JSONObject) -> None:
        self._transport.write(masked(Opcode.TEXT, json.dumps(message).encode()))

    def _take(self, frame: Frame) -> None:
        opcode, payload = frame
        if opcode is Opcode.TEXT:
            stamp = stamp_of(payload)
            if stamp is None:
                self._take_answer(payload)
            elif stamp == self._last:
                self._give_up("a subscriber was told of an event twice")
            else:
                self._last = stamp
                self._heard(stamp, self.room, now())
        elif opcode is Opcode.PING:
            self._transport.write(masked(Opcode.PONG, payload))
        elif opcode is Opcode.CLOSE:
            self._give_up(f"a subscriber's connection was closed: {payload!r}")

    def _take_answer(self, payload: bytes) -> None:
        operation = json.loads(payload).get("op")
        if operation == "connected":
            self._subscribe()
        elif operation == "subscribed" and self._unconfirmed:
            self._unconfirmed -= 1
            if not self._unconfirmed:
                self.ready.set_result(None)
        else:
            self._give_up(f"a subscriber was told {payload.decode('utf-8', 'replace')[:2000]}")

    def _give_up(self, reason: str) -> None:
        if not self.ready.done():
            self.ready.set_exception(ConnectionError(reason))
        self._fail(reason)


def _session(token: str | None) -> JSONObject:
    return {} if token is None else {"sessionToken": token}


def _nobody(*_: object) -> None:
    """Nothing is under way."""
