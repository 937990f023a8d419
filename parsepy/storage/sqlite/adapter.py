"""`SQLiteStorage`: the storage contract on one SQLite file. Each method names its statement."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from parsepy import errors
from parsepy.aggregation.pipeline import AS_STORED, AggregateOptions
from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import Changes
from parsepy.query import polygon_check
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.text.leaves import searches_in
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.storage.base import Capabilities, Index
from parsepy.storage.object_changes import ObjectWatch, ObjectWatcher, cannot_watch
from parsepy.storage.scanned import Pair, Scanned, StoredNames
from parsepy.storage.sqlite import classes, explain, hints, objects, relations, text_on_demand
from parsepy.storage.sqlite import scan as scanning
from parsepy.storage.sqlite.connection import MEMORY
from parsepy.storage.sqlite.distinct import distinct
from parsepy.storage.sqlite.held import LIFE, HeldWriter
from parsepy.storage.sqlite.opening import open_database
from parsepy.storage.sqlite.reader import FileReader, InlineReader, Reader
from parsepy.storage.sqlite.tables import Tables
from parsepy.storage.sqlite.writer import GroupWriter, InlineWriter, Writer
from parsepy.storage.transaction import Endings, Transaction, schema_is_fixed
from parsepy.storage.updates import Outcome, Transition, Update, one_by_one
from parsepy.types import JSONObject, JSONValue, ParseObject

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class SQLiteStorage:
    """A `Storage`. `location` is the path of the file, made when it is missing, or `:memory:`.

    Several processes may share a file. `transaction_life` bounds a transaction, in seconds.
    """

    def __init__(self, location: str, *, transaction_life: float = LIFE) -> None:
        self._location = location
        self._transaction_life = transaction_life
        self._tables = Tables()
        self._text_indexes = text_on_demand.TextIndexes()
        self._common_reader: Reader
        self._common_writer: Writer
        self._endings = Endings()
        # One for each store: a transaction of one must not be taken for another's.
        self._held: ContextVar[HeldWriter | None] = ContextVar("held writer", default=None)

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(
            f"SQLite {apsw.sqlite_lib_version()}", transactions=True, answers_in_order=True
        )

    # -- life

    async def start(self) -> None:
        """Raises `ParseError` 1 also for a file that is not ours or of a later layout."""
        if self._location == MEMORY:
            connection, lock = open_database(MEMORY), asyncio.Lock()
            self._common_reader = InlineReader(connection, lock)
            self._common_writer = InlineWriter(connection, lock, life=self._transaction_life)
        else:
            connection = await asyncio.to_thread(open_database, self._location)
            self._common_reader = FileReader(self._location)
            self._common_writer = GroupWriter(connection, life=self._transaction_life)

    async def close(self) -> None:
        # The last connection to close writes the log back into the file: the writer's thread may.
        await self._endings.close()
        await self._common_reader.close()
        await self._common_writer.close()

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        self._check_alterable()
        self._tables.want(indexes)
        # Each is a write of its own: one that meets duplicates does not undo the others.
        outcomes = await asyncio.gather(
            *(self._write(self._tables.ensure, index) for index in indexes), return_exceptions=True
        )
        await self._write(classes.record_indexes, indexes)
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def erase(self) -> None:
        await self._alter(self._tables.recreate)

    # -- a database in memory, between tests

    async def image(self) -> bytes:
        """All that the database in memory holds. Raises `TypeError` for one in a file."""
        return await self._in_memory().alone(lambda connection: connection.serialize("main"))

    async def put_back(self, image: bytes) -> None:
        """Makes it hold what it held when `image` was taken; some ten times faster than `erase`."""
        await self._in_memory().alone(lambda connection: connection.deserialize("main", image))

    def _in_memory(self) -> InlineWriter:
        if not isinstance(self._common_writer, InlineWriter):
            raise TypeError(f"{self._location} is no database in memory.")
        return self._common_writer

    # -- transactions

    @property
    def current_transaction(self) -> Transaction | None:
        return self._held.get()

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        if self._held.get() is not None:
            raise errors.transaction_is_open()
        held = await self._common_writer.hold()
        token = self._held.set(held)
        try:
            yield
        except BaseException:
            self._held.reset(token)
            held.roll_back()
            await self._endings.run(held.tell_end())
            raise
        self._held.reset(token)
        await self._endings.run(_keep(held))

    # -- schema

    async def load_classes(self) -> list[ClassDefinition]:
        return await self._reader.read(classes.LOAD, classes.load_all)

    async def watch_classes(self, changed: Callable[[], None]) -> None:
        """Returns at once: a file tells nobody that it was changed."""

    async def create_class(self, definition: ClassDefinition) -> None:
        await self._write(classes.create, self._tables, definition)

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        await self._write(classes.add_field, class_name, name, field)

    async def add_fields(self, class_name: str, fields: Mapping[str, Field]) -> bool:
        return await self._write(classes.add_fields, class_name, fields)

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None:
        await self._alter(classes.set_field_options, class_name, name, field)

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        await self._alter(classes.delete_fields, schema, names)

    async def set_permissions(self, class_name: str, permissions: JSONObject | None) -> None:
        await self._alter(classes.set_permissions, class_name, permissions)

    async def create_index(
        self, schema: ClassSchema, name: str, key: JSONObject, options: IndexOptions = PLAIN
    ) -> None:
        await self._alter(classes.create_index, self._tables, schema, name, key, options)

    async def index_options(self, schema: ClassSchema) -> dict[str, IndexOptions]:
        query = classes.index_options_query(schema.name)
        return await self._reader.read(query, classes.read_index_options)

    async def drop_index(self, schema: ClassSchema, name: str) -> None:
        await self._alter(classes.drop_index, schema.name, name)

    async def delete_class(self, schema: ClassSchema) -> None:
        await self._alter(classes.delete, schema)

    # -- objects

    async def get(
        self, schema: ClassSchema, object_id: str, group: tuple[str, ...] | None
    ) -> ParseObject | None:
        query = objects.get_query(schema.name, object_id)
        return await self._reader.read(
            query, objects.one if group is None else objects.one_for(group)
        )

    async def find(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[ParseObject]:
        schema = await self._searchable(schema, where)
        decode = objects.scored_of if options.score else objects.all_of
        return await self._reader.read(objects.find_query(schema, where, options), decode)

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        schema = await self._searchable(schema, where)
        decode = objects.scored_texts_of if options.score else objects.texts_of
        return await self._reader.read(objects.find_query(schema, where, options), decode)

    async def count(self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT) -> int:
        hints.check(schema, options.hint)
        schema = await self._searchable(schema, where)
        return await self._reader.read(objects.count_query(schema, where), objects.number)

    async def explain(
        self, schema: ClassSchema, where: Where, options: FindOptions, verbosity: bool | str
    ) -> JSONValue:
        schema = await self._searchable(schema, where)
        query = objects.find_query(schema, where, options)
        return await explain.explain(self._reader, query, verbosity)

    async def aggregate(
        self,
        schema: ClassSchema,
        pipeline: Sequence[JSONObject],
        options: AggregateOptions = AS_STORED,
    ) -> list[JSONValue]:
        # A whole language that most requests never speak: not for every start.
        from parsepy.storage.sqlite.aggregate import aggregate

        return await aggregate(self._reader, schema, pipeline, options)

    async def distinct(self, schema: ClassSchema, field: str, where: Where) -> list[JSONValue]:
        schema = await self._searchable(schema, where)
        return await distinct(self._reader, schema, field, where)

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        await self._write(objects.insert, self._tables, schema, document)

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        refusals = await self._write(objects.insert_many, self._tables, schema, documents)
        if (transaction := self.current_transaction) is not None:
            transaction.check_refusals(refusals)
        return refusals

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        for polygon in polygons:
            polygon_check.checked(polygon)

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        schema = await self._searchable(schema, where)
        return await self._write(objects.update, schema, where, changes)

    async def update_from(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> Transition | None:
        schema = await self._searchable(schema, where)
        return await self._write(objects.update_from, schema, where, changes)

    async def update_many(self, schema: ClassSchema, updates: Sequence[Update]) -> list[Outcome]:
        if any(searches_in(each.where) for each in updates):
            return await one_by_one(self.update, schema, updates)
        return await self._write(objects.update_many, schema, updates)

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        schema = await self._searchable(schema, where)
        return await self._write(objects.delete, schema, where)

    async def remove(self, schema: ClassSchema, where: Where) -> ParseObject | None:
        schema = await self._searchable(schema, where)
        return await self._write(objects.remove, schema, where)

    async def watch_objects(self, watcher: ObjectWatcher) -> ObjectWatch:
        raise cannot_watch("SQLite")

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        await self._write(relations.change, join_class, owning_id, added, removed)

    async def related_ids(self, join_class: str, owning_id: str) -> list[str]:
        query = relations.related_ids_query(join_class, owning_id)
        return await self._reader.read(query, relations.texts)

    async def owning_ids(self, join_class: str, related_ids: Sequence[str]) -> list[str]:
        query = relations.owning_ids_query(join_class, related_ids)
        return await self._reader.read(query, relations.texts)

    async def role_names(self, user_id: str) -> list[str]:
        return await self._reader.read(relations.role_names_query(user_id), relations.texts)

    # -- whole stores

    async def stored_names(self) -> StoredNames:
        stored = await scanning.stored_names(self._reader)
        return stored._replace(files=scanning.folders_of_files(self._location))

    def scan(self, schema: ClassSchema) -> AsyncIterator[Sequence[Scanned]]:
        return scanning.scan(self._reader, schema.name)

    def scan_relation(self, join_class: str) -> AsyncIterator[Sequence[Pair]]:
        return scanning.scan_relation(self._reader, join_class)

    async def unusual_indexes(self, class_name: str) -> tuple[str, ...]:
        """None: `create_index` has made them all."""
        return ()

    async def insert_relation(self, join_class: str, rows: Sequence[Pair]) -> None:
        await self._write(scanning.insert_relation, join_class, rows)

    @property
    def _reader(self) -> Reader:
        """What the current task reads by: its transaction, which sees its own writes, or all's."""
        return self._held.get() or self._common_reader

    async def _searchable(self, schema: ClassSchema, where: Where) -> ClassSchema:
        """`schema` with the text index that `where` needs, which is made if it is missing."""
        if not searches_in(where):
            return schema
        known = self._text_indexes.known(schema)
        asked = text_on_demand.missing_query(known, where)
        if asked is not None and await self._reader.read(asked, text_on_demand.is_there):
            return known
        ready = await self._alter(text_on_demand.ensure, self._tables, schema, where)
        self._text_indexes.remember(schema, ready)
        return ready

    async def _alter(
        self,
        write: Callable[Concatenate[apsw.Connection, Arguments], Result],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> Result:
        """As `_write`, for what MongoDB cannot take back."""
        self._check_alterable()
        return await self._write(write, *arguments, **keywords)

    def _check_alterable(self) -> None:
        if self._held.get() is not None:
            raise schema_is_fixed()

    async def _write(
        self,
        write: Callable[Concatenate[apsw.Connection, Arguments], Result],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> Result:
        writer = self._held.get() or self._common_writer
        return await writer.run(lambda connection: write(connection, *arguments, **keywords))


async def _keep(held: HeldWriter) -> None:
    try:
        await held.commit()
    finally:
        await held.tell_end()
