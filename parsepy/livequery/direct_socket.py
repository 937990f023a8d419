"""uvicorn's WebSocket protocol with a short way out.

An ASGI server wants every frame as an event that is awaited. What LiveQuery sends is the same few
bytes for thousands of sockets, so this protocol offers itself as the connection's `Socket`: its
frames go straight into the transport's buffer.
"""

import asyncio
from functools import lru_cache
from struct import Struct
from typing import TYPE_CHECKING, Any, Final, cast

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode

from parsepy.livequery.endpoint import DIRECT
from parsepy.livequery.light_waiting import Gate, Inbox

if TYPE_CHECKING:
    from uvicorn._types import ASGIReceiveEvent, ASGISendEvent
    from websockets.frames import Frame

PATIENCE: Final = 5.0
"""Seconds in which a client may take the frame that ends its connection."""

MOST_PONGS: Final = 1 << 16
"""Bytes: who has not taken that many gets no answer to a ping."""

MOST_PIECES: Final = 1000
"""Frames of one message."""

_TEXT: Final = 0x81
"""The first byte of a whole text frame."""


class DirectProtocol(WebSocketsSansIOProtocol):
    """A `livequery.sockets.Socket` while the connection is open. For servers without compression
    of messages.

    Most connections idle, so that what they hold counts: of a handshake nothing is kept.
    """

    def __init__(self, *args: Any, **settings: Any) -> None:
        super().__init__(*args, **settings)
        self.queue = cast("asyncio.Queue[ASGIReceiveEvent]", Inbox["ASGIReceiveEvent"]())
        self.writable = cast("asyncio.Event", Gate())

    async def send(self, message: "ASGISendEvent") -> None:
        await super().send(message)
        if message["type"] == "websocket.accept":
            # The parser holds the request for as long as the connection lasts.
            self.request.headers.clear()
            self.response.headers.clear()
            self.scope["headers"] = []

    async def run_asgi(self) -> None:
        self.scope["extensions"][DIRECT] = cast("dict[object, object]", self)
        await super().run_asgi()

    @property
    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def write(self, text: bytes) -> None:
        if self.handshake_complete and not self.close_sent and not self.disconnected:
            self.transport.write(_header(len(text)) + text)

    def close(self, code: int) -> None:
        if self.close_sent or self.disconnected:
            return
        self.conn.send_close(code)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.stop_keepalive()
        if self.read_paused:
            self.read_paused = False
            self.transport.resume_reading()
        self.close_timer = self.loop.call_later(PATIENCE, self.transport.abort)

    def handle_cont(self, event: "Frame") -> None:
        """The limit of a message's size does not count pieces that are empty."""
        if len(self.frames) >= MOST_PIECES:
            self.frames = []
            self.conn.fail(CloseCode.MESSAGE_TOO_BIG, "too many pieces")
            self.handle_parser_exception()
        else:
            super().handle_cont(event)

    def handle_ping(self) -> None:
        """Not every ping has to be answered (RFC 6455, section 5.5.3), and who reads no answers
        must not fill the memory of the server."""
        pong = b"".join(self.conn.data_to_send())
        if self.unsent < MOST_PONGS:
            self.transport.write(pong)

    def shutdown(self) -> None:
        """The server ends, and does not wait for clients that read nothing."""
        super().shutdown()
        if not self.disconnected:
            self.close_timer = self.loop.call_later(PATIENCE, self.transport.abort)


_SHORT: Final = Struct("!BB").pack
_MEDIUM: Final = Struct("!BBH").pack
_LONG: Final = Struct("!BBQ").pack


@lru_cache(maxsize=4096)
def _header(length: int) -> bytes:
    """Of a frame from a server, which is not masked (RFC 6455, section 5.2)."""
    if length < 126:
        return _SHORT(_TEXT, length)
    if length < 65536:
        return _MEDIUM(_TEXT, 126, length)
    return _LONG(_TEXT, 127, length)
