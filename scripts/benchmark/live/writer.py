"""One HTTP connection that makes events, the next when everybody has heard of the last one."""

import asyncio
from collections.abc import Callable
from typing import cast

from scripts.benchmark.live.ledger import Event, Ledger
from scripts.benchmark.load_generator import content_length


class Writer(asyncio.Protocol):
    """`request` makes the request for a room and a stamp; `next_room` answers `None` at the end."""

    def __init__(
        self,
        ledger: Ledger,
        request: Callable[[int, int], bytes],
        next_room: Callable[[], int | None],
    ) -> None:
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._ledger = ledger
        self._request = request
        self._next_room = next_room
        self._buffer = b""
        self._event: Event | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own class, which no class of asyncio's is an ancestor of.
        self._transport = cast("asyncio.Transport", transport)

    def write_next(self) -> None:
        room = self._next_room()
        if room is None:
            self._finish()
            return
        self._event = self._ledger.begin(room, self._go_on)
        self._transport.write(self._request(room, self._event.stamp))

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, found, body = self._buffer.partition(b"\r\n\r\n")
        if not found:
            return
        length = content_length(head)
        if length is not None and len(body) < length:
            return
        self._buffer = b""
        if self._event is None or not head.startswith(b"HTTP/1.1 201 "):
            answer = (head + b" " + body).decode("utf-8", "replace")
            self._fail(f"a write was answered with {answer[:2000]}")
        else:
            event, self._event = self._event, None
            self._ledger.answered(event)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self._fail(f"a writer's connection was closed: {exc or 'by the server'}")

    def _go_on(self) -> None:
        # Later: what else has come in already is not to wait for it.
        asyncio.get_running_loop().call_soon(self.write_next)

    def _fail(self, reason: str) -> None:
        self._ledger.fail(reason)
        self._finish()

    def _finish(self) -> None:
        if not self.finished.done():
            self.finished.set_result(None)
        self._transport.close()
