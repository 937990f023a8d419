"""An app with an empty store, asked step by step by code that is not asynchronous."""

import asyncio
import json
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest

from parsepy.app import create_app
from tests.support.asgi import app_client
from tests.support.local_app import MASTER_KEY, OPTIONS, URL


class AccountServer:
    """Runs in an event loop of its own until `close`."""

    def __init__(self) -> None:
        self._patch = pytest.MonkeyPatch()
        self._patch.setattr("parsepy.users.passwords.COST", 4)
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        app = create_app(OPTIONS)
        self._client = self._runner.run(self._stack.enter_async_context(app_client(app)))

    def close(self) -> None:
        self._runner.run(self._stack.aclose())
        self._runner.close()
        self._patch.undo()

    def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        token: str | None = None,
        installation: str | None = None,
        master: bool = False,
    ) -> tuple[int, Any]:
        """Status and body of the answer."""
        headers = {"X-Parse-Application-Id": "app"}
        if token is not None:
            headers["X-Parse-Session-Token"] = token
        if installation is not None:
            headers["X-Parse-Installation-Id"] = installation
        if master:
            headers["X-Parse-Master-Key"] = MASTER_KEY
        answer = self._runner.run(self._sent(method, path, body, headers))
        return answer.status_code, answer.json()

    async def _sent(
        self, method: str, path: str, body: object, headers: dict[str, str]
    ) -> httpx.Response:
        content = None if body is None else json.dumps(body).encode()
        return await self._client.request(method, f"{URL}{path}", content=content, headers=headers)
