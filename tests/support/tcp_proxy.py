"""A way to a server that can be cut and mended, as networks are."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class TcpProxy:
    """Passes bytes on between whoever connects to `port` and a port of the loopback address."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._is_cut = False
        self._ways: set[asyncio.StreamWriter] = set()
        self.port = 0

    def cut(self) -> None:
        """All connections end, and new ones end at once."""
        self._is_cut = True
        for way in tuple(self._ways):
            way.transport.abort()

    def mend(self) -> None:
        self._is_cut = False

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        other_reader, other_writer = await asyncio.open_connection("127.0.0.1", self._target)
        both = {writer, other_writer}
        self._ways |= both
        try:
            await asyncio.gather(pass_on(reader, other_writer), pass_on(other_reader, writer))
        finally:
            self._ways -= both
            for way in both:
                way.transport.abort()


async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort()


@asynccontextmanager
async def tcp_proxy(target: int) -> AsyncIterator[TcpProxy]:
    proxy = TcpProxy(target)
    server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        proxy.cut()
