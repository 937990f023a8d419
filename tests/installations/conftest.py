"""An app on each store."""

from collections.abc import AsyncIterator

import pytest

from tests.support.local_app import LocalApp, local_app, parse

__all__ = ["parse"]


@pytest.fixture
async def app(database_uri: str) -> AsyncIterator[LocalApp]:
    async with local_app(databaseURI=database_uri) as running:
        yield running
