"""Stores that need more than a line to be opened."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

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
