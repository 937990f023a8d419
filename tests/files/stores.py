"""Stores that need more than a line to be opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

import apsw
from pymongo import AsyncMongoClient

from parsepy.files.base import FileStore
from parsepy.files.gridfs import GridFSFiles
from parsepy.storage.mongodb.documents import Document


@asynccontextmanager
async def gridfs(uri: str) -> AsyncIterator[FileStore]:
    client: AsyncMongoClient[Document] = AsyncMongoClient(uri)
    async with client:
        database = client.get_default_database()
        yield GridFSFiles(lambda: database)


def embedded_contents(folder: Path) -> int:
    """How many contents lie in the folder of an `EmbeddedFiles`, named by a row or not."""
    on_disk = sum(path.is_file() for path in (folder / "contents").rglob("*"))
    index = folder / "index.sqlite"
    if not index.exists():
        return on_disk
    with closing(apsw.Connection(str(index))) as connection:
        try:
            return on_disk + int(connection.execute("SELECT count(*) FROM contents").get)
        except apsw.NotADBError:
            return on_disk
