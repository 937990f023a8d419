"""Which databases are looked through: all apps of a MongoDB have one bucket of files."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from parsepy.errors import ParseError
from parsepy.files.sweep.opening import opened
from parsepy.files.sweep.run import Settings, Sweep
from parsepy.files.sweep.worklist import Worklist
from parsepy.options import load_options
from parsepy.options.model import ServerOptions
from parsepy.telemetry.progress import Silence
from tests.files.samples import parts

pytestmark = pytest.mark.anyio

KEYS = {"appId": "app", "masterKey": "master"}


def options(uri: str, **given: Any) -> ServerOptions:
    return load_options({**KEYS, "databaseURI": uri, **given}).options


async def swept(uri: str, **given: Any) -> list[str]:
    """What is left."""
    settings = Settings(timedelta(minutes=-1), delete=True)
    async with opened(options(uri, **given)) as found:
        with Worklist() as worklist:
            await Sweep(found.store, found.referrers, worklist, settings, Silence()).run("here")
        return sorted([file.name async for file in found.store.stored()])


@pytest.fixture
async def database(mongodb_database_uri: str) -> AsyncIterator[Any]:
    async with AsyncMongoClient[dict[str, Any]](mongodb_database_uri) as client:
        yield client.get_default_database()


async def _stored(uri: str, *names: str) -> None:
    async with opened(options(uri)) as found:
        for name in names:
            await found.store.save(name, parts(b"x"), {})


@pytest.mark.parametrize("prefix", ["", "one_", "two_"])
async def test_files_of_other_apps_in_the_database_are_kept(
    mongodb_database_uri: str, database: Any, prefix: str
) -> None:
    await _stored(mongodb_database_uri, "a.txt", "b.txt", "c.txt", "orphan.txt")
    for app, name in (("", "a.txt"), ("one_", "b.txt"), ("two_", "c.txt")):
        entry = {"_id": "Game", "photo": "file", "objectId": "string"}
        await database[f"{app}_SCHEMA"].insert_one(entry)
        await database[f"{app}Game"].insert_one({"_id": "1", "photo": name})

    assert await swept(mongodb_database_uri, collectionPrefix=prefix) == ["a.txt", "b.txt", "c.txt"]


async def test_columns_and_collections_that_no_schema_knows_count(
    mongodb_database_uri: str, database: Any
) -> None:
    names = ["a.txt", "b.txt", "c.txt", "d.txt", "e.txt"]
    await _stored(mongodb_database_uri, *names, "orphan.txt")
    await database["_SCHEMA"].insert_one({"_id": "Game", "photo": "file", "objectId": "string"})
    await database["Game"].insert_one({"_id": "1", "photo": "a.txt", "_old": "b.txt"})
    await database["Forgotten"].insert_one({"_id": "1", "in": [{"it": "c.txt"}]})
    # Another program's: their ids are no texts.
    await database["Foreign"].insert_one({"_of": "d.txt"})
    await database["Numbered"].insert_one({"_id": 7, "_of": "e.txt"})

    assert await swept(mongodb_database_uri) == names


async def test_there_has_to_be_a_database(tmp_path: Any) -> None:
    for uri in (f"sqlite:///{tmp_path}/none.sqlite", "sqlite::memory:"):
        with pytest.raises(ParseError):
            async with opened(options(uri)):
                raise AssertionError(uri)
    assert not list(tmp_path.iterdir())
