"""A mail server, the stores that mails wait in, and an authority for TLS."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from tests.support.certificates import ServerFiles, server_files
from tests.support.smtp_server import RunningSmtp, running_smtp

StoreOpener = Callable[[], Storage]
"""Makes a store, not started, on the same place each time."""


@pytest.fixture
def smtp() -> Iterator[RunningSmtp]:
    """Without TLS and without a password."""
    with running_smtp() as server:
        yield server


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> ServerFiles:
    return server_files(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that several servers, and one after another, can have."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@pytest.fixture(params=["sqlite", "mongodb"])
def lasting(request: pytest.FixtureRequest, tmp_path: Path) -> StoreOpener:
    if request.param == "mongodb":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        return lambda: MongoStorage(uri)
    location = str(tmp_path / f"{uuid4().hex}.sqlite")
    return lambda: SQLiteStorage(location)


@pytest.fixture
async def storage(lasting: StoreOpener) -> AsyncIterator[Storage]:
    """A started, empty store."""
    opened = lasting()
    await opened.start()
    yield opened
    await opened.close()
