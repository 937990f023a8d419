"""Another server's schema changes are known at once where the change stream is followed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from anyio.lowlevel import checkpoint
from pymongo.database import Database

from parsepy.app import ParseApp
from parsepy.options.load import load_options
from parsepy.protocol.field_types import STRING
from parsepy.schema.registry import WATCH, SchemaRegistry
from parsepy.storage.mongodb import MongoStorage
from tests.schema.stores import Server, server
from tests.storage.mongodb.samples import Raw

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("collected_sockets")]

PATIENCE = 20


@pytest.fixture
async def follower(mongodb_database_uri: str) -> AsyncIterator[Server]:
    """A server that would never look again by itself, and has begun to listen."""
    async with server(lambda: MongoStorage(mongodb_database_uri)) as running:
        held = running.storage.hold_next("load_classes")
        running.registry.follow()
        async with asyncio.timeout(PATIENCE):
            await held.reached.wait()
        held.release()
        yield running


async def _until_known(registry: SchemaRegistry, class_name: str, field: str) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            known = {schema.name: schema for schema in registry.known()}
            if class_name in known and field in known[class_name].types:
                return
            await checkpoint()


async def test_a_field_of_another_server_is_known_at_once(
    follower: Server, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one({"_id": "Game", "objectId": "string", "a": "string"})
    await _until_known(follower.registry, "Game", "a")
    raw["_SCHEMA"].update_one({"_id": "Game"}, {"$set": {"b": "number"}})
    await _until_known(follower.registry, "Game", "b")


async def test_permissions_of_another_server_are_known_at_once(
    follower: Server, raw: Database[Raw]
) -> None:
    raw["_SCHEMA"].insert_one({"_id": "Game", "objectId": "string", "a": "string"})
    await _until_known(follower.registry, "Game", "a")

    closed: Raw = {"_metadata.class_permissions": {"get": {}}}
    raw["_SCHEMA"].update_one({"_id": "Game"}, {"$set": closed})

    async with asyncio.timeout(PATIENCE):
        while (await follower.registry.get("Game")).permissions.rules["get"].public:
            await checkpoint()


async def test_a_stream_that_ended_is_opened_again(follower: Server, raw: Database[Raw]) -> None:
    raw["_SCHEMA"].insert_one({"_id": "Game", "objectId": "string", "a": "string"})
    await _until_known(follower.registry, "Game", "a")
    # Dropping the collection ends every stream on it.
    raw["_SCHEMA"].drop()
    raw["_SCHEMA"].insert_one({"_id": "Other", "objectId": "string", "a": "string"})

    await _until_known(follower.registry, "Other", "a")


async def test_many_changes_are_read_once_while_one_is_being_read(
    follower: Server, raw: Database[Raw]
) -> None:
    held = follower.storage.hold_next("load_classes")
    raw["_SCHEMA"].insert_one({"_id": "Game", "objectId": "string", "f0": "string"})
    async with asyncio.timeout(PATIENCE):
        await held.reached.wait()
    follower.storage.taken_calls()
    for number in range(1, 20):
        raw["_SCHEMA"].update_one({"_id": "Game"}, {"$set": {f"f{number}": "string"}})
    held.release()

    await _until_known(follower.registry, "Game", "f19")

    assert len(follower.storage.taken_calls()) < 19


async def test_closing_ends_the_stream(follower: Server) -> None:
    assert WATCH in {task.get_name() for task in asyncio.all_tasks()}

    async with asyncio.timeout(PATIENCE):
        await follower.registry.close()

    assert WATCH not in {task.get_name() for task in asyncio.all_tasks()}


async def test_an_app_follows_where_the_option_says_so(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    options = {
        "appId": "app",
        "masterKey": "master-key",
        "databaseURI": mongodb_database_uri,
        "serverURL": "http://localhost/parse",
        "databaseOptions": {"enableSchemaHooks": True, "schemaCacheTtl": 4000},
    }
    app = ParseApp(load_options(options).options)
    await app.parts.start()
    try:
        schema = await app.parts.schemas.ensure_class(await app.parts.schemas.get("Game"))
        assert schema.type_of("a") is None
        raw["_SCHEMA"].update_one({"_id": "Game"}, {"$set": {"a": "string"}})
        await _until_known(app.parts.schemas, "Game", "a")
        assert (await app.parts.schemas.get("Game")).type_of("a") == STRING
    finally:
        await app.parts.stop()


async def test_without_change_streams_the_watch_ends_and_says_so(
    standalone_uri: str, caplog: pytest.LogCaptureFixture
) -> None:
    storage = MongoStorage(standalone_uri)
    await storage.start()
    try:
        async with asyncio.timeout(PATIENCE):
            await storage.watch_classes(lambda: None)
    finally:
        await storage.close()
    assert "enableSchemaHooks has no effect" in caplog.text
