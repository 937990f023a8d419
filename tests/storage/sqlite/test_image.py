"""A database in memory that is put back to what it was."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from parsepy.storage.sqlite import SQLiteStorage
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def parse() -> AsyncIterator[LocalApp]:
    async with local_app() as running:
        yield running


def memory_of(parse: LocalApp) -> SQLiteStorage:
    """The recorder around it has all its members."""
    return cast("SQLiteStorage", parse.app.parts.storage)


async def test_what_came_since_is_gone_and_what_was_is_back(parse: LocalApp) -> None:
    storage = memory_of(parse)
    kept = await parse.create("Game", {"n": 1})
    image = await storage.image()
    await parse.create("Game", {"n": 2, "other": "x"})
    await parse.create("Later", {"n": 3})
    await parse.ok("DELETE", f"/classes/Game/{kept}")

    await storage.put_back(image)
    await parse.app.parts.schemas.load()

    assert [row["objectId"] for row in await parse.find("Game", {})] == [kept]
    assert await parse.find("Later", {}) == []
    schemas = await parse.ok("GET", "/schemas", master=True)
    fields = {one["className"]: one["fields"] for one in schemas["results"]}
    assert "Later" not in fields
    assert "other" not in fields["Game"]


async def test_it_waits_for_a_transaction(parse: LocalApp) -> None:
    storage = memory_of(parse)
    image = await storage.image()
    async with storage.transaction():
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await storage.put_back(image)


async def test_a_file_has_no_image(tmp_path: Path) -> None:
    storage = SQLiteStorage(str(tmp_path / "parse.sqlite"))
    await storage.start()
    try:
        with pytest.raises(TypeError, match="no database in memory"):
            await storage.image()
    finally:
        await storage.close()
