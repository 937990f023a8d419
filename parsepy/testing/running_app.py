"""An app under test that is started, and begins anew for every test."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from typing import Final, cast

import httpx

from parsepy.app import AppParts, ParseApp
from parsepy.cloud.registry import Registry
from parsepy.options.load import load_options
from parsepy.protocol import clock
from parsepy.protocol.clock import Clock
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.testing.app_options import CLIENT_ADDRESS
from parsepy.testing.receipts import EveryReceipt

CHEAP_HASHES: Final = 4
"""The cost of passwords: 1 ms for each in place of 50."""


class RunningApp:
    """Lives as long as the event loop that it was started in; `loop` is that."""

    def __init__(
        self,
        app: ParseApp,
        options: Mapping[str, object],
        own_clock: Clock,
        life: AsyncGenerator[None, None],
        image: bytes,
    ) -> None:
        self.app = app
        self.options = options
        self.loop = asyncio.get_running_loop()
        self._clock = own_clock
        self._life = life
        self._image = image
        self._transport = httpx.ASGITransport(app=app, client=(CLIENT_ADDRESS, 50000))

    @classmethod
    async def start(
        cls, options: Mapping[str, object], registry: Registry, own_clock: Clock
    ) -> "RunningApp":
        """Raises `OptionsError`, and what a start raises."""
        app = ParseApp(load_options(options).options, registry=registry)
        app.parts.users.passwords.cost = CHEAP_HASHES
        app.parts.services.app_store = EveryReceipt()
        life = _life(app.parts, own_clock)
        await anext(life)
        return cls(app, options, own_clock, life, await _storage(app).image())

    async def begin_anew(self) -> None:
        """As it was after its start: no test sees what another has left."""
        await self.app.parts.begin_anew(self._put_back)

    async def stop(self) -> None:
        await self._life.aclose()

    async def answer(self, request: httpx.Request) -> httpx.Response:
        """Apart from whoever asks: he may be in a transaction or be cloud code, which a client is
        not. What a request sets off, mails say, has happened when it is answered."""
        with clock.using(self._clock):
            context = clock.fresh_context()
        asked = self._transport.handle_async_request(request)
        response = await self.loop.create_task(asked, context=context)
        await self.app.parts.users.background.settled()
        return response

    async def _put_back(self) -> None:
        await _storage(self.app).put_back(self._image)
        await self.app.parts.schemas.load()


async def _life(parts: AppParts, own_clock: Clock) -> AsyncGenerator[None, None]:
    """A generator, since whoever ends an event loop closes those that were begun in it: so the app
    is stopped in its own loop, whichever plug-in runs the tests."""
    with clock.using(own_clock):
        await parts.start()
    try:
        yield
    finally:
        await parts.cloud.jobs.cancel_all()
        await parts.stop()


def _storage(app: ParseApp) -> SQLiteStorage:
    return cast("SQLiteStorage", app.parts.storage)
