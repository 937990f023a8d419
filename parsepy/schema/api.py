"""The schema API: classes made, changed and dropped on purpose (rest-objects sheet, section 27).

Everything is checked before anything is changed.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import replace

from parsepy import errors
from parsepy.errors import ClassExists, ParseError
from parsepy.schema.change import SchemaChange, read_change
from parsepy.schema.classes import COMMON_COLUMNS, ClassDefinition, ClassSchema, Field
from parsepy.schema.describe import describe, with_protected
from parsepy.schema.field_check import invalid_class_name
from parsepy.schema.index_apply import change_indexes, create_indexes
from parsepy.schema.index_options import IndexOptions
from parsepy.schema.registry import SchemaRegistry
from parsepy.schema.system_classes import is_volatile, may_have_schema
from parsepy.schema.system_indexes import is_server_index
from parsepy.types import JSONObject


class SchemaApi:
    """`protected` is the server's own list of hidden fields: class → group → fields."""

    def __init__(
        self,
        schemas: SchemaRegistry,
        *,
        custom_ids: bool,
        check_index_fields: bool,
        protected: Mapping[str, Mapping[str, Iterable[str]]],
    ) -> None:
        self._schemas = schemas
        self._protected = protected
        self._custom_ids = custom_ids
        self._check_index_fields = check_index_fields

    async def all(self) -> list[JSONObject]:
        await self._schemas.load()
        return await asyncio.gather(*map(self._described, self._schemas.known()))

    async def get(self, class_name: str) -> JSONObject:
        """Raises 103."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if not schema.exists:
            raise errors.class_missing(class_name)
        return await self._described(schema)

    async def create(self, class_name: str, body: JSONObject) -> JSONObject:
        """Raises 102, 103, 105, 107, 111, 135, 136, 137; then nothing was made."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if schema.exists:
            raise errors.class_exists(class_name)
        if not may_have_schema(class_name):
            raise invalid_class_name(class_name)
        change = self._read(schema, body, {})
        fields = dict(schema.fields) | change.added
        stored = {name: field for name, field in fields.items() if name not in COMMON_COLUMNS}
        stored.pop("password", None) if class_name == "_User" else None
        definition = ClassDefinition(class_name, stored, change.permissions)
        try:
            await self._schemas.store.create_class(definition)
        except ClassExists:
            raise errors.class_exists(class_name) from None
        try:
            await create_indexes(self._schemas.store, ClassSchema(definition), change.indexes.added)
        except ParseError:
            await self._schemas.store.delete_class(await self._schemas.get(class_name))
            await self._schemas.changed()
            raise
        await self._schemas.changed()
        return await self._described(await self._schemas.get(class_name))

    async def update(self, class_name: str, body: JSONObject) -> JSONObject:
        """Raises as `create`, and 255; then nothing was changed."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if not schema.exists or is_volatile(class_name):
            raise errors.class_missing(class_name)
        has_indexes = body.get("indexes") or body.get("indexOptions")
        present = await self._index_options(schema) if has_indexes else {}
        change = self._read(schema, body, present)
        store = self._schemas.store
        # What a store may still refuse comes first. Deletions come before additions, since one
        # GeoPoint field may take the place of another.
        await change_indexes(store, _with_fields(schema, change.added), change.indexes)
        if change.deleted:
            await store.delete_fields(schema, change.deleted)
        for name, field in change.added.items():
            await store.add_field(class_name, name, field)
        for name, field in change.altered.items():
            await store.set_field_options(class_name, name, field)
        if change.permissions_given:
            await store.set_permissions(class_name, change.permissions)
        await self._schemas.changed()
        answer = await self._described(await self._schemas.get(class_name))
        return with_protected(answer, self._protected.get(class_name, {}))

    async def delete(self, class_name: str, object_count: int) -> None:
        """Drops an empty class. Raises 103, 255."""
        if not may_have_schema(class_name):
            raise invalid_class_name(class_name)
        if object_count:
            raise errors.schema_change_refused(
                f"Class {class_name} is not empty, contains {object_count} objects,"
                " cannot drop schema."
            )
        schema = await self._schemas.get(class_name)
        if schema.exists and not is_volatile(class_name):
            await self._schemas.store.delete_class(schema)
            await self._schemas.changed()

    async def index_options(self, class_name: str) -> dict[str, IndexOptions]:
        """The options that the indexes of a class really have."""
        return await self._index_options(await self._schemas.get(class_name))

    async def _described(self, schema: ClassSchema) -> JSONObject:
        return describe(schema, await self._index_options(schema))

    async def _index_options(self, schema: ClassSchema) -> dict[str, IndexOptions]:
        """A round trip only for classes that somebody gave an index to."""
        if all(is_server_index(schema.name, name) for name in schema.definition.indexes):
            return {}
        return await self._schemas.store.index_options(schema)

    def _read(
        self, schema: ClassSchema, body: JSONObject, index_options: Mapping[str, IndexOptions]
    ) -> SchemaChange:
        return read_change(
            schema,
            body,
            custom_ids=self._custom_ids,
            check_index_fields=self._check_index_fields,
            index_options=index_options,
        )


def _with_fields(schema: ClassSchema, added: dict[str, Field]) -> ClassSchema:
    """The class as it will be, so that an index can be made before its field."""
    fields = schema.definition.fields | added
    return ClassSchema(replace(schema.definition, fields=fields))
