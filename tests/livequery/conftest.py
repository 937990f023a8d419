"""An app whose changes are told, on each store."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.support.local_app import LocalApp, local_app

PUBLISHED = {"classNames": ["Game", "Chat.*", "_User", "_Session", "_Role"]}


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """These tests are about who is told, not about hashes."""
    monkeypatch.setattr("parsepy.users.passwords.COST", 4)


@pytest.fixture(params=["sqlite", "mongodb", "mongodb-stream"])
def stored_options(request: pytest.FixtureRequest) -> dict[str, Any]:
    """A store, and where changes in it are heard of."""
    if request.param == "sqlite":
        return {"liveQuery": PUBLISHED}
    uri: str = request.getfixturevalue("mongodb_database_uri")
    source = {"source": "changeStream"} if request.param == "mongodb-stream" else {}
    return {"databaseURI": uri, "liveQuery": {**PUBLISHED, **source}}


@pytest.fixture
async def stored(stored_options: dict[str, Any]) -> AsyncIterator[LocalApp]:
    async with local_app(**stored_options) as running:
        yield running


@pytest.fixture
async def parse() -> AsyncIterator[LocalApp]:
    """On the embedded store, for rules that no store has a say in."""
    async with local_app(liveQuery=PUBLISHED) as running:
        yield running
