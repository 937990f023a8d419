"""A server under test and its control port, in this process."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from parsepy.app import ParseApp
from parsepy.options.load import load_options
from parsepy.storage.opening import open_storage
from parsepy.testing.control import ControlApp, SwitchableApp
from parsepy.testing.process import RemoteProcess
from tests.support.answering_server import AnsweringServer, answering_server
from tests.support.asgi import ORIGIN, app_client
from tests.support.local_app import OPTIONS, URL, LocalApp
from tests.support.recording_storage import RecordingStorage

BASE = {"databaseURI": "sqlite::memory:"}


@dataclass(frozen=True, slots=True)
class UnderTest:
    """`parse` is the app as it was started; its client reaches whatever serves now."""

    switchable: SwitchableApp
    control: httpx.AsyncClient
    parse: LocalApp

    async def command(self, name: str, body: object = None) -> httpx.Response:
        return await self.control.post(f"{ORIGIN}/__test__/{name}", json=body)

    async def reconfigure(self, **options: Any) -> httpx.Response:
        return await self.command("reconfigure", {**OPTIONS, **options})


@pytest.fixture
async def under_test() -> AsyncIterator[UnderTest]:
    loaded = load_options(OPTIONS).options
    recorder = RecordingStorage(open_storage(loaded))
    process = RemoteProcess()
    switchable = SwitchableApp(ParseApp(loaded, recorder.storage), process)
    control = httpx.ASGITransport(app=ControlApp(switchable, BASE, process))
    async with (
        app_client(switchable) as client,
        httpx.AsyncClient(transport=control, base_url=URL) as commands,
    ):
        parse = LocalApp(switchable.current, client, recorder)
        yield UnderTest(switchable, commands, parse)
    await process.close()


@pytest.fixture
def process() -> Iterator[AnsweringServer]:
    """The test's process, which runs cloud code and adapters."""
    with answering_server({}) as server:
        yield server


@pytest.fixture
async def remote() -> AsyncIterator[RemoteProcess]:
    """How the server under test reaches it."""
    made = RemoteProcess()
    yield made
    await made.close()
