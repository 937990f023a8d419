"""Reading and writing objects: one round trip each."""

from collections.abc import Sequence
from typing import Any, Final

from pymongo import ReadPreference, ReturnDocument
from pymongo.errors import BulkWriteError

from parsepy.errors import DuplicateValue
from parsepy.protocol.find_parameters import TEXT_SCORE
from parsepy.protocol.operations import Changes
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb import nearest
from parsepy.storage.mongodb.after_update import document_after
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.columns import READ_COLUMN, Columns
from parsepy.storage.mongodb.documents import Collection
from parsepy.storage.mongodb.errors import READING, WRITING, refusals
from parsepy.storage.mongodb.explain import explain
from parsepy.storage.mongodb.text_score import (
    SCORE,
    SORTED,
    take_score,
    with_score,
    without_idle_score,
)
from parsepy.storage.mongodb.update import compile_update
from parsepy.storage.mongodb.values import encode_polygon
from parsepy.storage.mongodb.where import compile_where, holds_one_of
from parsepy.storage.text_index import SCORE_FIELD
from parsepy.storage.updates import Transition
from parsepy.types import JSONMapping, JSONObject, JSONValue, ParseObject

CASE_INSENSITIVE: Final = {"locale": "en_US", "strength": 2}
"""The collation of parse-server's indexes for user look-ups."""

BATCH_SIZE: Final = 1000


READ_PREFERENCES: Final = {
    "PRIMARY": ReadPreference.PRIMARY,
    "PRIMARY_PREFERRED": ReadPreference.PRIMARY_PREFERRED,
    "SECONDARY": ReadPreference.SECONDARY,
    "SECONDARY_PREFERRED": ReadPreference.SECONDARY_PREFERRED,
    "NEAREST": ReadPreference.NEAREST,
}


class Objects:
    __slots__ = ("_batch_size", "_bindings", "_max_time_ms")

    def __init__(self, bindings: Bindings, options: JSONMapping) -> None:
        self._bindings = bindings
        self._batch_size = positive(options.get("batchSize")) or BATCH_SIZE
        self._max_time_ms = positive(options.get("maxTimeMS"))

    async def get(
        self, schema: ClassSchema, object_id: str, group: tuple[str, ...] | None
    ) -> ParseObject | None:
        binding = self._bindings.of(schema)
        condition: dict[str, object] = {"_id": binding.columns.id(object_id)}
        if group is not None:
            condition[READ_COLUMN] = holds_one_of(group)
        with READING:
            document = await binding.collection.find_one(condition, max_time_ms=self._max_time_ms)
        return None if document is None else binding.decode(document)

    async def find(
        self, schema: ClassSchema, where: Where, options: FindOptions
    ) -> list[ParseObject]:
        binding = self._bindings.of(schema)
        columns = binding.columns
        options = without_idle_score(where, options)
        near, rest = nearest.leading(where, options)
        condition = compile_where(columns, rest)
        arguments = self._find_arguments(columns, options)
        with READING:
            collection = _preferring(binding.collection, options)
            if near is not None:
                documents = await nearest.find_nearest(
                    collection, columns, near, condition, arguments
                )
            else:
                documents = await collection.find(condition, **arguments).to_list()
        decode = binding.decode
        if options.score:
            scores = map(take_score, documents)
            return [
                {**decode(document), SCORE_FIELD: score}
                for score, document in zip(scores, documents, strict=True)
            ]
        return [decode(document) for document in documents]

    async def count(
        self, schema: ClassSchema, where: Where, options: FindOptions, *, in_transaction: bool
    ) -> int:
        binding = self._bindings.of(schema)
        near, rest = nearest.leading_count(where)
        condition = compile_where(binding.columns, rest)
        collection = _preferring(binding.collection, options)
        arguments = _command_arguments(options)
        if self._max_time_ms:
            arguments["maxTimeMS"] = self._max_time_ms
        with READING:
            if near is not None:
                return await nearest.count_near(
                    collection, binding.columns, near, condition, arguments
                )
            if not condition and options.hint is None and not in_transaction:
                # Counting without a condition reads every index key; the metadata has the number,
                # but not to a transaction.
                return await collection.estimated_document_count(**arguments)
            return await collection.count_documents(condition, **arguments)

    async def explain(
        self, schema: ClassSchema, where: Where, options: FindOptions, verbosity: bool | str
    ) -> JSONObject:
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        options = without_idle_score(where, options)
        arguments = self._find_arguments(binding.columns, options)
        with READING:
            collection = _preferring(binding.collection, options)
            return await explain(collection, condition, arguments, verbosity)

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        binding = self._bindings.of(schema)
        encoded = binding.encode(document)
        with WRITING:
            await binding.collection.insert_one(encoded)

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        if not documents:
            return []
        binding = self._bindings.of(schema)
        encoded = [binding.encode(document) for document in documents]
        results: list[DuplicateValue | None] = [None] * len(encoded)
        try:
            with WRITING:
                await binding.collection.insert_many(encoded, ordered=False)
        except BulkWriteError as error:
            for position, refusal in refusals(error):
                if not isinstance(refusal, DuplicateValue):
                    raise refusal from error
                results[position] = refusal
        return results

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        """A query is refused for the same shapes as an index, and changes nothing."""
        collection = self._bindings.of(schema).collection
        for polygon in polygons:
            meeting = {"$geoIntersects": {"$geometry": encode_polygon(polygon)}}
            with WRITING:
                await collection.find_one({"_id": "", "shape": meeting})

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        update = compile_update(binding.columns, changes)
        with WRITING:
            if update:
                document = await binding.collection.find_one_and_update(
                    condition, update, return_document=ReturnDocument.AFTER
                )
            else:
                document = await binding.collection.find_one(condition)
        return None if document is None else binding.decode(document)

    async def update_from(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> Transition | None:
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        update = compile_update(binding.columns, changes)
        with WRITING:
            if update:
                # The database tells one of the two states: the other can only be worked out
                # from what was before.
                before = await binding.collection.find_one_and_update(
                    condition, update, return_document=ReturnDocument.BEFORE
                )
            else:
                before = await binding.collection.find_one(condition)
        if before is None:
            return None
        after = document_after(before, update)
        return Transition(binding.decode(before), binding.decode(after))

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        with WRITING:
            result = await binding.collection.delete_many(condition)
        return result.deleted_count

    async def remove(self, schema: ClassSchema, where: Where) -> ParseObject | None:
        binding = self._bindings.of(schema)
        condition = compile_where(binding.columns, where)
        with WRITING:
            document = await binding.collection.find_one_and_delete(condition)
        return None if document is None else binding.decode(document)

    def _find_arguments(self, columns: Columns, options: FindOptions) -> dict[str, Any]:
        arguments: dict[str, Any] = {
            "batch_size": self._batch_size,
            "max_time_ms": self._max_time_ms,
        }
        if options.order:
            arguments["sort"] = [
                (SORTED, SCORE) if key == TEXT_SCORE else (columns.of(key), -1 if downwards else 1)
                for key, downwards in options.order
            ]
        if options.skip:
            arguments["skip"] = options.skip
        if options.limit is not None:
            arguments["limit"] = options.limit
        if options.fields is not None:
            arguments["projection"] = _projection(columns, options.fields)
        if options.score:
            arguments["projection"] = with_score(arguments.get("projection"))
        if options.case_insensitive:
            arguments["collation"] = CASE_INSENSITIVE
        return arguments | _command_arguments(options)


def _preferring(collection: Collection, options: FindOptions) -> Collection:
    if options.read_preference is None:
        return collection
    return collection.with_options(read_preference=READ_PREFERENCES[options.read_preference])


def _command_arguments(options: FindOptions) -> dict[str, Any]:
    arguments: dict[str, Any] = {}
    if options.comment is not None:
        arguments["comment"] = options.comment
    if options.hint is not None:
        arguments["hint"] = options.hint
    return arguments


def _projection(columns: Columns, fields: frozenset[str]) -> dict[str, int] | None:
    """`None`, everything, when the columns of a field cannot be named beforehand."""
    if columns.holds_auth_data and "authData" in fields:
        return None
    projection = {"_id": 1}
    for field in fields:
        # The field may be a client's `keys`; what is no name cannot be a column either.
        if field.isidentifier():
            projection.update(dict.fromkeys(columns.projection_of(field), 1))
    return projection


def positive(value: JSONValue) -> int | None:
    return int(value) if isinstance(value, int | float) and value > 0 else None
