"""The schema API: classes made, changed and dropped on purpose (rest-objects sheet, section 27).

Everything is checked before anything is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from parsepy import errors
from parsepy.errors import ClassExists, DuplicateValue, ParseError
from parsepy.schema.change import SchemaChange, read_change
from parsepy.schema.classes import COMMON_COLUMNS, ClassDefinition, ClassSchema, Field
from parsepy.schema.describe import describe, open_permissions
from parsepy.schema.field_check import (
    invalid_class_name,
)
from parsepy.schema.registry import SchemaRegistry
from parsepy.schema.system_classes import (
    is_volatile,
    may_have_schema,
)
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
        return [self._describe(schema) for schema in self._schemas.known()]

    async def get(self, class_name: str) -> JSONObject:
        """Raises 103."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if not schema.exists:
            raise errors.class_missing(class_name)
        described = self._describe(schema)
        if is_volatile(class_name):
            described["classLevelPermissions"] = {}
        return described

    async def create(self, class_name: str, body: JSONObject) -> JSONObject:
        """Raises 102, 103, 105, 107, 111, 135, 136; then nothing was made."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if schema.exists:
            raise errors.class_exists(class_name)
        if not may_have_schema(class_name):
            raise invalid_class_name(class_name)
        change = self._read(schema, body)
        fields = dict(schema.fields) | change.added
        stored = {name: field for name, field in fields.items() if name not in COMMON_COLUMNS}
        stored.pop("password", None) if class_name == "_User" else None
        definition = ClassDefinition(class_name, stored, change.permissions)
        try:
            await self._schemas.store.create_class(definition)
        except ClassExists:
            raise errors.class_exists(class_name) from None
        try:
            await self._create_indexes(ClassSchema(definition), change)
        except ParseError:
            await self._schemas.store.delete_class(await self._schemas.get(class_name))
            await self._schemas.load()
            raise
        await self._schemas.load()
        return self._describe(await self._schemas.get(class_name))

    async def update(self, class_name: str, body: JSONObject) -> JSONObject:
        """Raises as `create`, and 255; then nothing was changed."""
        await self._schemas.load()
        schema = await self._schemas.get(class_name)
        if not schema.exists or is_volatile(class_name):
            raise errors.class_missing(class_name)
        change = self._read(schema, body)
        store = self._schemas.store
        # What a store may still refuse comes first. Deletions come before additions, since one
        # GeoPoint field may take the place of another.
        await self._create_indexes(_with_fields(schema, change.added), change)
        for name in change.dropped_indexes:
            await store.drop_index(schema, name)
        if change.deleted:
            await store.delete_fields(schema, change.deleted)
        for name, field in change.added.items():
            await store.add_field(class_name, name, field)
        for name, field in change.altered.items():
            await store.set_field_options(class_name, name, field)
        if change.permissions_given:
            await store.set_permissions(
                class_name,
                open_permissions() if change.permissions is None else change.permissions,
            )
        await self._schemas.load()
        return self._describe(await self._schemas.get(class_name))

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
            await self._schemas.load()

    def _describe(self, schema: ClassSchema) -> JSONObject:
        return describe(schema, self._protected.get(schema.name, {}))

    def _read(self, schema: ClassSchema, body: JSONObject) -> SchemaChange:
        return read_change(
            schema,
            body,
            custom_ids=self._custom_ids,
            check_index_fields=self._check_index_fields,
        )

    async def _create_indexes(self, schema: ClassSchema, change: SchemaChange) -> None:
        """Raises 102, 137; then the indexes that came with the refused one are gone."""
        store = self._schemas.store
        made: list[str] = []
        try:
            for name, key in change.new_indexes.items():
                await store.create_index(schema, name, key)
                made.append(name)
        except (ParseError, DuplicateValue) as refused:
            for name in made:
                await store.drop_index(schema, name)
            if isinstance(refused, DuplicateValue):
                raise errors.duplicate_value() from None
            raise


def _with_fields(schema: ClassSchema, added: dict[str, Field]) -> ClassSchema:
    """The class as it will be, so that an index can be made before its field."""
    fields = schema.definition.fields | added
    return ClassSchema(replace(schema.definition, fields=fields))
