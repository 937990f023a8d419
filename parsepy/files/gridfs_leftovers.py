"""Chunks in GridFS that belong to no file: what is left of uploads whose server was killed."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from typing import Any, Final

from bson import ObjectId
from pymongo import ASCENDING
from pymongo.asynchronous.collection import AsyncCollection

from parsepy.files.base import Leftover
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, WRITING

_COMPARED_AT_ONCE: Final = 500


class GridFSLeftovers:
    """The age of chunks is that of the newest one's id, which holds the time of its writer."""

    def __init__(self, files: AsyncCollection[Document], chunks: AsyncCollection[Document]) -> None:
        self._files = files
        self._chunks = chunks

    async def before(self, before: datetime) -> AsyncIterator[Leftover]:
        async for ids in self._owners():
            for file_id in await self._without_file(ids):
                leftover = await self._seen(file_id)
                if leftover is not None and leftover.changed_at < before:
                    yield leftover

    async def remove(self, leftover: Leftover) -> bool:
        file_id = ObjectId(leftover.key)
        if not await self._without_file([file_id]) or await self._seen(file_id) != leftover:
            return False
        with WRITING:
            deleted = await self._chunks.delete_many({"files_id": file_id})
        return deleted.deleted_count > 0

    async def _owners(self) -> AsyncIterator[list[Any]]:
        """Whom chunks belong to. In this form the index is skipped through, no chunk is read."""
        pipeline: Sequence[Document] = [
            {"$sort": {"files_id": ASCENDING, "n": ASCENDING}},
            {"$group": {"_id": "$files_id"}},
        ]
        ids: list[Any] = []
        with READING:
            async with await self._chunks.aggregate(pipeline) as cursor:
                async for group in cursor:
                    ids.append(group["_id"])
                    if len(ids) == _COMPARED_AT_ONCE:
                        yield ids
                        ids = []
        yield ids

    async def _without_file(self, ids: Sequence[Any]) -> list[ObjectId]:
        # A program may have chosen ids of its own, which say nothing of their age.
        made = [file_id for file_id in ids if isinstance(file_id, ObjectId)]
        with READING:
            found = await self._files.find({"_id": {"$in": made}}, {"_id": 1}).to_list()
        there = {document["_id"] for document in found}
        return [file_id for file_id in made if file_id not in there]

    async def _seen(self, file_id: ObjectId) -> Leftover | None:
        counting: Sequence[Document] = [
            {"$match": {"files_id": file_id}},
            {
                "$group": {
                    "_id": None,
                    "size": {"$sum": {"$binarySize": "$data"}},
                    "newest": {"$max": "$_id"},
                }
            },
        ]
        with READING:
            counted = await (await self._chunks.aggregate(counting)).to_list()
        if not counted or not isinstance(counted[0]["newest"], ObjectId):
            return None
        size, newest = int(counted[0]["size"]), counted[0]["newest"]
        return Leftover(str(file_id), size, newest.generation_time)
