"""An app whose changes are told, on each store."""

from collections.abc import AsyncIterator

import pytest

from tests.support.local_app import LocalApp, local_app

PUBLISHED = {"classNames": ["Game", "Chat.*", "_User", "_Session", "_Role"]}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about who is told, not about hashes."""
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return "sqlite::memory:"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@pytest.fixture
async def stored(database_uri: str) -> AsyncIterator[LocalApp]:
    async with local_app(databaseURI=database_uri, liveQuery=PUBLISHED) as running:
        yield running


@pytest.fixture
async def parse() -> AsyncIterator[LocalApp]:
    """On the embedded store, for rules that no store has a say in."""
    async with local_app(liveQuery=PUBLISHED) as running:
        yield running
