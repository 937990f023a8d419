"""`MongoStorage`: the storage contract on MongoDB, put together from the rooms of this folder."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from parsepy.errors import DuplicateValue
from parsepy.protocol.json import dumps
from parsepy.protocol.operations import Changes
from parsepy.query.options import DEFAULT, FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.base import Capabilities, Index
from parsepy.storage.mongodb.bindings import Bindings
from parsepy.storage.mongodb.classes import Classes
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.errors import WRITING
from parsepy.storage.mongodb.indexes import Indexes
from parsepy.storage.mongodb.objects import Objects
from parsepy.storage.mongodb.relations import Relations
from parsepy.types import JSONObject, JSONValue, ParseObject

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
        self._bindings = Bindings(self._connection)
        self._objects = Objects(self._bindings, options)
        self._indexes = Indexes(self._connection)
        self._classes = Classes(self._connection, self._indexes)
        self._relations = Relations(self._connection)

    @property
    def capabilities(self) -> Capabilities:
        """Complete once the store has been started."""
        return Capabilities(
            f"MongoDB {self._connection.server_version}".rstrip(),
            transactions=self._connection.has_transactions,
            parse_server_layout=True,
        )

    # -- life

    async def start(self) -> None:
        await self._connection.open()

    async def close(self) -> None:
        self._bindings.clear()
        await self._connection.close()

    async def ensure_indexes(self, indexes: Sequence[Index]) -> None:
        await self._indexes.ensure(indexes)

    async def erase(self) -> None:
        database = self._connection.database
        with WRITING:
            for name in await database.list_collection_names():
                # A dot is in no class's name, but in GridFS's and in MongoDB's own collections.
                if name.startswith(self._connection.prefix) and "." not in name:
                    await database.drop_collection(name)

    # -- schema

    async def load_classes(self) -> list[ClassDefinition]:
        return await self._classes.load()

    async def create_class(self, definition: ClassDefinition) -> None:
        await self._classes.create(definition)

    async def add_field(self, class_name: str, name: str, field: Field) -> None:
        await self._classes.add_field(class_name, name, field)

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None:
        await self._classes.set_field_options(class_name, name, field)

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        await self._classes.delete_fields(schema, names)

    async def set_permissions(self, class_name: str, permissions: JSONObject) -> None:
        await self._classes.set_permissions(class_name, permissions)

    async def create_index(self, schema: ClassSchema, name: str, key: JSONObject) -> None:
        await self._indexes.create(schema.name, name, key)
        await self._indexes.record(schema.name)

    async def drop_index(self, schema: ClassSchema, name: str) -> None:
        await self._indexes.drop(schema.name, name)
        await self._indexes.record(schema.name)

    async def delete_class(self, schema: ClassSchema) -> None:
        await self._classes.delete(schema)

    # -- objects

    async def get(
        self, schema: ClassSchema, object_id: str, group: tuple[str, ...] | None
    ) -> ParseObject | None:
        return await self._objects.get(schema, object_id, group)

    async def find(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[ParseObject]:
        return await self._objects.find(schema, where, options)

    async def find_texts(
        self, schema: ClassSchema, where: Where, options: FindOptions = DEFAULT
    ) -> list[str]:
        found = await self._objects.find(schema, where, options)
        return [dumps(document).decode() for document in found]

    async def count(self, schema: ClassSchema, where: Where) -> int:
        return await self._objects.count(schema, where)

    async def insert(self, schema: ClassSchema, document: ParseObject) -> None:
        await self._objects.insert(schema, document)

    async def insert_many(
        self, schema: ClassSchema, documents: Sequence[ParseObject]
    ) -> list[DuplicateValue | None]:
        return await self._objects.insert_many(schema, documents)

    async def check_polygons(self, schema: ClassSchema, polygons: Sequence[JSONObject]) -> None:
        await self._objects.check_polygons(schema, polygons)

    async def update(
        self, schema: ClassSchema, where: Where, changes: Changes
    ) -> ParseObject | None:
        return await self._objects.update(schema, where, changes)

    async def delete(self, schema: ClassSchema, where: Where) -> int:
        return await self._objects.delete(schema, where)

    # -- relations and roles

    async def change_relation(
        self, join_class: str, owning_id: str, added: Sequence[str], removed: Sequence[str]
    ) -> None:
        await self._relations.change(join_class, owning_id, added, removed)

    async def role_names(self, user_id: str) -> list[str]:
        return await self._relations.role_names(user_id)
