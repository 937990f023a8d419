"""A client of LiveQuery: frames to and from an app in this process, without a network."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.types import Message, Scope

from parsepy.app import ParseApp
from tests.support.local_app import LocalApp, User

PATIENCE = 10.0
"""Seconds until a frame that does not come is given up."""


class LiveClient:
    """One socket. `frames` are those that have come and were not taken yet."""

    def __init__(self, app: ParseApp) -> None:
        self._app = app
        self._to_app: asyncio.Queue[Message] = asyncio.Queue()
        self.frames: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.closed = asyncio.get_running_loop().create_future()
        self.accepted = asyncio.Event()

    async def send(self, frame: object) -> None:
        text = frame if isinstance(frame, str) else json.dumps(frame)
        await self._to_app.put({"type": "websocket.receive", "text": text})

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(PATIENCE):
            return await self.frames.get()

    async def ask(self, **frame: object) -> dict[str, Any]:
        """The answer to a frame; nothing else may be under way."""
        await self.send(frame)
        return await self.next()

    async def connect(self, user: User | None = None, **keys: object) -> dict[str, Any]:
        if user is not None:
            keys["sessionToken"] = user.token
        answer = await self.ask(op="connect", **{"applicationId": "app", **keys})
        assert answer["op"] == "connected", answer
        return answer

    async def subscribe(
        self,
        class_name: str,
        where: object = None,
        *,
        request_id: int = 1,
        user: User | None = None,
        since: str | None = None,
        op: str = "subscribe",
        **query: object,
    ) -> dict[str, Any]:
        frame: dict[str, object] = {
            "op": op,
            "requestId": request_id,
            "query": {"className": class_name, "where": where or {}, **query},
        }
        if user is not None:
            frame["sessionToken"] = user.token
        if since is not None:
            frame["since"] = since
        return await self.ask(**frame)

    async def told(self) -> list[dict[str, Any]]:
        """All that has come, once the server has told all that it knows."""
        live = self._app.parts.live
        assert live is not None
        await live.settled()
        # A frame that only this client can get last is behind everything that was told before.
        await self.send({"op": "unsubscribe", "requestId": -1})
        found = []
        while (frame := await self.next()).get("code") != 2:
            found.append(frame)
        return found

    async def run(self) -> None:
        scope: Scope = {"type": "websocket", "path": "/", "headers": [], "extensions": {}}
        await self._to_app.put({"type": "websocket.connect"})
        await self._app(scope, self._to_app.get, self._take)

    async def _take(self, message: Message) -> None:
        match message["type"]:
            case "websocket.accept":
                self.accepted.set()
            case "websocket.send":
                self.frames.put_nowait(json.loads(message["text"]))
            case "websocket.close" if not self.closed.done():
                self.closed.set_result(message["code"])

    async def leave(self) -> None:
        await self._to_app.put({"type": "websocket.disconnect", "code": 1000})


@asynccontextmanager
async def live_client(parse: LocalApp) -> AsyncIterator[LiveClient]:
    """A socket that is open; not yet connected in the sense of the protocol."""
    client = LiveClient(parse.app)
    running = asyncio.create_task(client.run())
    try:
        async with asyncio.timeout(PATIENCE):
            await client.accepted.wait()
        # A store that tells of changes by itself does so a little after their answers.
        if parse.app.parts.live is not None:
            await parse.app.parts.live.settled()
        yield client
    finally:
        await client.leave()
        await running


@asynccontextmanager
async def subscriber(
    parse: LocalApp, class_name: str, where: object = None, user: User | None = None, **query: Any
) -> AsyncIterator[LiveClient]:
    """A client with one subscription."""
    async with live_client(parse) as client:
        await client.connect(user)
        answer = await client.subscribe(class_name, where, **query)
        assert answer["op"] == "subscribed", answer
        yield client
