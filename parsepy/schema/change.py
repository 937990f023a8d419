"""A change of a class that the schema API gets: read from JSON, checked, nothing done yet."""

from collections.abc import Mapping

import msgspec

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.protocol.field_types import GEO_POINT, Fields
from parsepy.schema.classes import COMMON_COLUMNS, ClassSchema, Field
from parsepy.schema.field_check import is_deletion, read_field, storable
from parsepy.schema.index_change import IndexChange, read_index_change
from parsepy.schema.index_options import IndexOptions
from parsepy.schema.permission_check import PermissionCheck
from parsepy.schema.system_classes import DEFAULT_COLUMNS, is_valid_field_name
from parsepy.types import JSONObject, JSONValue


class SchemaChange(msgspec.Struct):
    """A request body, read and checked."""

    added: dict[str, Field]
    altered: dict[str, Field]
    deleted: list[str]
    permissions: JSONObject | None
    permissions_given: bool
    indexes: IndexChange


def read_change(
    schema: ClassSchema,
    body: JSONObject,
    *,
    custom_ids: bool,
    check_index_fields: bool,
    index_options: Mapping[str, IndexOptions],
) -> SchemaChange:
    """`index_options`: of the indexes that are there. Raises 102, 105, 107, 111, 135, 136, 255."""
    added, altered, deleted = _read_fields(schema, _object(body.get("fields")))
    types: Fields = {name: type_ for name, type_ in schema.types.items() if name not in deleted}
    types |= {name: field.type for name, field in added.items()}
    _check_geo_points(types, added)
    permissions = _permissions(body.get("classLevelPermissions"))
    if permissions is not None:
        PermissionCheck(types, custom_ids=custom_ids).check(permissions)
    indexes = read_index_change(
        schema,
        types,
        _object(body.get("indexes")),
        _object(body.get("indexOptions")),
        present=index_options,
        check_fields=check_index_fields,
    )
    return SchemaChange(
        added=added,
        altered=altered,
        deleted=deleted,
        permissions=permissions,
        permissions_given="classLevelPermissions" in body,
        indexes=indexes,
    )


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
        if is_deletion(definition) and schema.exists:
            _check_deletable(name, present, defaults)
            deleted.append(name)
            continue
        if not is_valid_field_name(name, schema.name):
            raise ParseError(Code.INVALID_KEY_NAME, f"invalid field name: {name}")
        if name in defaults and not schema.exists:
            raise ParseError(Code.CHANGED_IMMUTABLE_FIELD, f"field {name} cannot be added")
        if present is not None and _type_name(definition) != present.type.name:
            raise errors.schema_change_refused(f"Field {name} exists, cannot update.")
        if present is not None and name in COMMON_COLUMNS:
            continue
        field = storable(read_field(schema.name, name, definition))
        if present is None:
            added[name] = field
        elif present.type != field.type:
            raise errors.schema_mismatch(schema.name, name, str(present.type), str(field.type))
        elif present != field:
            altered[name] = field
    return added, altered, deleted


def _type_name(definition: JSONValue) -> JSONValue:
    if not isinstance(definition, dict):
        raise errors.invalid_json("invalid JSON")
    return definition.get("type")


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
    """What JavaScript makes of it: no permissions of anything false, closed ones of the rest."""
    if isinstance(value, dict):
        return value
    if value and isinstance(value, str | list):
        raise errors.invalid_json("0 is not a valid operation for class level permissions")
    return {} if value or isinstance(value, list) else None


def _object(value: JSONValue) -> JSONObject:
    # PHP writes an empty object as an empty array.
    if value is None or value == []:
        return {}
    if not isinstance(value, dict):
        raise errors.invalid_json("invalid JSON")
    return value
