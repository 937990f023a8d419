"""parse-server and parsepy on one database, each asked the same over HTTP."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Final, cast

import httpx
import pytest

from parsepy import create_app
from parsepy.types import JSONMapping, JSONValue
from tests.storage.mongodb.reference_client import OPTIONS, Reference
from tests.support.asgi import app_client

PARSE_SERVER: Final = "parse-server"
PARSEPY: Final = "parsepy"
CACHE_MS: Final = 300
"""How long either server may believe what it has read: short, so that tests need not wait."""
PATIENCE: Final = 20.0

BOTH_WAYS: Final = pytest.mark.parametrize(
    ("first", "second"), [(PARSE_SERVER, PARSEPY), (PARSEPY, PARSE_SERVER)]
)

SHARED_OPTIONS: JSONMapping = {
    **OPTIONS,
    "cacheTTL": CACHE_MS,
    "databaseOptions": {"schemaCacheTtl": CACHE_MS},
}


@dataclass(frozen=True, slots=True)
class Servers:
    reference: Reference
    clients: dict[str, httpx.AsyncClient]

    async def ask(
        self,
        server: str,
        method: str,
        path: str,
        body: JSONValue = None,
        *,
        session: str | None = None,
        **query: str,
    ) -> dict[str, Any]:
        """Fails the test when the answer is an error.

        A session token stands in for the master key, an empty one for nothing.
        """
        answer = await self.send(server, method, path, body, session=session, **query)
        assert answer.status_code < 300, f"{server} {method} {path}: {answer.text}"
        return cast("dict[str, Any]", answer.json())

    async def send(
        self,
        server: str,
        method: str,
        path: str,
        body: JSONValue = None,
        *,
        session: str | None = None,
        **query: str,
    ) -> httpx.Response:
        """As `ask`, for answers that may be errors; but never one of the server's own."""
        headers = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master"}
        if session is not None:
            del headers["X-Parse-Master-Key"]
            headers |= {"X-Parse-Session-Token": session} if session else {}
        answer = await self.clients[server].request(
            method, path, json=body, params=query, headers=headers
        )
        assert answer.status_code < 500, f"{server} {method} {path}: {answer.text}"
        return answer

    async def both(self, method: str, path: str, **query: str) -> list[dict[str, Any]]:
        return [await self.ask(server, method, path, **query) for server in self.clients]


@asynccontextmanager
async def two_servers(reference: Reference) -> AsyncIterator[Servers]:
    """parsepy joins a parse-server that is running."""
    app = create_app(
        {
            "appId": "app",
            "masterKey": "master",
            "databaseURI": reference.database_uri,
            "serverURL": "http://parse.test/parse",
            **SHARED_OPTIONS,
        }
    )
    async with (
        app_client(app) as ours,
        httpx.AsyncClient(base_url=reference.client.base_url, timeout=30) as theirs,
    ):
        ours.base_url = httpx.URL("http://parse.test/parse")
        yield Servers(reference, {PARSE_SERVER: theirs, PARSEPY: ours})


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Waits for what the servers' caches put off."""
    until = time.monotonic() + PATIENCE
    while not await holds():
        assert time.monotonic() < until, "it did not become true in time"
