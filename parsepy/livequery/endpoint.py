"""WebSocket requests of an ASGI server, on whatever path they come (LiveQuery sheet, section 1)."""

from typing import cast

from starlette.types import Receive, Scope, Send

from parsepy.livequery.connection import Connection
from parsepy.livequery.server import LiveServer
from parsepy.livequery.sockets import AsgiSocket, Socket

DIRECT = "parsepy.socket"
"""The extension of an ASGI server that offers its own `Socket`, which spares a task."""


class LiveEndpoint:
    def __init__(self, server: LiveServer) -> None:
        self._server = server

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await receive()  # websocket.connect
        await send({"type": "websocket.accept"})
        direct = scope.get("extensions", {}).get(DIRECT)
        if direct is not None:
            await self._talk(cast("Socket", direct), receive)
            return
        socket = AsgiSocket(send)
        try:
            await self._talk(socket, receive)
        finally:
            await socket.ended()

    async def _talk(self, socket: Socket, receive: Receive) -> None:
        connection = Connection(self._server, socket)
        try:
            while (message := await receive())["type"] == "websocket.receive":
                text = message.get("text")
                if text is not None:
                    await connection.take(text)
        finally:
            connection.end()


async def refuse(receive: Receive, send: Send) -> None:
    """Where there is no LiveQuery: the handshake is answered with 403."""
    await receive()
    await send({"type": "websocket.close", "code": 1000})
