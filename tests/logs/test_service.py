"""The logs of two apps in one process."""

import asyncio
import contextvars
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message, Scope

from parsepy.cloud.requests import FunctionRequest
from parsepy.logs.writer import LOG_OF
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


async def _messages(app: LocalApp) -> list[str]:
    found = await app.ok("GET", "/scriptlog?n=100&order=asc", master=True)
    return [entry["message"].partition(" for user")[0] for entry in found]


def _speaks(app: LocalApp, text: str) -> None:
    def speak(request: FunctionRequest) -> None:
        request.log.info(text)

    app.app.registry.add_function("speak", speak)


async def test_each_has_what_its_requests_say(tmp_path: Path) -> None:
    async with (
        local_app(logsFolder=str(tmp_path / "one")) as one,
        local_app(logsFolder=str(tmp_path / "two")) as two,
        local_app() as without,
    ):
        for app, text in ((one, "I am one"), (two, "I am two"), (without, "I am nobody")):
            _speaks(app, text)
        for app in (one, two, one):
            await app.ok("POST", "/functions/speak", {})

        assert await _messages(one) == ["I am one", "Ran cloud function speak"] * 2
        assert await _messages(two) == ["I am two", "Ran cloud function speak"]


async def test_sockets_belong_to_their_app_too(tmp_path: Path) -> None:
    live: dict[str, Any] = {"liveQuery": {"classNames": ["Game"]}}
    async with (
        local_app(logsFolder=str(tmp_path / "one"), **live) as one,
        local_app(logsFolder=str(tmp_path / "two"), **live) as two,
    ):
        for app in (one, two):
            context = contextvars.copy_context()
            await asyncio.create_task(_connect(app), context=context)

            assert context.run(LOG_OF.get) is app.app.parts.logs._writer is not None


async def _connect(app: LocalApp) -> None:
    """Somebody who hangs up before he is answered."""

    async def receive() -> Message:
        return {"type": "websocket.disconnect", "code": 1001}

    async def send(_message: Message) -> None: ...

    scope: Scope = {"type": "websocket", "path": "/parse", "headers": [], "query_string": b""}
    await app.app(scope, receive, send)
