"""A store in a file of its own."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parsepy.storage.sqlite import SQLiteStorage


@pytest.fixture
def location(tmp_path: Path) -> str:
    """Where a store's file may be made; its folder is not there yet."""
    return str(tmp_path / "data" / "parse.sqlite")


@pytest.fixture
async def store(location: str) -> AsyncIterator[SQLiteStorage]:
    """A started, empty store in the file `location`."""
    opened = SQLiteStorage(location)
    await opened.start()
    yield opened
    await opened.close()
