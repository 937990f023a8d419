"""The bytes of an upload as they arrive: never more of them in memory than a part or two."""

import zlib
from collections.abc import AsyncIterator, Mapping
from typing import Final

import msgspec
from starlette.types import Receive

from parsepy import errors
from parsepy.errors import HTTPError, ParseError
from parsepy.files.parts import too_large
from parsepy.http import body as bodies

_PART: Final = 256 << 10
_MOST_DIGITS: Final = 19


class SizeLimit(msgspec.Struct, frozen=True):
    """`streamed` uploads have an error of their own."""

    bytes: int
    streamed: bool

    def exceeded(self) -> ParseError:
        if not self.streamed:
            return errors.body_too_large()
        return too_large(self.bytes)


def check_length(headers: Mapping[bytes, bytes], limit: SizeLimit) -> None:
    """Refuses what says itself that it is larger than the limit, before a byte of it is read."""
    length = headers.get(b"content-length", b"")
    if length.isdigit() and (len(length) > _MOST_DIGITS or int(length) > limit.bytes):
        raise limit.exceeded()


def announced_length(headers: Mapping[bytes, bytes]) -> int | None:
    length = headers.get(b"content-length", b"")
    return int(length) if length.isdigit() and len(length) <= _MOST_DIGITS else None


async def received(receive: Receive, encoding: bytes, limit: SizeLimit) -> AsyncIterator[bytes]:
    """The body, inflated where `encoding` says so. Raises 413 or 130 as soon as it is too large."""
    size = 0
    async for part in _inflated(_parts(receive), encoding):
        size += len(part)
        if size > limit.bytes:
            raise limit.exceeded()
        yield part


async def _parts(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            # Half a file must not be taken for a whole one.
            raise errors.bad_body("the request ended early")
        part: bytes = message.get("body", b"")
        if part:
            yield part
        if not message.get("more_body"):
            return


async def _inflated(parts: AsyncIterator[bytes], encoding: bytes) -> AsyncIterator[bytes]:
    """In parts of a bounded size: a small body may hold a very large one."""
    if encoding in (b"", b"identity"):
        async for part in parts:
            yield part
        return
    bits = bodies.WINDOW_BITS.get(encoding)
    if bits is None:
        raise HTTPError(415, "unsupported content encoding")
    inflater = zlib.decompressobj(bits)
    async for waiting in parts:
        full = True
        while (waiting or full) and not inflater.eof:
            try:
                inflated = inflater.decompress(waiting, _PART)
            except zlib.error:
                raise errors.bad_body("the body is not compressed as its header says") from None
            # A part that is full may have left something behind, with or without input.
            waiting, full = inflater.unconsumed_tail, len(inflated) == _PART
            yield inflated
    if not inflater.eof:
        raise errors.bad_body("the compressed body ends early")
