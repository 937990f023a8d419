"""An app to be asked by every door, on one store or on both, and what it wrote to its log."""

import logging
from collections.abc import AsyncIterator

import pytest

from tests.security.doors import DOORS, TRANSPORTS, Door
from tests.support.local_app import LocalApp, local_app

CHEAP = 4


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    """Sixteen times less work than a real hash: these tests are about who gets in."""
    monkeypatch.setattr("parsepy.users.passwords.COST", CHEAP)


@pytest.fixture(params=DOORS, ids=lambda door: door.name)
def door(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    return found


@pytest.fixture(params=TRANSPORTS, ids=lambda door: door.name)
def transport(request: pytest.FixtureRequest) -> Door:
    found: Door = request.param
    return found


@pytest.fixture
async def app() -> AsyncIterator[LocalApp]:
    """On the embedded store, for rules that no store has a say in."""
    async with local_app() as running:
        yield running


@pytest.fixture
async def stored(database_uri: str) -> AsyncIterator[LocalApp]:
    """On each store."""
    async with local_app(databaseURI=database_uri) as running:
        yield running


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """Everything that is logged, at the level that tells most."""
    caplog.set_level(logging.DEBUG)
    return caplog
