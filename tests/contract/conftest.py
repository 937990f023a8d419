"""The stores that the contract is run over."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from uuid import uuid4

import pytest

from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from tests.contract.samples import EVERY_TYPE

StoreOpener = Callable[[], Storage]
"""Makes a store, not started, on the same place each time."""


def _opener(kind: str, request: pytest.FixtureRequest) -> StoreOpener:
    if kind == "mongodb":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        return lambda: MongoStorage(uri)
    folder: Path = request.getfixturevalue("tmp_path")
    location = ":memory:" if kind == "sqlite-memory" else str(folder / f"{uuid4().hex}.sqlite")
    return lambda: SQLiteStorage(location)


@pytest.fixture(params=["sqlite-file", "sqlite-memory", "mongodb"])
async def storage(request: pytest.FixtureRequest) -> AsyncIterator[Storage]:
    """A started, empty store."""
    opened = _opener(request.param, request)()
    await opened.start()
    yield opened
    await opened.close()


@pytest.fixture(params=["sqlite-file", "mongodb"])
def lasting(request: pytest.FixtureRequest) -> StoreOpener:
    """Opens one and the same store, as often as it is called: what restarts and twins see."""
    return _opener(request.param, request)


@pytest.fixture
async def schema(storage: Storage) -> ClassSchema:
    """A class with a field of every type, made in `storage`."""
    await storage.create_class(EVERY_TYPE.definition)
    return EVERY_TYPE
