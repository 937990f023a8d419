"""Real sockets of a real server: who ends them, and with what."""

import asyncio
import json
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import psutil
import pytest
import websockets

from tests.livequery.live_process import (
    SECONDS,
    LiveProcess,
    asked,
    ended,
    heard,
    live_process,
    subscribed,
)
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

RESTART, TOO_SLOW, TOO_BIG, PROTOCOL_ERROR = 1012, 1013, 1009, 1002
BIG = {"text": "x" * 100_000}
MORE_THAN_ANY_BUFFER_HOLDS = 120
"""Objects like `BIG`: the kernel's buffers take a few megabytes."""

HANDSHAKE = (
    b"GET /parse HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveProcess]:
    with live_process(tmp_path_factory.mktemp("server")) as running:
        yield running


async def create(server: LiveProcess, *bodies: object) -> list[str]:
    async with server.client() as asking:
        answers = [await asking.post("/classes/Game", json=body) for body in bodies]
    return [answer.raise_for_status().json()["objectId"] for answer in answers]


def narrow_socket(server: LiveProcess) -> socket.socket:
    """Connected; the kernel takes little for it."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(("127.0.0.1", server.port))
    return narrow


def takes_nobody(server: LiveProcess) -> bool:
    """It has begun to end."""
    with socket.socket() as knocking:
        return knocking.connect_ex(("127.0.0.1", server.port)) != 0


def is_connected(server: LiveProcess, local: tuple[str, int]) -> bool:
    """As the server's side of the connection says."""
    return any(
        connection.raddr == local and connection.status == psutil.CONN_ESTABLISHED
        for connection in psutil.Process(server.process.pid).net_connections("tcp")
    )


async def test_a_server_that_ends_tells_what_it_has_taken_and_says_that_it_restarts(
    tmp_path: Path,
) -> None:
    with live_process(tmp_path) as server:
        async with AsyncExitStack() as stack:
            clients = [await stack.enter_async_context(subscribed(server)) for _ in range(3)]
            made = await create(server, *({"n": number} for number in range(20)))
            psutil.Process(server.process.pid).send_signal(signal.SIGTERM)
            for client in clients:
                code, frames = await ended(client)
                assert code == RESTART
                assert [frame["object"]["objectId"] for frame in frames] == made
        assert server.process.wait() == 0
        assert "Traceback" not in server.process.output


SLOW = """
import asyncio
from pathlib import Path
from parsepy import cloud

@cloud.before_save("Game")
async def think(request):
    print("asked", flush=True)
    await asyncio.to_thread(Path("go_on").read_text)
"""
"""A request that takes as long as the test wants: nobody has written to the pipe before."""


async def test_what_requests_in_flight_change_is_told_before_a_server_ends(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "go_on")
    with live_process(tmp_path, code=SLOW) as server:
        async with subscribed(server) as client:
            writing = asyncio.create_task(create(server, {"n": 1}))
            await asyncio.to_thread(server.process.wait_for_line, "asked".__eq__)
            psutil.Process(server.process.pid).send_signal(signal.SIGTERM)
            await until(partial(takes_nobody, server))
            await asyncio.to_thread((tmp_path / "go_on").write_text, "")
            code, frames = await ended(client)

            assert code == RESTART
            assert [frame["object"]["objectId"] for frame in frames] == await writing
        assert server.process.wait() == 0


async def test_who_reads_nothing_is_cut_off_and_the_others_hear_all(tmp_path: Path) -> None:
    with live_process(tmp_path, maxUnsentSize=65_536) as server:
        async with (
            subscribed(server) as reader,
            subscribed(server, sock=narrow_socket(server)) as late,
            subscribed(server, sock=narrow_socket(server)) as deaf,
        ):
            listening = asyncio.create_task(take(reader, MORE_THAN_ANY_BUFFER_HOLDS))
            made = await create(server, *[BIG] * MORE_THAN_ANY_BUFFER_HOLDS)
            assert await listening == made
            code, frames = await ended(late)
            assert code == TOO_SLOW
            told = [frame["object"]["objectId"] for frame in frames]
            assert told == made[: len(told)]
            assert len(told) < len(made)

            # And whoever never reads is let go of all the same.
            await until(partial(is_gone, server, deaf))
            (last,) = await create(server, {"n": 1})
            assert (await heard(reader))["object"]["objectId"] == last


async def test_who_asks_and_reads_no_answer_is_cut_off(tmp_path: Path) -> None:
    """Also before he has connected."""
    with live_process(tmp_path, maxUnsentSize=65_536) as server:
        async with (
            subscribed(server) as other,
            websockets.connect(
                server.address,
                sock=narrow_socket(server),
                max_queue=1,
                ping_interval=None,
                close_timeout=1,
            ) as deaf,
        ):
            # The answer holds what is wrong.
            frame = json.dumps({"op": "x" * 20_000})
            with suppress(websockets.ConnectionClosed):
                async with asyncio.timeout(SECONDS):
                    while not is_gone(server, deaf):
                        for _ in range(100):
                            await deaf.send(frame)
            (made,) = await create(server, {"n": 1})
            assert (await heard(other))["object"]["objectId"] == made


async def test_pings_whose_answers_nobody_reads_take_no_memory(server: LiveProcess) -> None:
    process = psutil.Process(server.process.pid)
    pings = (b"\x89\xfd\x00\x00\x00\x00" + bytes(125)) * 8000
    async with subscribed(server) as other:
        silent, writer = await asyncio.open_connection(sock=narrow_socket(server), limit=1000)
        writer.write(HANDSHAKE)
        assert b" 101 " in await silent.readline()
        before = process.memory_info().rss
        for _ in range(60):
            writer.write(pings)
            await writer.drain()
        grown = process.memory_info().rss - before
        (made,) = await create(server, {"n": 1})
        assert (await heard(other))["object"]["objectId"] == made
        writer.transport.abort()

    assert grown < 30 * len(pings)


async def take(live: websockets.ClientConnection, count: int) -> list[str]:
    return [(await heard(live))["object"]["objectId"] for _ in range(count)]


def is_gone(server: LiveProcess, live: websockets.ClientConnection) -> bool:
    return not is_connected(server, live.local_address)


async def test_one_that_reads_nothing_does_not_keep_a_server_from_its_end(tmp_path: Path) -> None:
    with live_process(tmp_path) as server:
        async with subscribed(server, sock=narrow_socket(server)) as deaf:
            await create(server, *[BIG] * MORE_THAN_ANY_BUFFER_HOLDS)
            assert not is_gone(server, deaf)
            psutil.Process(server.process.pid).send_signal(signal.SIGTERM)

            assert await asyncio.to_thread(server.process.wait) == 0
            assert "graceful shutdown exceeded" not in server.process.output


async def test_a_peer_that_answers_no_ping_is_cut_off_and_one_that_does_is_not(
    tmp_path: Path,
) -> None:
    with live_process(tmp_path, websocketTimeout=1000) as server:
        async with subscribed(server) as answering:
            silent, writer = await asyncio.open_connection("127.0.0.1", server.port)
            writer.write(HANDSHAKE)
            async with asyncio.timeout(10):
                assert b" 101 " in await silent.readline()
                while await silent.read(1000):
                    pass
            writer.close()
            (made,) = await create(server, {"n": 1})
            assert (await heard(answering))["object"]["objectId"] == made


@pytest.mark.parametrize("path", ["/", "/parse", "/parse/", "/anything/at?all=1"])
async def test_sockets_are_taken_at_any_path(server: LiveProcess, path: str) -> None:
    async with subscribed(server, path) as live:
        (made,) = await create(server, {"n": 1})
        assert (await heard(live))["object"]["objectId"] == made


async def test_frames_in_pieces_are_one_and_binary_ones_are_nobodys(server: LiveProcess) -> None:
    async with websockets.connect(server.address) as live:
        await live.send(b'{"op":"connect","applicationId":"app"}')
        await live.send(['{"op":"con', 'nect","applic', 'ationId":"app"}'])
        assert (await heard(live))["op"] == "connected"
        assert await (await live.ping(b"ping"))


EMPTY = b"\x80\x00\x00\x00\x00"
BAD_FRAMES = {
    "a control frame in pieces": (b"\x09\x80\x00\x00\x00\x00", PROTOCOL_ERROR),
    "a control frame that is too long": (b"\x89\xfe\x00\x7e" + bytes(130), PROTOCOL_ERROR),
    "a frame that is not masked": (b"\x81\x02{}", PROTOCOL_ERROR),
    "a kind of frame that there is not": (b"\x83\x80\x00\x00\x00\x00", PROTOCOL_ERROR),
    "compression that nobody agreed on": (b"\xc1\x80\x00\x00\x00\x00", PROTOCOL_ERROR),
    "pieces without end": (
        b"\x01\x80\x00\x00\x00\x00" + b"\x00\x80\x00\x00\x00\x00" * 1001,
        TOO_BIG,
    ),
    "text that is none": (b"\x81\x81\x00\x00\x00\x00\xff", 1007),
    "a length beyond all": (b"\x81\xff\x00\x00\x00\xff\x00\x00\x00\x00\x00\x00\x00\x00", TOO_BIG),
}


@pytest.mark.parametrize(("frame", "code"), BAD_FRAMES.values(), ids=BAD_FRAMES.keys())
async def test_broken_frames_end_their_socket_and_no_other(
    server: LiveProcess, frame: bytes, code: int
) -> None:
    async with subscribed(server) as other, subscribed(server) as live:
        live.transport.write(frame)
        assert (await ended(live))[0] == code
        (made,) = await create(server, {"n": 1})
        assert (await heard(other))["object"]["objectId"] == made


async def test_a_frame_beyond_the_limit_ends_its_socket(tmp_path: Path) -> None:
    with live_process(tmp_path, maxFrameSize=2000) as server:
        async with subscribed(server) as other, subscribed(server) as live:
            answer = await asked(live, op="connect", applicationId="a" * 1900)
            assert answer["op"] == "connected"
            await live.send("x" * 2001)
            assert (await ended(live))[0] == TOO_BIG
            (made,) = await create(server, {"n": 1})
            assert (await heard(other))["object"]["objectId"] == made


async def test_thousands_of_levels_and_other_frames_end_nothing(server: LiveProcess) -> None:
    frames: list[Any] = [
        "[" * 8000 + "]" * 8000,
        '{"op":"subscribe","requestId":1,"query":{"className":"Game","where":'
        + '{"$or":[' * 8000
        + "{}"
        + "]}" * 8000
        + "}}",
        '{"op":"subscribe","requestId":1,"query":{"className":"Game","where":{"a":'
        + '{"b":' * 8000
        + "1"
        + "}" * 8002
        + "}",
        '{"op":"unsubscribe","requestId":1e400}',
        '{"op":"connect","applicationId":"\\ud800"}',
        "\x00",
    ]
    async with subscribed(server) as other, subscribed(server) as live:
        for frame in frames:
            await live.send(frame)
        answer = await asked(live, op="connect", applicationId="last")
        while answer["op"] != "connected":
            assert answer["op"] == "error"
            answer = await heard(live)
        (made,) = await create(server, {"n": 1})
        assert (await heard(other))["object"]["objectId"] == made
