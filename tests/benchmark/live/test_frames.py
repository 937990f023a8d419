"""The client's side of RFC 6455, beside an implementation of the whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.frames import Frame as WholeFrame
from websockets.frames import Opcode as AnyOpcode
from websockets.server import ServerProtocol

from scripts.benchmark.live.frames import (
    BadFrameError,
    Frame,
    FrameReader,
    Handshake,
    Opcode,
    masked,
)

LENGTHS = [0, 1, 125, 126, 65535, 65536]


def from_server(opcode: Opcode, payload: bytes, *, fin: bool = True) -> bytes:
    return WholeFrame(AnyOpcode(opcode), payload, fin=fin).serialize(mask=False)


@pytest.mark.parametrize("length", LENGTHS)
def test_frame_of_each_size_is_read(length: int) -> None:
    payload = b"x" * length

    assert FrameReader().feed(from_server(Opcode.TEXT, payload)) == [Frame(Opcode.TEXT, payload)]


@given(st.lists(st.binary(max_size=300), max_size=4), st.integers(1, 400))
def test_frames_come_in_any_pieces(payloads: list[bytes], size: int) -> None:
    data = b"".join(from_server(Opcode.TEXT, payload) for payload in payloads)
    reader = FrameReader()

    read = [
        frame
        for start in range(0, len(data), size)
        for frame in reader.feed(data[start : start + size])
    ]

    assert read == [Frame(Opcode.TEXT, payload) for payload in payloads]


def test_pings_and_closes_are_told_from_texts() -> None:
    data = from_server(Opcode.PING, b"1") + from_server(Opcode.CLOSE, b"")

    assert [frame.opcode for frame in FrameReader().feed(data)] == [Opcode.PING, Opcode.CLOSE]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (from_server(Opcode.TEXT, b"x", fin=False), "0x01"),
        (b"\xc1\x01x", "0xc1"),
        (b"\x82\x01x", "0x82"),
        (b"\x81\x81\0\0\0\0x", "masked"),
    ],
    ids=["piece", "compressed", "binary", "masked"],
)
def test_what_no_server_says_to_this_client_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(BadFrameError, match=reason):
        FrameReader().feed(data)


@pytest.mark.parametrize("length", LENGTHS)
def test_a_server_reads_what_is_sent(length: int) -> None:
    server, payload = ServerProtocol(max_size=None), b"y" * length
    handshake = Handshake("h:1", "/parse")
    server.receive_data(handshake.request)
    (request,) = server.events_received()
    server.send_response(server.accept(request))  # type: ignore[arg-type]
    head, _, _ = b"".join(server.data_to_send()).partition(b"\r\n\r\n")
    server.receive_data(masked(Opcode.TEXT, payload))
    (frame,) = server.events_received()

    assert handshake.is_answered_by(head)
    assert isinstance(frame, WholeFrame)
    assert (frame.opcode, bytes(frame.data)) == (AnyOpcode.TEXT, payload)


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 403 Forbidden\r\nSec-WebSocket-Accept: %s",
        b"HTTP/1.1 101 Switching Protocols\r\nSec-WebSocket-Accept: x%s",
        b"HTTP/1.1 101 Switching Protocols\r\nX-Accept: %s",
    ],
    ids=["status", "key", "without"],
)
def test_another_answer_to_the_handshake_is_refused(head: bytes) -> None:
    handshake = Handshake("h:1", "/parse")

    assert not handshake.is_answered_by(head % handshake.accept)
