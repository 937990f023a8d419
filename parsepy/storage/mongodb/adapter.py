"""`MongoStorage`: the storage contract on MongoDB, put together from the rooms of this folder."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from functools import partial
from types import MappingProxyType
from typing import Final, TypeVar

from pymongo.asynchronous.database import AsyncDatabase

from parsepy.aggregation.pipeline import AS_STORED, AggregateOptions
from parsepy.errors import DuplicateValue
from parsepy.protocol.field_types import POLYGON
from parsepy.protocol.json import dumps
from parsepy.protocol.operations import Changes
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.text.leaves import searches_in
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.storage.base import Capabilities, Index
from parsepy.storage.mongodb.aggregate import Aggregations
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.bulk_update import suits, update_at_once
from parsepy.storage.mongodb.change_stream import ChangeStream
from parsepy.storage.mongodb.classes import Classes
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import WRITING
from parsepy.storage.mongodb.grouped_inserts import GroupedInserts
from parsepy.storage.mongodb.indexes import Indexes
from parsepy.storage.mongodb.objects import Objects
from parsepy.storage.mongodb.relations import Relations
from parsepy.storage.mongodb.scan import Scanning
from parsepy.storage.mongodb.schema_watch import watch_schemas
from parsepy.storage.mongodb.text import TextIndexes
from parsepy.storage.mongodb.transaction import Operation, Transactions
from parsepy.storage.object_changes import ObjectWatch, ObjectWatcher
from parsepy.storage.scanned import Pair, Scanned, StoredNames
from parsepy.storage.transaction import Transaction, schema_is_fixed
from parsepy.storage.updates import Outcome, Transition, Update, one_by_one
from parsepy.types import JSONObject, JSONValue, ParseObject

Result = TypeVar("Result")

_NO_OPTIONS: Final[Mapping[str, JSONValue]] = MappingProxyType({})


class MongoStorage:
    """A `storage.base.Storage` on the database that `uri` names (`test` when it names none).

    `collection_prefix` is put before every collection's name. `options` are parse-server's
    `databaseOptions`: `maxTimeMS` and `batchSize` are used here, what belongs to the driver goes
    to it. Start it after a fork, in the loop that will use it.
    """

    def __init__(
        self,
        uri: str,
        *,
        collection_prefix: str = "",
        options: Mapping[str, JSONValue] = _NO_OPTIONS,
    ) -> None:
        self._connection = Connection(uri, collection_prefix, options)
        self._transactions = Transactions(self._connection)
        self._within = self._transactions.within
        self._bindings = Bindings(self._connection)
        self._objects = Objects(self._bindings, options)
        self._inserts = GroupedInserts(self._bindings)
        self._aggregations = Aggregations(self._bindings, options)
        self._indexes = Indexes(self._connection)
        self._text_indexes = TextIndexes(self._indexes, self._check_alterable)
        self._classes = Classes(self._connection, self._indexes)
        self._relations = Relations(self._connection)
        self._scanning = Scanning(self._connection, self._bindings)
        self._stream: ChangeStream | None = None

    @property
    def capabilities(self) -> Capabilities:
        """Complete once the store has been started."""
        return Capabilities(
            f"MongoDB {self._connection.server_version}".rstrip(),
            transactions=self._connection.has_transactions,
            parse_server_layout=True,
        )

    @property
    def database(self) -> AsyncDatabase[Document]:
        """For what is no class: files. There once the store has been started."""
        return self._connection.database

    # -- life

    async def start(self) -> None:
        await self._connection.open()

    async def close(self) -> None:
        await self._transactions.close()
        await self._inserts.close()
        self._bindings.clear()
        await self._connection.close()

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        self._check_alterable()
        await self._indexes.ensure(indexes)

    async def erase(self) -> None:
        self._check_alterable()
        database = self._connection.database
        with WRITING:
            for name in await database.list_collection_names():
                # A dot is in no class's name, but in GridFS's and in MongoDB's own collections.
                if name.startswith(self._connection.prefix) and "." not in name:
                    await database.drop_collection(name)

    # -- transactions

    @property
    def current_transaction(self) -> Transaction | None:
        return self._transactions.current

    def transaction(self) -> AbstractAsyncContextManager[None]:
        return self._transactions.scope()

    # -- schema

    async def load_classes(self) -> list[ClassDefinition]:
        return await self._within(self._classes.load())

    async def watch_classes(self, changed: Callable[[], None]) -> None:
        await watch_schemas(self._connection, changed)

    async def create_class(self, definition: ClassDefinition) -> None:
        if definition.indexes:
            self._check_alterable()
        await self._within(self._classes.create(definition))
        if self._stream is not None:
            await self._transactions.once_kept(
                partial(self._stream.images.keep_of_new, definition.name)
            )

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        await self.add_fields(class_name, {name: field})

    async def add_fields(self, class_name: str, fields: Mapping[str, Field]) -> bool:
        added = await self._within(self._classes.add_fields(class_name, fields))
        for name, field in fields.items():
            if added and field.type == POLYGON:
                await self._transactions.once_kept(
                    partial(self._indexes.create_for_polygon, class_name, name)
                )
        return added

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None:
        self._check_alterable()
        await self._classes.set_field_options(class_name, name, field)

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        self._check_alterable()
        await self._classes.delete_fields(schema, names)

    async def set_permissions(self, class_name: str, permissions: JSONObject | None) -> None:
        self._check_alterable()
        await self._classes.set_permissions(class_name, permissions)

    async def create_index(
        self, schema: ClassSchema, name: str, key: JSONObject, options: IndexOptions = PLAIN
    ) -> None:
        self._check_alterable()
        await self._indexes.create(schema.name, name, key, options)
        await self._indexes.record(schema.name)

    async def index_options(self, schema: ClassSchema) -> dict[str, IndexOptions]:
        return await self._indexes.options_of(schema.name)

    async def drop_index(self, schema: ClassSchema, name: str) -> None:
        self._check_alterable()
        await self._indexes.drop(schema.name, name)
        await self._indexes.record(schema.name)

    async def delete_class(self, schema: ClassSchema) -> None:
        self._check_alterable()
        await self._classes.delete(schema)

    # -- objects

    async def get(
        self, schema: ClassSchema, object_id: str, group: tuple[str, ...] | None
    ) -> ParseObject | None:
        return await self._within(self._objects.get(schema, object_id, group))

    async def find(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[ParseObject]:
        return await self._searching(
            schema, where, lambda: self._objects.find(schema, where, options)
        )

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        found = await self.find(schema, where, options)
        return [dumps(document).decode() for document in found]

    async def count(self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT) -> int:
        in_transaction = self._transactions.current is not None
        return await self._searching(
            schema,
            where,
            lambda: self._objects.count(schema, where, options, in_transaction=in_transaction),
        )

    async def explain(
        self, schema: ClassSchema, where: Where, options: FindOptions, verbosity: bool | str
    ) -> JSONValue:
        return await self._searching(
            schema, where, lambda: self._objects.explain(schema, where, options, verbosity)
        )

    async def aggregate(
        self,
        schema: ClassSchema,
        pipeline: Sequence[JSONObject],
        options: AggregateOptions = AS_STORED,
    ) -> list[JSONValue]:
        return await self._within(self._aggregations.aggregate(schema, pipeline, options))

    async def distinct(self, schema: ClassSchema, field: str, where: Where) -> list[JSONValue]:
        return await self._searching(
            schema, where, lambda: self._aggregations.distinct(schema, field, where)
        )

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        inserts = self._inserts if self._transactions.current is None else self._objects
        await self._transactions.write(inserts.insert(schema, document))

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        refusals = await self._transactions.write(self._objects.insert_many(schema, documents))
        if (transaction := self.current_transaction) is not None:
            transaction.check_refusals(refusals)
        return refusals

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        await self._within(self._objects.check_polygons(schema, polygons))

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        return await self._searching(
            schema,
            where,
            lambda: self._objects.update(schema, where, changes),
            self._transactions.write,
        )

    async def update_from(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> Transition | None:
        return await self._searching(
            schema,
            where,
            lambda: self._objects.update_from(schema, where, changes),
            self._transactions.write,
        )

    async def update_many(self, schema: ClassSchema, updates: Sequence[Update]) -> list[Outcome]:
        if suits(updates):
            binding = self._bindings.of(schema)
            return await self._transactions.write(update_at_once(schema, binding, updates))
        return await one_by_one(self.update, schema, updates)

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        return await self._searching(
            schema,
            where,
            lambda: self._objects.delete(schema, where),
            self._transactions.write,
        )

    async def remove(self, schema: ClassSchema, where: Where) -> ParseObject | None:
        return await self._searching(
            schema,
            where,
            lambda: self._objects.remove(schema, where),
            self._transactions.write,
        )

    async def watch_objects(self, watcher: ObjectWatcher) -> ObjectWatch:
        stream = ChangeStream(self._connection, self._bindings, watcher)
        await stream.open()
        self._stream = stream
        return stream

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        await self._transactions.write(
            self._relations.change(join_class, owning_id, added, removed)
        )

    async def related_ids(self, join_class: str, owning_id: str) -> list[str]:
        return await self._within(self._relations.related_ids(join_class, owning_id))

    async def owning_ids(self, join_class: str, related_ids: Sequence[str]) -> list[str]:
        return await self._within(self._relations.owning_ids(join_class, related_ids))

    async def role_names(self, user_id: str) -> list[str]:
        return await self._within(self._relations.role_names(user_id))

    # -- whole stores

    async def stored_names(self) -> StoredNames:
        return await self._scanning.stored_names()

    def scan(self, schema: ClassSchema) -> AsyncIterator[Sequence[Scanned]]:
        return self._scanning.scan(schema)

    def scan_relation(self, join_class: str) -> AsyncIterator[Sequence[Pair]]:
        return self._scanning.scan_relation(join_class)

    async def unusual_indexes(self, class_name: str) -> tuple[str, ...]:
        return await self._scanning.unusual_indexes(class_name)

    async def insert_relation(self, join_class: str, rows: Sequence[Pair]) -> None:
        await self._within(self._scanning.insert_relation(join_class, rows))

    async def _searching(
        self,
        schema: ClassSchema,
        where: Where,
        operation: Callable[[], Operation[Result]],
        within: Callable[[Operation[Result]], Operation[Result]] | None = None,
    ) -> Result:
        """Does the operation; before, makes the text index that `where` needs."""
        within = within or self._within
        if not searches_in(where):
            return await within(operation())
        return await self._text_indexes.search(schema, where, lambda: within(operation()))

    def _check_alterable(self) -> None:
        if self._transactions.current is not None:
            raise schema_is_fixed()
