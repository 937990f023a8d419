"""Reading whole collections, in batches of bounded size."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final, cast

import bson
from bson.codec_options import CodecOptions
from bson.errors import InvalidBSON

from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.connection import SCHEMA_COLLECTION, Connection
from parsepy.storage.mongodb.documents import Collection, Document
from parsepy.storage.mongodb.errors import READING, WRITING
from parsepy.storage.mongodb.left_out import LeftOut
from parsepy.storage.mongodb.schema_documents import unreadable_fields
from parsepy.storage.scanned import Pair, Scanned, StoredNames

BATCH: Final = 1000
"""Documents at most; the database itself ends a batch at 16 MB."""

_BROKEN_TEXT: Final = "(text that is no UTF-8)"
_UNUSUAL: Final = frozenset(("collation", "hidden", "partialFilterExpression"))
_FILES: Final = (".files", ".chunks")


class Scanning:
    def __init__(self, connection: Connection, bindings: Bindings) -> None:
        self._connection = connection
        self._bindings = bindings

    async def stored_names(self) -> StoredNames:
        database, prefix = self._connection.database, self._connection.prefix
        with READING:
            found = sorted(await database.list_collection_names())
            documents = await self._connection.schemas.find({}).to_list()
        # A dot is in no class's name, but in GridFS's, which has no prefix, and in MongoDB's own.
        classes = [
            name.removeprefix(prefix)
            for name in found
            if name.startswith(prefix) and "." not in name
        ]
        return StoredNames(
            tuple(name for name in classes if name != SCHEMA_COLLECTION),
            tuple(name for name in found if name.endswith(_FILES)),
            tuple(riddle for document in documents for riddle in unreadable_fields(document)),
        )

    async def unusual_indexes(self, class_name: str) -> tuple[str, ...]:
        collection = self._connection.collection(class_name)
        with READING:
            found = await collection.list_indexes()
            return tuple([index["name"] async for index in found if not _UNUSUAL.isdisjoint(index)])

    async def scan(self, schema: ClassSchema) -> AsyncIterator[Sequence[Scanned]]:
        binding = self._bindings.of(schema)
        left_out = LeftOut(schema, binding.columns)
        async for documents in _batches(binding.collection):
            batch = []
            for document in documents:
                broken = document.pop(_BROKEN_TEXT, None)
                lost = left_out.of(document)
                if broken:
                    lost += (_BROKEN_TEXT,)
                batch.append(Scanned(binding.decode(document), lost))
            yield batch

    async def scan_relation(self, join_class: str) -> AsyncIterator[Sequence[Pair]]:
        collection = self._connection.collection(join_class)
        order = {"sort": [("owningId", 1), ("_id", 1)], "allow_disk_use": True}
        async for documents in _batches(collection, order):
            yield [Pair(str(row["owningId"]), str(row["relatedId"])) for row in documents]

    async def insert_relation(self, join_class: str, rows: Sequence[Pair]) -> None:
        documents: list[Document] = [
            {"owningId": row.owning_id, "relatedId": row.related_id} for row in rows
        ]
        if documents:
            with WRITING:
                await self._connection.collection(join_class).insert_many(documents)


async def _batches(
    collection: Collection, arguments: Mapping[str, Any] | None = None
) -> AsyncIterator[list[Document]]:
    options = collection.codec_options
    with READING:
        cursor = collection.find_raw_batches({}, batch_size=BATCH, **(arguments or {}))
    try:
        while True:
            with READING:
                try:
                    raw = await anext(cursor)
                except StopAsyncIteration:
                    return
                # The driver types what comes as documents; it is their bytes.
                documents = _decoded(cast("bytes", raw), options)
            yield documents
    finally:
        await cursor.close()


def _decoded(raw: bytes, lenient: CodecOptions[Document]) -> list[Document]:
    """The documents of a batch; one with broken texts says so in a key of its own."""
    strict = lenient.with_options(unicode_decode_error_handler="strict")
    try:
        return bson.decode_all(raw, strict)
    except InvalidBSON:
        return [_marked(part, strict, lenient) for part in _parts(raw)]


def _marked(
    raw: bytes, strict: CodecOptions[Document], lenient: CodecOptions[Document]
) -> Document:
    try:
        return bson.decode(raw, strict)
    except InvalidBSON:
        return {**bson.decode(raw, lenient), _BROKEN_TEXT: True}


def _parts(raw: bytes) -> list[bytes]:
    parts, start = [], 0
    while start < len(raw):
        end = start + int.from_bytes(raw[start : start + 4], "little")
        parts.append(raw[start:end])
        start = end
    return parts
