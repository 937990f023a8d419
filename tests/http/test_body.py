"""Request bodies: how much is read, from what encodings, and what is made of it."""

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from functools import partial

import pytest
from starlette.types import Message, Receive

from parsepy.errors import ParseError
from parsepy.http import body as bodies
from parsepy.types import JSONValue
from tests.support.local_app import MOUNT_PATH, LocalApp
from tests.support.refusals import awaited_refusal, refusal

pytestmark = pytest.mark.anyio

LIMIT = 1000
DISCONNECT: Message = {"type": "http.disconnect"}


def _receive(*messages: Message) -> Receive:
    waiting = list(messages)

    async def receive() -> Message:
        return waiting.pop(0)

    return receive


def _part(body: bytes, *, more: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


async def _read(*messages: Message, headers: Mapping[bytes, bytes] | None = None) -> bytes:
    return await bodies.read(_receive(*messages), headers or {}, LIMIT)


async def test_a_body_comes_in_one_part_or_many() -> None:
    assert await _read(_part(b"abc")) == b"abc"
    assert await _read(_part(b""), headers={}) == b""
    parts = [_part(b"a", more=True), _part(b"", more=True), _part(b"bc", more=True), _part(b"d")]
    assert await _read(*parts) == b"abcd"
    assert await _read(_part(b"a", more=True), {"type": "http.request"}) == b"a"


async def test_a_body_may_be_as_long_as_the_limit() -> None:
    assert len(await _read(_part(b"x" * LIMIT))) == LIMIT
    halves = [_part(b"x" * 500, more=True), _part(b"x" * 500)]
    assert len(await _read(*halves, headers={b"content-length": b"1000"})) == LIMIT


@pytest.mark.parametrize(
    ("messages", "headers"),
    [
        ([_part(b"x" * (LIMIT + 1))], {}),
        ([_part(b"x" * LIMIT, more=True), _part(b"x")], {}),
        ([], {b"content-length": b"1001"}),
        ([], {b"content-length": b"9" * 5000}),
    ],
    ids=["at once", "in parts", "announced", "announced without end"],
)
async def test_a_longer_body_is_refused(
    messages: list[Message], headers: dict[bytes, bytes]
) -> None:
    error = await awaited_refusal(_read(*messages, headers=headers))

    assert error is not None
    assert error.http_status == 413


async def test_an_endless_body_is_not_read_to_its_end() -> None:
    parts = [_part(b"x" * 600, more=True)] * 3
    receive = _receive(*parts)

    assert await awaited_refusal(bodies.read(receive, {}, LIMIT)) is not None
    assert (await receive())["body"] == b"x" * 600


@pytest.mark.parametrize(
    "messages",
    [[DISCONNECT], [_part(b'{"a":1}', more=True), DISCONNECT]],
    ids=["before the body", "in the body"],
)
async def test_a_client_that_went_away_has_sent_no_body(messages: list[Message]) -> None:
    error = await awaited_refusal(_read(*messages, headers={b"content-length": b"100"}))

    assert error is not None
    assert error.http_status == 400


async def test_a_request_without_its_body_writes_nothing(parse: LocalApp) -> None:
    """A client that goes away after the headers must not leave an empty object behind."""
    path = f"{MOUNT_PATH}/classes/Game"
    scope = {
        "type": "http",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [(b"x-parse-application-id", b"app"), (b"content-length", b"20")],
        "client": ("127.0.0.1", 1),
    }
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await parse.app(scope, _receive(DISCONNECT), send)

    assert sent[0]["status"] == 400
    assert await parse.find("Game", {}) == []


TEXT = b'{"text":"' + b"x" * 100 + b'"}'


def _deflated(content: bytes) -> bytes:
    return zlib.compress(content)


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        (b"gzip", gzip.compress(TEXT, mtime=0)),
        (b"GZIP", gzip.compress(TEXT, mtime=0)),
        (b"x-gzip", gzip.compress(TEXT, mtime=0)),
        (b"deflate", _deflated(TEXT)),
        (b"identity", TEXT),
        (b"Identity", TEXT),
    ],
)
async def test_a_compressed_body_is_inflated(encoding: bytes, body: bytes) -> None:
    assert await _read(_part(body), headers={b"content-encoding": encoding}) == TEXT


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        (b"gzip", TEXT, 400),
        (b"gzip", b"x", 400),
        (b"gzip", gzip.compress(TEXT, mtime=0)[:-1], 400),
        (b"gzip", gzip.compress(TEXT, mtime=0)[:-9], 400),
        (b"gzip", gzip.compress(TEXT, mtime=0)[:-5] + b"12345", 400),
        (b"gzip", _deflated(TEXT), 400),
        (b"deflate", gzip.compress(TEXT, mtime=0), 400),
        (b"deflate", _deflated(TEXT)[:-1], 400),
        (b"br", TEXT, 415),
        (b"gzip, gzip", gzip.compress(TEXT, mtime=0), 415),
        (b"", TEXT, 415),
        (b"nonsense", TEXT, 415),
    ],
)
async def test_a_body_that_is_not_what_its_header_says_is_refused(
    encoding: bytes, body: bytes, status: int
) -> None:
    error = await awaited_refusal(_read(_part(body), headers={b"content-encoding": encoding}))

    assert error is not None
    assert error.http_status == status


@pytest.mark.parametrize(
    ("encoding", "compress"), [(b"gzip", gzip.compress), (b"deflate", _deflated)]
)
async def test_what_a_compressed_body_holds_is_limited_too(
    encoding: bytes, compress: Callable[[bytes], bytes]
) -> None:
    headers = {b"content-encoding": encoding}

    fits = await _read(_part(compress(b"x" * LIMIT)), headers=headers)
    error = await awaited_refusal(_read(_part(compress(b"x" * 10_000_000)), headers=headers))

    assert len(fits) == LIMIT
    assert error is not None
    assert error.http_status == 413


def _decode(body: bytes, content_type: bytes | None = b"application/json") -> JSONValue:
    return bodies.decode(body, {} if content_type is None else {b"content-type": content_type})


@pytest.mark.parametrize(
    "content_type",
    [
        None,
        b"",
        b"application/json",
        b"application/json; charset=utf-8",
        b'Application/JSON;Charset="UTF-8"',
        b"text/plain",
        b"text/plain;charset=UTF-8",
        b"application/octet-stream",
        b"x/y; charset=utf-8; more=1",
        b"application/x-www-form-urlencoded",
    ],
)
def test_json_is_read_under_any_type(content_type: bytes | None) -> None:
    assert _decode(b' {"a": [1, "\xc3\xa9"]} ', content_type) == {"a": [1, "é"]}


@pytest.mark.parametrize("body", [b"", b" ", b"null", b"1", b'"x"', b"{", b"{}}", b"\xff", b"nan"])
@pytest.mark.parametrize("content_type", [b"application/json", b"text/plain", None])
def test_what_is_no_object_is_refused(body: bytes, content_type: bytes | None) -> None:
    if not body:
        assert _decode(body, content_type) == {}
        return
    error = refusal(lambda: _decode(body, content_type))
    assert error is not None
    assert error.http_status == 400
    assert isinstance(error, ParseError)


def test_a_byte_order_mark_is_no_json() -> None:
    assert refusal(lambda: _decode(b'\xef\xbb\xbf{"a":1}')) is not None


def test_a_list_is_an_object_of_its_indices() -> None:
    assert _decode(b'["a", {"b": 1}]') == {"0": "a", "1": {"b": 1}}


def test_a_form_is_texts() -> None:
    form = b"a=1&b=x+y%C3%A9&c=&d"

    assert _decode(form, b"application/x-www-form-urlencoded; charset=utf-8") == {
        "a": "1",
        "b": "x yé",
        "c": "",
        "d": "",
    }


def test_a_form_has_a_bounded_number_of_fields() -> None:
    error = refusal(
        lambda: _decode(b"&".join([b"a=1"] * 1001), b"application/x-www-form-urlencoded")
    )

    assert error is not None
    assert error.http_status == 400


def test_a_multipart_body_is_left_to_others() -> None:
    assert _decode(b"--x\r\n", b"multipart/form-data; boundary=x") == {}


@pytest.mark.parametrize(
    ("charset", "fits"),
    [
        (b"utf-8", True),
        (b"UTF-8", True),
        (b"'utf-8'", True),
        (b"latin1", False),
        (b"iso-8859-1", False),
        (b"ascii", False),
        (b"", False),
    ],
)
def test_only_unicode_is_read(charset: bytes, fits: bool) -> None:
    error = refusal(lambda: _decode(b"{}", b"application/json; charset=" + charset))

    assert (error.http_status if error else 0) == (0 if fits else 415)


def test_deep_json_is_refused_and_not_a_crash() -> None:
    for depth in (200, 100_000):
        body = b'{"a":' * depth + b"1" + b"}" * depth
        error = refusal(partial(_decode, body))
        assert error is not None
        assert error.http_status == 400


async def test_a_compressed_body_is_an_object_like_any(parse: LocalApp) -> None:
    answer = await parse.client.post(
        f"{MOUNT_PATH}/classes/Game",
        content=gzip.compress(json.dumps({"a": 1}).encode()),
        headers={"X-Parse-Application-Id": "app", "Content-Encoding": "gzip"},
    )

    assert answer.status_code == 201
    assert [row["a"] for row in await parse.find("Game", {})] == [1]
