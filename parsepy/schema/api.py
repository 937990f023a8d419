"""The schema API: classes made, changed and dropped on purpose (rest-objects sheet, section 27).

Everything is checked before anything is changed.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from parsepy import errors
from parsepy.errors import ClassExists, Code, DuplicateValue, ParseError
from parsepy.protocol import values
from parsepy.protocol.field_types import GEO_POINT, Fields, is_number
from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.classes import COMMON_COLUMNS, ClassDefinition, ClassSchema, Field
from parsepy.schema.field_check import (
    invalid_class_name,
    is_deletion,
    read_field,
    write_field,
)
from parsepy.schema.permission_check import PermissionCheck
from parsepy.schema.registry import SchemaRegistry
from parsepy.schema.system_classes import (
    DEFAULT_COLUMNS,
    is_valid_field_name,
    is_volatile,
    may_have_schema,
)
from parsepy.types import JSONObject, JSONValue, Missing


@dataclass(slots=True)
class SchemaChange:
    """A request body, read and checked."""

    added: dict[str, Field]
    altered: dict[str, Field]
    deleted: list[str]
    permissions: JSONObject | None
    permissions_given: bool
    new_indexes: dict[str, JSONObject]
    dropped_indexes: list[str]


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
                _open_permissions() if change.permissions is None else change.permissions,
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
        added, altered, deleted = _read_fields(schema, _object(body.get("fields")))
        types: Fields = {name: type_ for name, type_ in schema.types.items() if name not in deleted}
        types |= {name: field.type for name, field in added.items()}
        _check_geo_points(types, added)
        permissions = _permissions(body.get("classLevelPermissions"))
        if permissions is not None:
            PermissionCheck(types, custom_ids=self._custom_ids).check(permissions)
        new_indexes, dropped = self._read_indexes(schema, types, _object(body.get("indexes")))
        return SchemaChange(
            added=added,
            altered=altered,
            deleted=deleted,
            permissions=permissions,
            permissions_given="classLevelPermissions" in body,
            new_indexes=new_indexes,
            dropped_indexes=dropped,
        )

    def _read_indexes(
        self, schema: ClassSchema, types: Fields, indexes: JSONObject
    ) -> tuple[dict[str, JSONObject], list[str]]:
        present = schema.definition.indexes
        new: dict[str, JSONObject] = {}
        dropped: list[str] = []
        for name, key in indexes.items():
            if is_deletion(key):
                if name not in present:
                    raise errors.invalid_query(f"Index {name} does not exist, cannot delete.")
                dropped.append(name)
                continue
            if name in present:
                if present[name] == key:
                    continue
                raise errors.invalid_query(f"Index {name} exists, cannot update.")
            new[name] = self._checked_index(types, _object(key))
        return new, dropped

    def _checked_index(self, types: Fields, key: JSONObject) -> JSONObject:
        for column in key:
            field = column.removeprefix("_p_")
            known = field in types or column in ("_id", "_created_at", "_updated_at")
            if not known and self._check_index_fields:
                raise errors.invalid_query(f"Field {field} does not exist, cannot add index.")
        return key

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


def describe(schema: ClassSchema, protected: Mapping[str, Iterable[str]]) -> JSONObject:
    """A class as the schema API answers it, with the fields that the server hides anyway."""
    described: JSONObject = {
        "className": schema.name,
        "fields": {name: write_field(field) for name, field in schema.fields.items()},
        "classLevelPermissions": _described_permissions(schema.definition.permissions, protected),
    }
    if schema.name == "_User":
        cast("JSONObject", described["fields"]).setdefault("password", {"type": "String"})
    if schema.definition.indexes:
        described["indexes"] = cast("JSONValue", dict(schema.definition.indexes))
    return described


def _described_permissions(
    permissions: JSONObject | None, protected: Mapping[str, Iterable[str]]
) -> JSONObject:
    if permissions is None:
        described = _open_permissions()
    else:
        closed: JSONObject = {operation: {} for operation in OPERATIONS}
        described = closed | {"protectedFields": {}} | permissions
    if protected:
        described["protectedFields"] = _united(described["protectedFields"], protected)
    return described


def _united(groups: JSONValue, protected: Mapping[str, Iterable[str]]) -> JSONObject:
    united: JSONObject = dict(groups) if isinstance(groups, dict) else {}
    for group, fields in protected.items():
        present = united.get(group)
        names = present if isinstance(present, list) else []
        united[group] = [*names, *(field for field in fields if field not in names)]
    return united


def _open_permissions() -> JSONObject:
    everybody: JSONObject = {operation: {"*": True} for operation in OPERATIONS}
    return {
        **everybody,
        "protectedFields": {"*": []},
        "ACL": {"*": {"read": True, "write": True}},
    }


def _read_fields(
    schema: ClassSchema, definitions: JSONObject
) -> tuple[dict[str, Field], dict[str, Field], list[str]]:
    """Added, altered, deleted. Raises 105, 136, 255."""
    defaults = COMMON_COLUMNS | DEFAULT_COLUMNS.get(schema.name, {})
    added: dict[str, Field] = {}
    altered: dict[str, Field] = {}
    deleted: list[str] = []
    for name, definition in definitions.items():
        present = schema.fields.get(name)
        if is_deletion(definition):
            _check_deletable(name, present, defaults)
            deleted.append(name)
            continue
        if not is_valid_field_name(name, schema.name):
            raise ParseError(Code.INVALID_KEY_NAME, f"invalid field name: {name}")
        if name in defaults and not schema.exists:
            raise ParseError(Code.CHANGED_IMMUTABLE_FIELD, f"field {name} cannot be added")
        field = _canonical(read_field(schema.name, name, definition))
        if present is None:
            added[name] = field
        elif present.type != field.type:
            raise errors.schema_change_refused(f"Field {name} exists, cannot update.")
        elif present != field:
            altered[name] = field
    return added, altered, deleted


def _canonical(field: Field) -> Field:
    if isinstance(field.default, Missing):
        return field
    return Field(field.type, field.required, values.clean(field.default))


def _check_deletable(name: str, present: Field | None, defaults: Fields) -> None:
    if name in defaults:
        raise ParseError(Code.CHANGED_IMMUTABLE_FIELD, f"field {name} cannot be changed")
    if present is None:
        raise errors.schema_change_refused(f"Field {name} does not exist, cannot delete.")


def _check_geo_points(types: Fields, added: dict[str, Field]) -> None:
    points = [name for name, type_ in types.items() if type_ == GEO_POINT]
    if len(points) > 1 and any(field.type == GEO_POINT for field in added.values()):
        raise errors.incorrect_type(
            "currently, only one GeoPoint field may exist in an object."
            f" Adding {points[1]} when {points[0]} already exists."
        )


def _permissions(value: JSONValue) -> JSONObject | None:
    """A number in place of permissions closes the class (JavaScript finds no keys in it)."""
    if value is None:
        return None
    return {} if is_number(value) or isinstance(value, bool) else _object(value)


def _object(value: JSONValue) -> JSONObject:
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.invalid_json("invalid JSON")
    return value
