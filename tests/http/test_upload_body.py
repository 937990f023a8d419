"""The bytes of uploads: limits, compression, bodies that end early."""

import gzip
import zlib
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Message, Receive

from parsepy.errors import ParseError
from parsepy.http import upload_body
from parsepy.http.upload_body import SizeLimit

pytestmark = pytest.mark.anyio
LIMIT = SizeLimit(1000, streamed=False)
STREAMED = SizeLimit(1000, streamed=True)


def _receive(*parts: bytes, ends: bool = True) -> Receive:
    waiting: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    waiting.append({"type": "http.request"} if ends else {"type": "http.disconnect"})

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


async def _read(receive: Receive, encoding: bytes = b"", limit: SizeLimit = LIMIT) -> bytes:
    return b"".join([part async for part in upload_body.received(receive, encoding, limit)])


async def test_a_body_comes_as_it_is() -> None:
    assert await _read(_receive(b"a", b"", b"bc")) == b"abc"
    assert await _read(_receive(b"x" * 1000)) == b"x" * 1000


@pytest.mark.parametrize(
    ("limit", "status", "message"),
    [
        (LIMIT, 413, "request entity too large"),
        (STREAMED, 400, "File size exceeds maximum allowed: 1000 bytes."),
    ],
)
async def test_too_much_is_refused_as_soon_as_it_is_too_much(
    limit: SizeLimit, status: int, message: str
) -> None:
    with pytest.raises(ParseError, match=message) as counted:
        await _read(_receive(b"x" * 1000, b"x", ends=False), limit=limit)
    assert counted.value.http_status == status

    for length in (b"1001", b"9" * 5000):
        with pytest.raises(ParseError, match=message):
            upload_body.check_length({b"content-length": length}, limit)
    upload_body.check_length({b"content-length": b"1000"}, limit)


async def test_half_a_body_is_none() -> None:
    with pytest.raises(ParseError, match="ended early"):
        await _read(_receive(b"half", ends=False))


@pytest.mark.parametrize(
    ("encoding", "compress"), [(b"gzip", gzip.compress), (b"deflate", zlib.compress)]
)
@pytest.mark.parametrize("size", [1, 7, 5000])
async def test_a_compressed_body_is_inflated(
    encoding: bytes, compress: Callable[[bytes], bytes], size: int
) -> None:
    packed = compress(b"hello" * 100)
    parts = [packed[at : at + size] for at in range(0, len(packed), size)]

    assert await _read(_receive(*parts), encoding) == b"hello" * 100


async def test_a_small_body_cannot_hold_a_large_one() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)

    with pytest.raises(ParseError, match="too large"):
        await _read(_receive(bomb), b"gzip")


@given(content=st.binary(max_size=3000), cut=st.integers(1, 3000))
async def test_inflating_leaves_nothing_out(content: bytes, cut: int) -> None:
    limit = SizeLimit(10_000, streamed=False)
    packed = gzip.compress(content * 3)

    assert await _read(_receive(packed[:cut], packed[cut:]), b"gzip", limit) == content * 3


@pytest.mark.parametrize(
    ("parts", "encoding", "status"),
    [
        ([b"no gzip"], b"gzip", 400),
        ([gzip.compress(b"x" * 500)[:-9]], b"gzip", 400),
        ([b"x"], b"br", 415),
    ],
)
async def test_what_cannot_be_inflated(parts: list[bytes], encoding: bytes, status: int) -> None:
    with pytest.raises(ParseError) as refused:
        await _read(_receive(*parts), encoding)
    assert refused.value.http_status == status
