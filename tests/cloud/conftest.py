"""An app to register cloud code with, on each store, and a webhook's other side."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.support.answering_server import AnsweringServer, answering_server
from tests.support.local_app import LocalApp, local_app, parse

__all__ = ["parse"]


@pytest.fixture(params=["sqlite", "mongodb"])
async def stored(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    """An app on each store."""
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


@pytest.fixture
def hook() -> Iterator[AnsweringServer]:
    with answering_server({}) as server:
        yield server
