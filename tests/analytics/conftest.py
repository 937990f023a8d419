"""A started store of each kind."""

from collections.abc import AsyncIterator

import pytest

from parsepy.options.load import load_options
from parsepy.storage.base import Storage
from parsepy.storage.opening import open_storage
from tests.support.local_app import OPTIONS


@pytest.fixture
async def storage(database_uri: str) -> AsyncIterator[Storage]:
    opened = open_storage(load_options({**OPTIONS, "databaseURI": database_uri}).options)
    await opened.start()
    yield opened
    await opened.close()
