"""Classes and fields: their `_SCHEMA` documents and what hangs on them."""

from collections.abc import Mapping, Sequence

from pymongo.errors import DuplicateKeyError

from parsepy import errors
from parsepy.errors import ClassExists
from parsepy.protocol.field_types import GEO_POINT
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import is_volatile, join_class
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.connection import Connection
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.errors import READING, WRITING
from parsepy.storage.mongodb.indexes import Indexes
from parsepy.storage.mongodb.schema_documents import (
    COMMON_TYPES,
    read_definition,
    write_definition,
    write_options,
    write_type,
)
from parsepy.storage.mongodb.values import encode_verbatim
from parsepy.types import JSONObject


class Classes:
    def __init__(self, connection: Connection, indexes: Indexes) -> None:
        self._connection = connection
        self._indexes = indexes

    async def load(self) -> list[ClassDefinition]:
        with READING:
            documents = await self._connection.schemas.find({}).to_list()
        # Old databases hold entries of volatile classes, which have none today.
        return [
            read_definition(document)
            for document in documents
            if isinstance(document["_id"], str) and not is_volatile(document["_id"])
        ]

    async def create(self, definition: ClassDefinition) -> None:
        with WRITING:
            try:
                await self._connection.schemas.insert_one(write_definition(definition))
            except DuplicateKeyError:
                raise ClassExists from None
        if definition.indexes:
            await self._create_indexes(definition)

    async def add_fields(self, class_name: str, fields: Mapping[str, Field]) -> bool:
        entries: Document = {}
        with WRITING:
            for name, field in fields.items():
                if field.type == GEO_POINT:
                    await self._refuse_second_geo_point(class_name, name)
                entries |= _field_entries(name, field)
            try:
                await self._connection.schemas.update_one(
                    {"_id": class_name, **{name: {"$exists": False} for name in fields}},
                    {"$set": entries, "$setOnInsert": COMMON_TYPES},
                    upsert=True,
                )
            except DuplicateKeyError:
                # The class has one of them already: no document matched, none can be added.
                return False
        return True

    async def set_field_options(self, class_name: str, name: str, field: Field) -> None:
        with WRITING:
            await self._connection.schemas.update_one(
                {"_id": class_name, name: {"$exists": True}},
                {"$set": {f"_metadata.fields_options.{name}": write_options(field)}},
            )

    async def delete_fields(self, schema: ClassSchema, names: Sequence[str]) -> None:
        entries = [key for name in names for key in (name, f"_metadata.fields_options.{name}")]
        with WRITING:
            await self._delete_values(schema, names)
            await self._connection.schemas.update_one(
                {"_id": schema.name}, {"$unset": dict.fromkeys(entries, "")}
            )
            await self._drop_joins(schema, names)

    async def set_permissions(self, class_name: str, permissions: JSONObject | None) -> None:
        # As parse-server, which reads null as permissions that were never given.
        update = {"$set": {"_metadata.class_permissions": encode_verbatim(permissions)}}
        with WRITING:
            await self._connection.schemas.update_one({"_id": class_name}, update)

    async def delete(self, schema: ClassSchema) -> None:
        with WRITING:
            await self._connection.collection(schema.name).drop()
            await self._connection.schemas.delete_one({"_id": schema.name})
            await self._drop_joins(schema, list(schema.relations))

    async def _create_indexes(self, definition: ClassDefinition) -> None:
        try:
            for name, key in definition.indexes.items():
                await self._indexes.create(definition.name, name, key)
        except BaseException:
            await self._connection.schemas.delete_one({"_id": definition.name})
            raise
        await self._indexes.record(definition.name)

    async def _refuse_second_geo_point(self, class_name: str, name: str) -> None:
        document = await self._connection.schemas.find_one({"_id": class_name})
        present = document or {}
        if name not in present and "geopoint" in present.values():
            raise errors.incorrect_type("MongoDB only supports one GeoPoint field in a class.")

    async def _delete_values(self, schema: ClassSchema, names: Sequence[str]) -> None:
        columns = Columns(schema)
        stored = [columns.of(name) for name in names if name not in schema.relations]
        stored += [name for name in names if name in schema.pointers]
        if stored:
            await self._connection.collection(schema.name).update_many(
                {"$or": [{column: {"$exists": True}} for column in stored]},
                {"$unset": dict.fromkeys(stored, "")},
            )

    async def _drop_joins(self, schema: ClassSchema, names: Sequence[str]) -> None:
        for name in names:
            if name in schema.relations:
                await self._connection.collection(join_class(name, schema.name)).drop()


def _field_entries(name: str, field: Field) -> Document:
    entries: Document = {name: write_type(field.type)}
    if field.has_options:
        entries[f"_metadata.fields_options.{name}"] = write_options(field)
    return entries
