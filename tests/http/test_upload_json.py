"""The JavaScript SDK's uploads: the file apart from what is said of it."""

import base64
import gzip
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest
from starlette.types import Message, Receive

from parsepy.errors import ParseError
from parsepy.files.spool import Spool
from parsepy.http import upload_json
from parsepy.http.upload_body import SizeLimit
from parsepy.types import JSONObject

pytestmark = pytest.mark.anyio
LIMIT = SizeLimit(4_000_000, streamed=False)
LARGE = bytes(range(251)) * 8_000


@pytest.fixture
async def spool() -> AsyncIterator[Spool]:
    async with aclosing(Spool()) as made:
        yield made


def _receive(document: bytes, size: int = 60_001) -> Receive:
    parts = [document[at : at + size] for at in range(0, len(document), size)]
    waiting: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    waiting.append({"type": "http.request"})

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


async def _read(
    document: bytes, spool: Spool, encoding: bytes = b"", limit: SizeLimit = LIMIT
) -> tuple[JSONObject, bytes]:
    headers = {b"content-encoding": encoding} if encoding else {}
    body = await upload_json.read(_receive(document), headers, limit, spool)
    return body, b"".join([part async for part in spool.parts()])


@pytest.mark.parametrize("content", [b"", b"x", LARGE], ids=len)
@pytest.mark.parametrize("encoding", [b"", b"gzip"])
async def test_the_file_is_apart_from_what_is_said_of_it(
    content: bytes, encoding: bytes, spool: Spool
) -> None:
    said: JSONObject = {"_ApplicationId": "app", "fileData": {"metadata": {"base64": "x"}}}
    document = json.dumps({"base64": base64.b64encode(content).decode(), **said}).encode()
    sent = gzip.compress(document) if encoding else document

    assert await _read(sent, spool, encoding) == (said, content)
    assert spool.size == len(content)


@pytest.mark.parametrize(
    ("document", "content"),
    [
        (b"{}", b""),
        (b'{"base64":null}', b""),
        (b'{"base64":""}', b""),
        (b'{"base64":"!!"}', b""),
        (b'{"base64":"aGVsb"}', b"hel"),
        (b'{"base64":"aGVsbG8=aGVsbG8="}', b"hello"),
        (b'{"base64":"aGVs\\nbG8"}', b"hello"),
        (b'{"base64":"____\\/\\/\\/\\/"}', b"\xff" * 6),
        (b'{"b\\u0061se64":"aGVsbG8="}', b"hello"),
        (b'{"base64":"AAAA","base64":"aGVsbG8"}', b"hello"),
        (b'{"base64":"AAAA","b\\u0061se64":"aGVsbG8"}', b"hello"),
    ],
)
async def test_odd_base64_is_read_as_node_reads_it(
    document: bytes, content: bytes, spool: Spool
) -> None:
    assert await _read(document, spool) == ({}, content)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\x89PNG",
        b"[]",
        b'"text"',
        b'{"base64":"aGVsbG8=',
        b'{"base64":"aGVs\nbG8="}',
        b'{"base64":{"$ne":null}}',
        b'{"base64":["a"]}',
        b'{"base64":7}',
    ],
)
async def test_what_is_no_such_upload_came_without_credentials(
    document: bytes, spool: Spool
) -> None:
    with pytest.raises(ParseError) as refused:
        await _read(document, spool)
    assert refused.value.http_status == 403


async def test_too_much_is_refused(spool: Spool) -> None:
    document = json.dumps({"base64": "A" * 100}).encode()
    limit = SizeLimit(50, streamed=False)

    for sent, encoding in ((document, b""), (gzip.compress(document), b"gzip")):
        with pytest.raises(ParseError, match="too large"):
            await _read(sent, spool, encoding, limit)
