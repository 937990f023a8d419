"""`Examined` on MongoDB: finds, counts and aggregations without a stage that writes."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Final

from bson import ObjectId

from parsepy.doctor.base import FoundIndex, Problem, Size, UnknownType
from parsepy.doctor.mongodb import indexes
from parsepy.doctor.mongodb.documents import DocumentCheck
from parsepy.schema.classes import ClassDefinition, ClassSchema, missing_class
from parsepy.schema.system_classes import is_volatile
from parsepy.storage.base import Index
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.connection import SCHEMA_COLLECTION, Connection
from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.storage.mongodb.errors import READING
from parsepy.storage.mongodb.objects import CASE_INSENSITIVE
from parsepy.storage.mongodb.schema_documents import read_definition, unreadable_fields
from parsepy.storage.scanned import Pair

_BATCH: Final = 500
_MOST_GROUPS: Final = 100


class MongoDatabase:
    def __init__(self, uri: str, prefix: str) -> None:
        self._connection = Connection(uri, prefix, {})

    @property
    def description(self) -> str:
        return f"MongoDB {self._connection.server_version}"

    @property
    def shares_with_parse_server(self) -> bool:
        return True

    async def open(self) -> None:
        """Raises `ParseError` 1."""
        await self._connection.open()

    async def close(self) -> None:
        await self._connection.close()

    async def definitions(self) -> list[ClassDefinition]:
        with READING:
            documents = await self._connection.schemas.find({}).to_list()
        return [read_definition(each) for each in documents if not is_volatile(str(each["_id"]))]

    async def unknown_types(self) -> list[UnknownType]:
        with READING:
            documents = await self._connection.schemas.find({}).to_list()
        return [
            UnknownType(str(document["_id"]), field, str(document[field]))
            for document in documents
            for _, field in unreadable_fields(document)
        ]

    async def sizes(self) -> dict[str, Size]:
        database, prefix = self._connection.database, self._connection.prefix
        with READING:
            names = await database.list_collection_names(filter={"type": "collection"})
            return {
                name.removeprefix(prefix): await self._size(name)
                for name in sorted(names)
                if name.startswith(prefix)
                and "." not in name
                and name != prefix + SCHEMA_COLLECTION
            }

    async def file_size(self) -> Size | None:
        with READING:
            names = await self._connection.database.list_collection_names()
            if "fs.files" not in names:
                return None
            files = await self._size("fs.files")
            chunks = await self._size("fs.chunks")
        return Size(files.objects, chunks.bytes)

    async def damage(self) -> list[str]:
        """Nothing: only a command that stops the collection would tell."""
        return []

    async def indexes(self, class_name: str) -> list[FoundIndex]:
        with READING:
            return await indexes.of_collection(self._connection.collection(class_name))

    def wanted(self, index: Index) -> FoundIndex:
        return indexes.wanted(index)

    async def problems(
        self, schema: ClassSchema, sample: int | None
    ) -> AsyncIterator[tuple[int, Sequence[Problem]]]:
        check = DocumentCheck(schema)
        number, found = 0, list[Problem]()
        async for document in self._documents(schema.name, sample):
            found += check.problems(document)
            number += 1
            if number == _BATCH:
                yield number, found
                number, found = 0, []
        yield number, found

    async def pairs(self, join_class: str, sample: int | None) -> AsyncIterator[Sequence[Pair]]:
        async for rows in self._pairs(join_class, ("owningId", "relatedId"), sample):
            yield rows

    async def session_users(self, sample: int | None) -> AsyncIterator[Sequence[Pair]]:
        async for rows in self._pairs("_Session", ("_id", "_p_user"), sample):
            yield [Pair(session_id, pointer.removeprefix("_User$")) for session_id, pointer in rows]

    async def known_ids(self, class_name: str, ids: Sequence[str]) -> set[str]:
        columns = Columns(missing_class(class_name))
        # Rows name an object by text also where its id is an ObjectId of old.
        old = [ObjectId(each) for each in ids if ObjectId.is_valid(each)]
        condition = {"_id": {"$in": [*map(columns.id, ids), *old]}}
        collection = self._connection.collection(class_name)
        with READING:
            found = await collection.find(condition, {"_id": 1}).to_list()
        return {str(document["_id"]) for document in found}

    async def duplicates(self, field: str) -> list[list[str]]:
        pipeline: list[Document] = [
            {"$match": {field: {"$type": "string"}}},
            {
                "$group": {
                    "_id": f"${field}",
                    "first": {"$min": "$_id"},
                    "last": {"$max": "$_id"},
                    "number": {"$sum": 1},
                }
            },
            {"$match": {"number": {"$gt": 1}}},
            {"$limit": _MOST_GROUPS},
        ]
        users = self._connection.collection("_User")
        with READING:
            cursor = await users.aggregate(pipeline, collation=CASE_INSENSITIVE, allowDiskUse=True)
            return [[str(row["first"]), str(row["last"])] async for row in cursor]

    async def _size(self, collection: str) -> Size:
        found: dict[str, Any] = await self._connection.database.command("collStats", collection)
        return Size(int(found["count"]), int(found["size"]))

    async def _documents(
        self, class_name: str, sample: int | None, projection: Document | None = None
    ) -> AsyncIterator[Document]:
        collection: Collection = self._connection.collection(class_name)
        with READING:
            if sample is None:
                async for document in collection.find({}, projection, batch_size=_BATCH):
                    yield document
                return
            stages: list[Document] = [{"$sample": {"size": sample}}]
            if projection is not None:
                stages.append({"$project": projection})
            drawn = await collection.aggregate(stages, allowDiskUse=True, batchSize=_BATCH)
            async for document in drawn:
                yield document

    async def _pairs(
        self, class_name: str, columns: tuple[str, str], sample: int | None
    ) -> AsyncIterator[list[Pair]]:
        first, second = columns
        rows: list[Pair] = []
        async for row in self._documents(class_name, sample, dict.fromkeys(columns, 1)):
            rows.append(Pair(str(row.get(first)), str(row.get(second))))
            if len(rows) == _BATCH:
                yield rows
                rows = []
        if rows:
            yield rows
