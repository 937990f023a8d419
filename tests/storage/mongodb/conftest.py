"""A store of this adapter on a database of its own, and a plain client that sees it raw."""

import gc
import warnings
from collections.abc import AsyncIterator, Iterator

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from parsepy.storage.mongodb import MongoStorage
from tests.storage.mongodb.reference_client import Reference, reference_on_own_database
from tests.storage.mongodb.samples import Raw
from tests.storage.mongodb.two_servers import SHARED_OPTIONS, Servers, two_servers
from tests.support.mongod import RunningMongod


@pytest.fixture
async def storage(mongodb_database_uri: str) -> AsyncIterator[MongoStorage]:
    store = MongoStorage(mongodb_database_uri)
    await store.start()
    yield store
    await store.close()


@pytest.fixture
def raw(mongodb_uri: str, database_name: str) -> Iterator[Database[Raw]]:
    """The store's database as another program sees it."""
    with MongoClient[Raw](mongodb_uri) as client:
        yield client[database_name]


@pytest.fixture
def collected_sockets() -> Iterator[None]:
    """For tests that close a store right after its start, or whose start fails.

    The driver then cancels its monitors, and leaks the socket of one that was just connecting:
    its warning would hit whichever test runs when the garbage is collected.
    """
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="module")
def shared_reference(mongod: RunningMongod) -> Iterator[Reference]:
    """A parse-server whose database others use as well."""
    with reference_on_own_database(mongod, options=SHARED_OPTIONS) as running:
        yield running


@pytest.fixture
async def servers(shared_reference: Reference) -> AsyncIterator[Servers]:
    async with two_servers(shared_reference) as running:
        yield running
