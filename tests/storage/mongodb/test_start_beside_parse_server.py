"""An empty database after either server's start, and each starting on the other's."""

from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.database import Database

from parsepy.options.load import load_options
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.wanted_indexes import wanted_indexes
from tests.storage.mongodb.reference_client import reference_on_own_database
from tests.storage.mongodb.samples import Raw
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio


def all_indexes(database: Database[Raw]) -> dict[str, dict[str, Any]]:
    return {
        name: {index["name"]: dict(index) for index in database[name].list_indexes()}
        for name in ("_User", "_Role", "_Idempotency")
    }


async def start_on(uri: str) -> None:
    storage = MongoStorage(uri)
    await storage.start()
    try:
        options = load_options({"appId": "app", "masterKey": "master"}).options
        await storage.ensure_indexes(wanted_indexes(options, shared=True))
    finally:
        await storage.close()


async def test_both_servers_make_the_same_indexes_and_accept_the_others(
    mongod: RunningMongod, mongodb_uri: str, database_name: str
) -> None:
    with MongoClient[Raw](mongodb_uri) as client:
        await start_on(mongod.database_uri(database_name))
        ours = all_indexes(client[database_name])

        with reference_on_own_database(mongod) as reference:
            theirs = all_indexes(client[reference.database_name])
            recorded = list(client[reference.database_name]["_SCHEMA"].find())
            await start_on(reference.database_uri)
            assert all_indexes(client[reference.database_name]) == theirs
            assert list(client[reference.database_name]["_SCHEMA"].find()) == recorded

        # A start that met a conflict would not answer.
        with reference_on_own_database(mongod, database_name=database_name) as reference:
            assert reference.ask("GET", "/health") == {"status": "ok"}
            assert all_indexes(client[database_name]) == ours

    assert ours == theirs
