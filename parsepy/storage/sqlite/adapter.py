"""`SQLiteStorage`: the storage contract on one SQLite file. Each method names its statement."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Concatenate, ParamSpec, TypeVar

import apsw

from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import Changes
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.base import Capabilities, Index
from parsepy.storage.sqlite import classes, objects, relations
from parsepy.storage.sqlite.connection import MEMORY
from parsepy.storage.sqlite.opening import open_database
from parsepy.storage.sqlite.reader import FileReader, InlineReader, Reader
from parsepy.storage.sqlite.tables import Tables
from parsepy.storage.sqlite.writer import GroupWriter, InlineWriter, Writer
from parsepy.types import JSONObject, ParseObject

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


class SQLiteStorage:
    """A `Storage`. `location` is the path of the file, made when it is missing, or `:memory:`.

    Several processes may share a file.
    """

    def __init__(self, location: str) -> None:
        self._location = location
        self._tables = Tables()
        self._reader: Reader
        self._writer: Writer

    @property
    def capabilities(self) -> Capabilities:
        return Capabilities(f"SQLite {apsw.sqlite_lib_version()}", transactions=False)

    # -- life

    async def start(self) -> None:
        """Raises `ParseError` 1 also for a file that is not ours or of a later layout."""
        if self._location == MEMORY:
            connection = open_database(MEMORY)
            self._reader, self._writer = InlineReader(connection), InlineWriter(connection)
        else:
            connection = await asyncio.to_thread(open_database, self._location)
            self._reader, self._writer = FileReader(self._location), GroupWriter(connection)

    async def close(self) -> None:
        # The last connection to close writes the log back into the file: the writer's thread may.
        await self._reader.close()
        await self._writer.close()

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        self._tables.want(indexes)
        # Each is a write of its own: one that meets duplicates does not undo the others.
        outcomes = await asyncio.gather(
            *(self._write(self._tables.ensure, index) for index in indexes), return_exceptions=True
        )
        for outcome in outcomes:
            if outcome is not None:
                raise outcome

    async def erase(self) -> None:
        await self._write(self._tables.recreate)

    # -- schema

    async def load_classes(self) -> list[ClassDefinition]:
        return await self._reader.read(classes.LOAD, classes.load_all)

    async def create_class(self, definition: ClassDefinition) -> None:
        await self._write(classes.create, self._tables, definition)

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        await self._write(classes.add_field, class_name, name, field)

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None:
        await self._write(classes.set_field_options, class_name, name, field)

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        await self._write(classes.delete_fields, schema, names)

    async def set_permissions(self, class_name: str, permissions: JSONObject) -> None:
        await self._write(classes.set_permissions, class_name, permissions)

    async def create_index(self, schema: ClassSchema, name: str, key: JSONObject) -> None:
        await self._write(classes.create_index, self._tables, schema, name, key)

    async def drop_index(self, schema: ClassSchema, name: str) -> None:
        await self._write(classes.drop_index, schema.name, name)

    async def delete_class(self, schema: ClassSchema) -> None:
        await self._write(classes.delete, schema)

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
        return await self._reader.read(objects.find_query(schema, where, options), objects.all_of)

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        return await self._reader.read(objects.find_query(schema, where, options), objects.texts_of)

    async def count(self, schema: ClassSchema, where: Where) -> int:
        return await self._reader.read(objects.count_query(schema, where), objects.number)

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        await self._write(objects.insert, self._tables, schema, document)

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        return await self._write(objects.insert_many, self._tables, schema, documents)

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        """Takes every Polygon: none is indexed here."""

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        return await self._write(objects.update, schema, where, changes)

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        return await self._write(objects.delete, schema, where)

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        await self._write(relations.change, join_class, owning_id, added, removed)

    async def role_names(self, user_id: str) -> list[str]:
        return await self._reader.read(relations.role_names_query(user_id), relations.texts)

    async def _write(
        self,
        write: Callable[Concatenate[apsw.Connection, Arguments], Result],
        *arguments: Arguments.args,
        **keywords: Arguments.kwargs,
    ) -> Result:
        return await self._writer.run(lambda connection: write(connection, *arguments, **keywords))
