"""Files in MongoDB, in parse-server's GridFS layout (storage-mongodb sheet, section 16).

The driver's own bucket collects up to 48 MB of an upload before it sends any, and asks for 16 MB
of a download at once. Both here take a few chunks at a time: a server's memory must not follow
the number of its clients. The layout is GridFS's, and the same to every driver.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, Final, TypeAlias

from bson import Binary, ObjectId
from pymongo import ASCENDING, DESCENDING
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.asynchronous.database import AsyncDatabase

from parsepy import errors
from parsepy.files.base import Leftover, OpenFile, StoredFile
from parsepy.files.gridfs_leftovers import GridFSLeftovers
from parsepy.files.parts import in_parts_of
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, WRITING
from parsepy.types import JSONObject, JSONValue

CHUNK: Final = 255 << 10
"""Bytes of one chunk, as with parse-server."""

_CHUNKS_AT_ONCE: Final = 4
_LISTED_AT_ONCE: Final = 200

Database: TypeAlias = AsyncDatabase[Document]
Chunks: TypeAlias = AsyncCollection[Document]


class GridFSFiles:
    """A `FileStore` in the bucket `fs`, which no collection prefix changes.

    `database` is asked at each use: it is there once the store has been started.
    """

    def __init__(self, database: Callable[[], Database]) -> None:
        self._database = database
        self._has_indexes = False

    @property
    def _files(self) -> AsyncCollection[Document]:
        return self._database().get_collection("fs.files")

    @property
    def _leftovers(self) -> GridFSLeftovers:
        return GridFSLeftovers(self._files, self._chunks)

    @property
    def _chunks(self) -> Chunks:
        return self._database().get_collection("fs.chunks")

    async def save(
        self,
        name: str,
        content: AsyncIterator[bytes],
        metadata: JSONObject,
        *,
        tags: JSONObject | None = None,
    ) -> None:
        await self._ensure_indexes()
        file_id = ObjectId()
        try:
            length = await self._save_chunks(file_id, content)
            # Last, and alone what makes the file be there: readers begin with it.
            with WRITING:
                await self._files.insert_one(
                    {
                        "_id": file_id,
                        "length": length,
                        "chunkSize": CHUNK,
                        "uploadDate": datetime.now(UTC),
                        "filename": name,
                        "metadata": metadata,
                    }
                )
        except BaseException:
            await asyncio.shield(self._discard(file_id))
            raise

    async def open(self, name: str) -> OpenFile | None:
        document = await self._newest(name)
        return None if document is None else _OpenFile(document, self._chunks)

    def location(self, name: str) -> str | None:
        return None

    async def find(self, name: str) -> StoredFile | None:
        document = await self._newest(name)
        return None if document is None else _stored(document)

    async def delete(self, name: str) -> bool:
        """All versions go: an older one must not come back when the newest is deleted."""
        return await self._delete_all({"filename": name}) > 0

    async def forget_older(self, name: str) -> None:
        """Deletes what earlier uploads under this name have left: parse-server keeps it."""
        newest = await self._newest(name)
        if newest is not None:
            age = {"$lte": newest["uploadDate"]}
            older = {"filename": name, "uploadDate": age, "_id": {"$ne": newest["_id"]}}
            await self._delete_all(older)

    async def _delete_all(self, which: Document) -> int:
        with WRITING:
            found = await self._files.find(which, {"_id": 1}).to_list()
            ids = [document["_id"] for document in found]
            # The files first: chunks without a file are out of sight, a file without is broken.
            deleted = await self._files.delete_many({"_id": {"$in": ids}})
            await self._chunks.delete_many({"files_id": {"$in": ids}})
        return deleted.deleted_count

    async def stored(self) -> AsyncIterator[StoredFile]:
        # In the order of an index: the versions of a name follow each other.
        order = [("filename", ASCENDING), ("uploadDate", ASCENDING)]
        newest: Document | None = None
        with READING:
            async with self._files.find({}, batch_size=_LISTED_AT_ONCE).sort(order) as cursor:
                async for document in cursor:
                    if newest is not None and newest["filename"] != document["filename"]:
                        yield _stored(newest)
                        newest = None
                    if newest is None or _age(newest) <= _age(document):
                        newest = document
        if newest is not None:
            yield _stored(newest)

    def leftovers(self, before: datetime) -> AsyncIterator[Leftover]:
        return self._leftovers.before(before)

    async def remove_leftover(self, leftover: Leftover) -> bool:
        return await self._leftovers.remove(leftover)

    async def erase(self) -> None:
        with WRITING:
            await self._files.delete_many({})
            await self._chunks.delete_many({})

    async def close(self) -> None:
        """The connection is the store's."""

    async def _newest(self, name: str) -> Document | None:
        with READING:
            return await self._files.find_one(
                {"filename": name}, sort=[("uploadDate", DESCENDING), ("_id", DESCENDING)]
            )

    async def _save_chunks(self, file_id: ObjectId, content: AsyncIterator[bytes]) -> int:
        length, number = 0, 0
        waiting: list[Document] = []
        async for part in in_parts_of(CHUNK, content):
            data = Binary(part)
            waiting.append({"_id": ObjectId(), "files_id": file_id, "n": number, "data": data})
            length, number = length + len(part), number + 1
            if len(waiting) == _CHUNKS_AT_ONCE:
                await self._insert(waiting)
                waiting = []
        if waiting:
            await self._insert(waiting)
        return length

    async def _insert(self, chunks: list[Document]) -> None:
        with WRITING:
            await self._chunks.insert_many(chunks, ordered=False)

    async def _discard(self, file_id: ObjectId) -> None:
        with WRITING:
            # An insertion whose answer was lost may have arrived.
            await self._files.delete_one({"_id": file_id})
            await self._chunks.delete_many({"files_id": file_id})

    async def _ensure_indexes(self) -> None:
        """Those that every driver makes, under the names that it gives them."""
        if self._has_indexes:
            return
        with WRITING:
            await self._files.create_index([("filename", ASCENDING), ("uploadDate", ASCENDING)])
            await self._chunks.create_index(
                [("files_id", ASCENDING), ("n", ASCENDING)], unique=True
            )
        self._has_indexes = True


class _OpenFile:
    def __init__(self, document: Document, chunks: Chunks) -> None:
        self.stored = _stored(document)
        self._id = document["_id"]
        self._chunk_size = int(document["chunkSize"])
        self._chunks = chunks

    async def read(self, start: int, end: int) -> AsyncIterator[bytes]:
        if start >= end:
            return
        number, last = start // self._chunk_size, (end - 1) // self._chunk_size
        wanted = {"files_id": self._id, "n": {"$gte": number, "$lte": last}}
        with READING:
            cursor = self._chunks.find(wanted, batch_size=_CHUNKS_AT_ONCE).sort("n", ASCENDING)
            async with cursor:
                async for chunk in cursor:
                    if chunk["n"] != number:
                        break
                    base = number * self._chunk_size
                    yield bytes(chunk["data"])[max(start - base, 0) : end - base]
                    number += 1
        if number <= last:
            # Deleted while it was read, or broken: the answer must end as an unfinished one.
            raise errors.database_error()

    async def close(self) -> None:
        return None


def _stored(document: Document) -> StoredFile:
    given = document.get("metadata")
    metadata = {str(k): _plain(v) for k, v in given.items()} if isinstance(given, dict) else {}
    uploaded = document.get("uploadDate")
    return StoredFile(
        str(document["filename"]),
        int(document["length"]),
        str(document["_id"]),
        metadata,
        uploaded.replace(tzinfo=UTC) if isinstance(uploaded, datetime) else None,
    )


def _age(document: Document) -> tuple[Any, Any]:
    return document["uploadDate"], document["_id"]


def _plain(value: Any) -> JSONValue:
    """Other programs store what is no JSON: it is shown as text."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, list):
        return [_plain(item) for item in value]
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    return str(value)
