"""Whether values fit a class, and which fields it lacks for them. Pure."""

from collections.abc import Mapping

from parsepy import errors
from parsepy.protocol.field_types import ARRAY, GEO_POINT, OBJECT, FieldType, type_of
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_valid_field_name
from parsepy.types import JSONMapping


def wanted_types(schema: ClassSchema, body: JSONMapping) -> dict[str, FieldType]:
    """The root fields that `body` writes to and the types it needs there.

    Raises 105 for a bad field name, 111 for a malformed or wrongly typed value.
    """
    wanted: dict[str, FieldType] = {}
    known = schema.types
    for key, value in body.items():
        if key == "ACL":
            continue
        root, dot, rest = key.partition(".")
        expected = known.get(root)
        if dot:
            type_ = _holder_type(schema, root, rest, expected)
            type_of(value)
        else:
            found = type_of(value)
            if found is None:
                if expected is None:
                    _check_name(schema, key)
                continue
            type_ = found
        if expected is None:
            _check_name(schema, root)
        elif type_ is not expected and type_ != expected:
            raise errors.schema_mismatch(schema.name, root, str(expected), str(type_))
        wanted[root] = type_
    _check_geo_points(schema, wanted)
    return wanted


def new_fields(schema: ClassSchema, wanted: Mapping[str, FieldType]) -> dict[str, FieldType]:
    known = schema.types
    return {name: type_ for name, type_ in wanted.items() if name not in known}


def check_types(schema: ClassSchema, wanted: Mapping[str, FieldType]) -> None:
    """Raises 111 where a field has another type than wanted (after a race, say)."""
    for name, type_ in wanted.items():
        expected = schema.types.get(name)
        if expected is not None and expected != type_:
            raise errors.schema_mismatch(schema.name, name, str(expected), str(type_))


def _holder_type(
    schema: ClassSchema, root: str, rest: str, expected: FieldType | None
) -> FieldType:
    """The type a root must have to be written below: Object, or Array where an index follows."""
    first = rest.partition(".")[0]
    if not rest or any(not part or part.startswith("$") for part in rest.split(".")):
        raise errors.invalid_field_name(f"{root}.{rest}")
    return ARRAY if expected == ARRAY and first.isdigit() else OBJECT


def _check_name(schema: ClassSchema, field: str) -> None:
    if not is_valid_field_name(field, schema.name):
        raise errors.invalid_field_name(field)


def _check_geo_points(schema: ClassSchema, wanted: Mapping[str, FieldType]) -> None:
    written = [name for name, type_ in wanted.items() if type_ == GEO_POINT]
    if not written:
        return
    if len(written) > 1:
        raise errors.incorrect_type("there can only be one geopoint field in a class")
    present = [name for name, type_ in schema.types.items() if type_ == GEO_POINT]
    if present and written[0] not in present:
        raise errors.incorrect_type("MongoDB only supports one GeoPoint field in a class.")
