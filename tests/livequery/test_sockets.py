"""Writing without waiting."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

import pytest

from parsepy.livequery.sockets import TOO_SLOW, AsgiSocket

pytestmark = pytest.mark.anyio


class Wire:
    """What an ASGI server sends; it takes nothing while it is `held`."""

    def __init__(self) -> None:
        self.sent: list[MutableMapping[str, Any]] = []
        self.free = asyncio.Event()
        self.free.set()
        self.asked = asyncio.Event()

    async def send(self, message: MutableMapping[str, Any]) -> None:
        self.asked.set()
        await self.free.wait()
        self.sent.append(message)


async def settled(socket: AsgiSocket) -> None:
    while socket._task is not None and not socket._task.done():
        await asyncio.wait([socket._task])


async def test_frames_go_out_in_their_order() -> None:
    wire = Wire()
    socket = AsgiSocket(wire.send)

    for number in range(5):
        socket.write(b"%d" % number)
    assert socket.unsent == 5
    await settled(socket)
    socket.write(b"x")
    await settled(socket)

    assert [message["text"] for message in wire.sent] == ["0", "1", "2", "3", "4", "x"]
    assert socket.unsent == 0


async def test_a_close_overtakes_what_nobody_reads() -> None:
    wire = Wire()
    wire.free.clear()
    socket = AsgiSocket(wire.send)
    socket.write(b"a")
    socket.write(b"b")
    await wire.asked.wait()

    socket.close(TOO_SLOW)
    socket.write(b"c")
    wire.free.set()
    await settled(socket)

    assert wire.sent == [{"type": "websocket.close", "code": TOO_SLOW}]
    assert socket.unsent == 0


async def test_nothing_is_sent_after_the_end() -> None:
    wire = Wire()
    wire.free.clear()
    socket = AsgiSocket(wire.send)
    socket.write(b"a")
    await wire.asked.wait()

    await socket.ended()
    socket.write(b"b")
    socket.close(TOO_SLOW)
    wire.free.set()
    await settled(socket)

    assert wire.sent == []


@pytest.mark.parametrize("raised", [OSError, RuntimeError])
async def test_a_lost_connection_is_no_fault(raised: type[Exception]) -> None:
    async def send(message: MutableMapping[str, Any]) -> None:
        raise raised

    socket = AsgiSocket(send)
    socket.write(b"a")
    await settled(socket)

    assert socket._task is not None
    assert socket._task.exception() is None
