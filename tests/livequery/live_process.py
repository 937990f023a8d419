"""A server with LiveQuery in a process of its own, and clients on real sockets."""

import asyncio
import json
import socket
import sysconfig
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from urllib.parse import urlsplit

import httpx
import websockets

from tests.support.processes import RunningProcess

PARSEPY: Final = str(Path(sysconfig.get_path("scripts")) / "parsepy")
HEADERS: Final = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master-key"}
SECONDS: Final = 20.0


@dataclass(frozen=True, slots=True)
class LiveProcess:
    """`address` is where sockets go, without a path."""

    url: str
    process: RunningProcess

    @property
    def address(self) -> str:
        return f"ws://{urlsplit(self.url).netloc}"

    @property
    def port(self) -> int:
        port = urlsplit(self.url).port
        assert port is not None
        return port

    @asynccontextmanager
    async def client(self) -> AsyncIterator[httpx.AsyncClient]:
        async with httpx.AsyncClient(base_url=self.url, headers=HEADERS, timeout=SECONDS) as asking:
            yield asking


@contextmanager
def live_process(
    folder: Path,
    database_uri: str = "sqlite::memory:",
    *,
    command: str = "serve",
    redis_uri: str | None = None,
    source: str = "doors",
    has_sockets: bool = True,
    more: Mapping[str, object] = MappingProxyType({}),
    code: str = "",
    **live: object,
) -> Iterator[LiveProcess]:
    """`live` are options of the LiveQuery server, `command` is `serve` or `live`; `code` is the
    app's."""
    (folder / "code_of_the_test.py").write_text(code)
    config = {
        "cloud": "code_of_the_test.py",
        "appId": "app",
        "masterKey": "master-key",
        "host": "127.0.0.1",
        "port": 0,
        "databaseURI": database_uri,
        "liveQuery": {"classNames": ["Game"], "redisURL": redis_uri, "source": source},
        "startLiveQueryServer": has_sockets,
        "liveQueryServerOptions": live,
        **more,
    }
    (folder / "config.json").write_text(json.dumps(config))
    with RunningProcess(
        [PARSEPY, command, "config.json"], folder=folder, environment={"PORT": ""}
    ) as process:
        url = process.wait_for_line(lambda line: line.startswith("  URL ")).split()[1]
        yield LiveProcess(url, process)


@asynccontextmanager
async def subscribed(
    server: LiveProcess, path: str = "/", sock: socket.socket | None = None
) -> AsyncIterator[websockets.ClientConnection]:
    """To all objects of class Game. What nobody takes off the socket stays there."""
    async with websockets.connect(
        f"{server.address}{path}", sock=sock, max_queue=1, ping_interval=None, close_timeout=1
    ) as live:
        assert (await asked(live, op="connect", applicationId="app"))["op"] == "connected"
        query = {"className": "Game", "where": {}}
        answer = await asked(live, op="subscribe", requestId=1, query=query)
        assert answer["op"] == "subscribed", answer
        yield live


async def asked(live: websockets.ClientConnection, **frame: object) -> dict[str, Any]:
    await live.send(json.dumps(frame))
    return await heard(live)


async def heard(live: websockets.ClientConnection) -> dict[str, Any]:
    async with asyncio.timeout(SECONDS):
        frame: dict[str, Any] = json.loads(await live.recv())
    return frame


async def ended(live: websockets.ClientConnection) -> tuple[int, list[dict[str, Any]]]:
    """With which code the server has closed, and the frames before that."""
    frames: list[dict[str, Any]] = []
    with suppress(websockets.ConnectionClosed):
        while True:
            frames.append(await heard(live))
    assert live.close_code is not None
    return live.close_code, frames
