"""A provider to talk to, and the way out to it."""

from collections.abc import AsyncIterator, Iterator

import pytest

from parsepy.outbound import Outbound
from tests.auth.provider_server import ProviderServer, running_provider


@pytest.fixture
def provider() -> Iterator[ProviderServer]:
    with running_provider() as server:
        yield server


@pytest.fixture
async def outbound() -> AsyncIterator[Outbound]:
    client = Outbound(timeout=5)
    yield client
    await client.close()
