"""As much of RFC 6455 as a light client needs: text out, whole frames in, no extensions."""

import base64
import hashlib
import os
from enum import IntEnum
from typing import NamedTuple

_GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
_FIN = 0x80
_MASKED = 0x80


class Opcode(IntEnum):
    TEXT = 1
    CLOSE = 8
    PING = 9
    PONG = 10


class Frame(NamedTuple):
    opcode: Opcode
    payload: bytes


class BadFrameError(ValueError):
    """Not what a server may send to this client."""


class Handshake:
    """The upgrade of one connection."""

    def __init__(self, host: str, path: str) -> None:
        key = base64.b64encode(os.urandom(16))
        self.request = (
            f"GET {path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key.decode()}\r\nSec-WebSocket-Version: 13\r\n\r\n"
        ).encode()
        self.accept = base64.b64encode(hashlib.sha1(key + _GUID).digest())

    def is_answered_by(self, head: bytes) -> bool:
        """`head` is that of the answer, without the empty line at its end."""
        status, *lines = head.split(b"\r\n")
        fields = dict(_field(line) for line in lines)
        is_upgraded = status.split(b" ")[1:2] == [b"101"]
        return is_upgraded and fields.get(b"sec-websocket-accept") == self.accept


def masked(opcode: Opcode, payload: bytes) -> bytes:
    """One whole frame from a client."""
    length = len(payload)
    head = bytearray((_FIN | opcode,))
    if length < 126:
        head.append(_MASKED | length)
    elif length < 65536:
        head.append(_MASKED | 126)
        head += length.to_bytes(2, "big")
    else:
        head.append(_MASKED | 127)
        head += length.to_bytes(8, "big")
    key = os.urandom(4)
    return bytes(head) + key + _mixed(payload, key)


class FrameReader:
    """Whole frames out of bytes that come in any pieces."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that `data` completes. Raises `BadFrameError`."""
        buffer = self._buffer + data if self._buffer else data
        frames: list[Frame] = []
        start = 0
        while (found := _frame_at(buffer, start)) is not None:
            frame, start = found
            frames.append(frame)
        self._buffer = buffer[start:]
        return frames


def _frame_at(buffer: bytes, start: int) -> tuple[Frame, int] | None:
    """The frame and where it ends, `None` unless it is there as a whole."""
    at = start + 2
    if len(buffer) < at:
        return None
    first, length = buffer[start], buffer[start + 1]
    if length > 125:
        # 126 announces two bytes of length, 127 eight; a masked one is refused below.
        size = 2 if length == 126 else 8
        if length <= 127:
            if len(buffer) < at + size:
                return None
            length = int.from_bytes(buffer[at : at + size], "big")
            at += size
        else:
            raise BadFrameError("a server's frame is masked")
    opcode = _OPCODES.get(first)
    if opcode is None:
        raise BadFrameError(f"a frame begins with {first:#04x}")
    end = at + length
    if len(buffer) < end:
        return None
    return Frame(opcode, buffer[at:end]), end


_OPCODES = {_FIN | opcode: opcode for opcode in Opcode}
"""By the first byte: pieces of messages and extensions are not spoken."""


def _field(line: bytes) -> tuple[bytes, bytes]:
    name, _, value = line.partition(b":")
    return name.lower(), value.strip()


def _mixed(payload: bytes, key: bytes) -> bytes:
    length = len(payload)
    repeated = (key * (length // 4 + 1))[:length]
    mixed = int.from_bytes(payload, "big") ^ int.from_bytes(repeated, "big")
    return mixed.to_bytes(length, "big")
