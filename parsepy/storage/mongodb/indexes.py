"""Indexes: the server's own, those of the schema API, and their record in `_SCHEMA`.

Names, keys and options are parse-server's (storage-mongodb sheet, section 10): on a database
that both use, an index that differed in one of them would stop the other's start.
"""

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from pymongo import IndexModel
from pymongo.errors import OperationFailure

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.schema.classes import ClassDefinition, ClassSchema
from parsepy.schema.index_options import PLAIN, IndexOptions, write_options
from parsepy.storage.base import Index
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import (
    DUPLICATE_KEY,
    INDEX_CONFLICTS,
    INDEX_NOT_FOUND,
    INDEXING,
    NAMESPACE_NOT_FOUND,
    READING,
    WRITING,
    index_refused,
)
from parsepy.storage.mongodb.objects import CASE_INSENSITIVE
from parsepy.types import JSONObject

_RECORDED: Final = "_metadata.indexes"


class Indexes:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def ensure(self, indexes: Sequence[Index]) -> None:
        """Makes all that can be made; then raises `DuplicateValue` for the first that cannot."""
        by_class: defaultdict[str, list[Index]] = defaultdict(list)
        for index in indexes:
            by_class[index.class_name].append(index)
        duplicates: list[DuplicateValue] = []
        with WRITING:
            for class_name, wanted in by_class.items():
                duplicates += await self._ensure_of_class(class_name, wanted)
        await self.record_all()
        if duplicates:
            raise duplicates[0]

    async def create(
        self, class_name: str, name: str, key: JSONObject, options: IndexOptions = PLAIN
    ) -> None:
        """Raises 102 when the database refuses it, `DuplicateValue`."""
        columns = cast("list[tuple[str, int | str]]", list(key.items()))
        try:
            model = IndexModel(columns, name=name, **write_options(options))
        except (TypeError, ValueError) as error:
            raise index_refused() from error
        with INDEXING:
            await self._connection.collection(class_name).create_indexes([model])

    async def create_for_polygon(self, class_name: str, field: str) -> None:
        with WRITING:
            await self._connection.collection(class_name).create_index([(field, "2dsphere")])

    async def drop(self, class_name: str, name: str) -> None:
        """Does nothing when there is no such index."""
        with READING:
            try:
                await self._connection.collection(class_name).drop_index(name)
            except OperationFailure as error:
                if error.code not in (INDEX_NOT_FOUND, NAMESPACE_NOT_FOUND):
                    raise

    async def options_of(self, class_name: str) -> dict[str, IndexOptions]:
        """Options of the collection's indexes, of those that have any."""
        with READING:
            found = await self._connection.collection(class_name).list_indexes()
            options = {index["name"]: _options(index) async for index in found}
        return {name: given for name, given in options.items() if given != PLAIN}

    async def record_all(self) -> None:
        """Brings `_metadata.indexes` of every class up to what its collection really has."""
        with READING:
            documents = await self._connection.schemas.find({}, {_RECORDED: 1}).to_list()
            await asyncio.gather(*(self._record(document) for document in documents))

    async def record(self, class_name: str) -> None:
        with READING:
            document = await self._connection.schemas.find_one({"_id": class_name}, {_RECORDED: 1})
            if document is not None:
                await self._record(document)

    async def _ensure_of_class(
        self, class_name: str, indexes: Sequence[Index]
    ) -> list[DuplicateValue]:
        columns = Columns(ClassSchema(ClassDefinition(class_name)))
        collection = self._connection.collection(class_name)
        models = [_model(columns, index) for index in indexes]
        try:
            await collection.create_indexes(models)
        except OperationFailure:
            # One refusal undoes the whole command: find out whose it was.
            return await self._ensure_one_by_one(
                class_name, list(zip(indexes, models, strict=True))
            )
        return []

    async def _ensure_one_by_one(
        self, class_name: str, wanted: Sequence[tuple[Index, IndexModel]]
    ) -> list[DuplicateValue]:
        collection = self._connection.collection(class_name)
        duplicates = []
        for index, model in wanted:
            try:
                await collection.create_indexes([model])
            except OperationFailure as error:
                if error.code == DUPLICATE_KEY:
                    duplicates.append(DuplicateValue(index.fields[0]))
                elif error.code not in INDEX_CONFLICTS:
                    raise
                elif not _is_for_auth_data(index):
                    raise _in_the_way(index) from error
        return duplicates

    async def keys(self, class_name: str) -> dict[str, JSONObject]:
        """The indexes that the collection really has, in the form in which they are recorded."""
        with READING:
            found = await self._connection.collection(class_name).list_indexes()
            return {index["name"]: _recorded_key(index) async for index in found}

    async def _record(self, document: Document) -> None:
        class_name = document["_id"]
        real = await self.keys(class_name)
        recorded = document.get("_metadata", {}).get("indexes")
        if real and real != recorded:
            await self._connection.schemas.update_one(
                {"_id": class_name}, {"$set": {_RECORDED: real}}
            )


def _model(columns: Columns, index: Index) -> IndexModel:
    # Sparse: a unique index is to bind only the objects that have the field.
    options: dict[str, Any] = {"sparse": True, "background": True}
    if index.unique:
        options["unique"] = True
    if index.case_insensitive:
        options["collation"] = CASE_INSENSITIVE
    if index.expires:
        options["expireAfterSeconds"] = 0
    key = [(columns.of(field), 1) for field in index.fields]
    return IndexModel(key, name=index.name, **options)


def _in_the_way(index: Index) -> ParseError:
    return ParseError(
        Code.INTERNAL,
        f"The index {index.name} of {index.class_name} cannot be made: another one has its name"
        " or its key.",
    )


def _is_for_auth_data(index: Index) -> bool:
    return index.fields[0].startswith("authData.")


def _options(index: Mapping[str, Any]) -> IndexOptions:
    seconds = index.get("expireAfterSeconds")
    return IndexOptions(
        unique=index.get("unique") is True,
        sparse=index.get("sparse") is True,
        expire_after_seconds=None if seconds is None else int(seconds),
    )


def _recorded_key(index: Mapping[str, Any]) -> Document:
    """A text index is recorded as `{field: "text"}`, not as its internal key."""
    key = {
        field: int(direction) if isinstance(direction, float) else direction
        for field, direction in index["key"].items()
        if field not in ("_fts", "_ftsx")
    }
    return key | dict.fromkeys(index.get("weights", ()), "text")
