"""Requests as bytes, straight into the app: no client library tidies them up on the way."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field

from starlette.types import ASGIApp, Message

from parsepy.protocol import json
from parsepy.types import JSONValue


@dataclass(frozen=True, slots=True)
class RawRequest:
    """`path` and `query` as they stand in the request line, percent-encoded or not."""

    method: str
    path: bytes
    query: bytes = b""
    headers: tuple[tuple[bytes, bytes], ...] = ()
    body: bytes = b""
    pieces: int = 1
    """In how many messages the body arrives."""
    breaks_off: bool = False
    """Whether the client leaves before the last byte."""


@dataclass(slots=True)
class RawAnswer:
    status: int = 0
    headers: dict[bytes, bytes] = field(default_factory=dict)
    content: bytes = b""

    @property
    def value(self) -> JSONValue:
        return json.loads(self.content)


async def send(app: ASGIApp, request: RawRequest) -> RawAnswer:
    """Hands the request over as a server does that checks nothing but the request line."""
    messages = _messages(request)
    answer = RawAnswer()

    async def receive() -> Message:
        message = next(messages, None)
        if message is None:
            if not request.breaks_off:
                # He waits for his answer.
                await asyncio.Event().wait()
            return {"type": "http.disconnect"}
        return message

    async def collect(message: Message) -> None:
        if message["type"] == "http.response.start":
            answer.status = message["status"]
            answer.headers = {name.lower(): value for name, value in message["headers"]}
        else:
            answer.content += message.get("body", b"")

    await app(_scope(request), receive, collect)
    return answer


def _scope(request: RawRequest) -> dict[str, object]:
    from urllib.parse import unquote

    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(request.path.decode("ascii")),
        "raw_path": request.path,
        "query_string": request.query,
        "root_path": "",
        "headers": [(b"host", b"parse.test"), *request.headers],
        "client": ("127.0.0.1", 50000),
        "server": ("parse.test", 80),
    }


def _messages(request: RawRequest) -> Iterator[Message]:
    size = -(-len(request.body) // request.pieces) or 1
    parts = [request.body[start : start + size] for start in range(0, len(request.body), size)]
    parts = parts or [b""]
    last = len(parts) - 1 + request.breaks_off
    for place, part in enumerate(parts):
        yield {"type": "http.request", "body": part, "more_body": place < last}
