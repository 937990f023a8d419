"""What a route gives back, before it becomes bytes."""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Final, TypeAlias

import msgspec

from parsepy.types import JSONValue

Headers: TypeAlias = list[tuple[bytes, bytes]]

JSON_TYPE: Final = b"application/json; charset=utf-8"


class Answer(msgspec.Struct):
    """`headers` are sent with their capitals (`capitals.py`)."""

    value: JSONValue
    status: int = 200
    headers: Headers | None = None


class StreamedAnswer(msgspec.Struct):
    """Bytes that are no JSON, and the headers that describe them, `Content-Length` among them.

    `close` is called whatever becomes of the answer, and whether `content` was read or not.
    """

    status: int
    headers: Headers
    content: AsyncIterator[bytes] | None = None
    close: Callable[[], Awaitable[None]] | None = None


def created(value: JSONValue, location: str) -> Answer:
    return Answer(value, 201, [(b"Location", _header_text(location))])


def _header_text(text: str) -> bytes:
    """Header-safe bytes: everything that is not printable ASCII is percent-encoded."""
    if text.isascii() and text.isprintable():
        return text.encode()
    return b"".join(
        bytes([byte]) if 0x20 <= byte < 0x7F else b"%%%02X" % byte for byte in text.encode()
    )
