"""An ASGI app in this process, with its lifespan, behind an httpx client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx
from starlette.types import ASGIApp, Message, Scope

ORIGIN = "http://parse.test"
CLIENT_ADDRESS = ("127.0.0.1", 50000)


class LifespanFailedError(RuntimeError):
    """The app refused to start or did not end cleanly."""


@asynccontextmanager
async def app_client(
    app: ASGIApp, *, client_address: tuple[str, int] = CLIENT_ADDRESS
) -> AsyncIterator[httpx.AsyncClient]:
    """Start the app, give a client whose requests go to it, and shut the app down.

    `client_address` is the peer that the app sees.
    """
    async with running_lifespan(app):
        transport = httpx.ASGITransport(app=cast("Any", app), client=client_address)
        async with httpx.AsyncClient(transport=transport, base_url=ORIGIN) as client:
            yield client


@asynccontextmanager
async def running_lifespan(app: ASGIApp) -> AsyncIterator[None]:
    """Send the app its start-up event on entry and its shutdown event on exit."""
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[Message] = asyncio.Queue()
    scope: Scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": {}}
    task = asyncio.ensure_future(_finish(app(scope, to_app.get, from_app.put), from_app))
    try:
        await _exchange("startup", to_app, from_app)
        yield
        await _exchange("shutdown", to_app, from_app)
    finally:
        task.cancel()
        await asyncio.wait([task])


async def _finish(running: Any, from_app: asyncio.Queue[Message]) -> None:
    try:
        await running
        ended: Message = {"type": "ended", "message": "the app returned"}
    except Exception as error:
        ended = {"type": "ended", "message": "the app raised", "error": error}
    from_app.put_nowait(ended)


async def _exchange(
    phase: str, to_app: asyncio.Queue[Message], from_app: asyncio.Queue[Message]
) -> None:
    to_app.put_nowait({"type": f"lifespan.{phase}"})
    answer = await from_app.get()
    if answer["type"] != f"lifespan.{phase}.complete":
        raise LifespanFailedError(phase, answer.get("message")) from answer.get("error")
