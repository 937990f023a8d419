"""Writing to one socket without waiting for it."""

import asyncio
from collections import deque
from typing import Final, Protocol

from starlette.types import Send

TOO_SLOW: Final = 1013
GOING_AWAY: Final = 1012
"""Close codes: try again later; the server restarts."""


class Socket(Protocol):
    def write(self, text: bytes) -> None:
        """Sends one frame of text, some time."""

    @property
    def unsent(self) -> int:
        """Bytes that the other side has not taken yet."""

    def close(self, code: int) -> None:
        """Ends it, unsent frames and all."""


def tell(socket: Socket, frame: bytes, max_unsent: int) -> None:
    """Whoever reads too slowly is cut off: he must not fill the memory of the server."""
    if socket.unsent > max_unsent:
        socket.close(TOO_SLOW)
    else:
        socket.write(frame)


class AsgiSocket:
    """Any ASGI server's. A task sends what is to be sent; there is none while nothing is."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._unsent: deque[bytes] = deque()
        self._task: asyncio.Task[None] | None = None
        self._closing: int | None = None
        self.unsent = 0

    def write(self, text: bytes) -> None:
        if self._closing is None:
            self._unsent.append(text)
            self.unsent += len(text)
            self._go_on()

    def close(self, code: int) -> None:
        if self._closing is None:
            self._closing = code
            self._unsent.clear()
            self.unsent = 0
            if self._task is not None:
                # It may be waiting for ever for a client that reads nothing.
                self._task.cancel()
                self._task = None
            self._go_on()

    async def ended(self) -> None:
        """The other side is gone: nothing is sent any more."""
        self._closing = self._closing or GOING_AWAY
        self._unsent.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def _go_on(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run(), name="parsepy-live-socket")

    async def _run(self) -> None:
        try:
            while self._unsent:
                text = self._unsent.popleft()
                await self._send({"type": "websocket.send", "text": text.decode()})
                self.unsent -= len(text)
            if self._closing is not None:
                await self._send({"type": "websocket.close", "code": self._closing})
        except (OSError, RuntimeError):
            # The server says that the other side is gone; its end is told in `receive`.
            self._unsent.clear()
