"""`AppUnderTest`: what the fixture `parse_app` gives to one test."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import httpx

from parsepy.app import ParseApp
from parsepy.cloud.registry import Registry
from parsepy.email.memory import MemoryAdapter
from parsepy.protocol import clock
from parsepy.testing.app_options import ORIGIN, options_of
from parsepy.testing.movable_clock import MovableClock
from parsepy.testing.rest_client import Answer, RestClient, UserClient
from parsepy.testing.running_app import RunningApp

PASSWORD = "correct horse"


class Apps:
    """The one app of a test process that is kept for the next test, if that has its options and
    its event loop."""

    def __init__(self, code: Registry) -> None:
        """`code` is what the app's cloud code has registered when it was loaded."""
        self.clock = MovableClock()
        self.mails = MemoryAdapter()
        self.registry = Registry()
        self._code = code
        self._running: RunningApp | None = None
        self._is_changed = False
        self._put_code_back()
        self.registry.follow(self._note_change)

    def tidy(self) -> None:
        """What a test has done to the clock, the mails and the cloud code is undone."""
        self.clock.reset()
        self.mails.clear()
        if self._is_changed:
            self._put_code_back()

    async def running(self, given: Mapping[str, object]) -> RunningApp:
        """An app with these options that holds nothing yet."""
        running = self._running
        if running is not None and running.loop is asyncio.get_running_loop():
            if running.options == given:
                await running.begin_anew()
                return running
            await running.stop()
        self._running = None
        self._running = await RunningApp.start(given, self.registry, self.clock)
        return self._running

    def _put_code_back(self) -> None:
        self.registry.clear()
        self.registry.take_loaded(self._code)
        self._is_changed = False

    def _note_change(self) -> None:
        self._is_changed = True


class AppUnderTest:
    """An app of this test alone, in memory. It is there from the first request on."""

    def __init__(self, apps: Apps, given: Mapping[str, object]) -> None:
        self._apps = apps
        self._options = options_of(given, apps.mails)
        self._running: RunningApp | None = None
        self._starting = asyncio.Lock()
        self.http = httpx.AsyncClient(transport=_Transport(self._started), base_url=ORIGIN)
        """Any request, at addresses behind `http://parse.test`."""
        self.client = RestClient(self)
        """Nobody in particular, with the keys of the app."""
        self.master = RestClient(self, master=True)

    @property
    def registry(self) -> Registry:
        """What is registered here is there for this test: `@parse_app.registry.function("x")`."""
        return self._apps.registry

    @property
    def clock(self) -> MovableClock:
        return self._apps.clock

    @property
    def mails(self) -> MemoryAdapter:
        return self._apps.mails

    async def ready(self) -> ParseApp:
        """The app itself, running. Everything else that needs it asks for it."""
        return (await self._started()).app

    async def _started(self) -> RunningApp:
        """Raises `RuntimeError` outside of asyncio."""
        _check_loop()
        async with self._starting:
            if self._running is None:
                self._running = await self._apps.running(self._options)
        return self._running

    async def begin_anew(self) -> None:
        """Erases everything, as between two tests: for several tries within one."""
        await (await self._started()).begin_anew()

    # -- users

    async def sign_up(
        self, username: str, password: str = PASSWORD, **fields: object
    ) -> UserClient:
        """A new user with a session, by a request as any app sends it."""
        sent = {"username": username, "password": password, **fields}
        answer: Answer = await self.client.call("POST", "/users", sent)
        return UserClient(self, answer)

    async def log_in(self, username: str, password: str = PASSWORD) -> UserClient:
        """A new session. Raises 101."""
        sent = {"username": username, "password": password}
        return UserClient(self, await self.client.call("POST", "/login", sent))

    async def act_as(self, user_id: str) -> UserClient:
        """A new session of any user, without a password."""
        answer = await self.master.call("POST", "/loginAs", {"userId": user_id})
        return UserClient(self, answer)

    async def create_role(self, name: str, *members: UserClient) -> str:
        """The id of a new role that nobody but the master key may change."""
        fields: dict[str, object] = {"name": name, "ACL": {}}
        if members:
            fields["users"] = {"__op": "AddRelation", "objects": members}
        return str((await self.master.create("_Role", fields))["objectId"])

    # -- inside

    @asynccontextmanager
    async def cloud_code(self) -> AsyncIterator[None]:
        """Lets the test itself use the API of cloud code: `async with parse_app.cloud_code():`."""
        app = await self.ready()
        with clock.using(self.clock), app.cloud_code():
            yield

    async def jobs_done(self) -> None:
        """Waits for the jobs that were started, and for those that they start."""
        await (await self.ready()).parts.cloud.jobs.settled()


def _check_loop() -> None:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise RuntimeError(
            "An app under test runs on asyncio: the fixture anyio_backend has to give 'asyncio'."
        ) from None


class _Transport(httpx.AsyncBaseTransport):
    """Whatever host a request names: links in mails name the public one."""

    def __init__(self, started: Callable[[], Awaitable[RunningApp]]) -> None:
        self._started = started

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await (await self._started()).answer(request)
