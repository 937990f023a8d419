"""Headers keep their capitals where a server would take them."""

import asyncio
from http.client import HTTPConnection

import pytest
import uvicorn
from starlette.types import Message, Receive, Scope, Send

from parsepy.http import capitals
from parsepy.http.answer import Headers
from tests.support.ports import free_port
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

NAMES: Headers = [(b"X-Parse-Job-Status-Id", b"a"), (b"Content-Length", b"0")]


async def app(_: Scope, __: Receive, send: Send) -> None:
    headers = capitals.kept(NAMES, send)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


@pytest.mark.parametrize("protocol", ["httptools", "h11"])
async def test_a_server_sends_the_names_as_they_are_written(protocol: str) -> None:
    port = free_port()
    config = uvicorn.Config(app, "127.0.0.1", port, http=protocol, lifespan="off", log_config=None)
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server._serve())
    await until(lambda: server.started)

    names = await asyncio.to_thread(_names_from, port)
    server.should_exit = True
    await serving

    assert "X-Parse-Job-Status-Id" in names


async def test_others_get_the_names_as_they_always_are() -> None:
    async def send(_: Message) -> None: ...

    assert capitals.kept(NAMES, send) is NAMES


def _names_from(port: int) -> list[str]:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", "/")
    names = list(connection.getresponse().headers.keys())
    connection.close()
    return names
