"""Documents of `_SCHEMA` ↔ class definitions (storage-mongodb sheet, section 2)."""

from typing import Any, Final, cast

from parsepy.protocol.field_types import FieldType
from parsepy.schema.classes import COMMON_COLUMNS, ClassDefinition, Field
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.read_values import read_nested
from parsepy.storage.mongodb.values import encode_verbatim
from parsepy.types import MISSING, JSONObject, Missing

COMMON_TYPES: Final = {"objectId": "string", "updatedAt": "date", "createdAt": "date"}

_TYPE_NAMES: Final = {
    "string": "String",
    "number": "Number",
    "boolean": "Boolean",
    "date": "Date",
    "object": "Object",
    "map": "Object",
    "array": "Array",
    "geopoint": "GeoPoint",
    "polygon": "Polygon",
    "file": "File",
    "bytes": "Bytes",
}
_NOT_FIELDS: Final = frozenset(("_id", "_metadata", "_client_permissions"))
# Written by no server: `ACL` is in every class, `password` is kept as `_hashed_password`.
_NOT_RECORDED: Final = frozenset((*COMMON_COLUMNS, "password"))


def read_definition(document: Document) -> ClassDefinition:
    """A type that nobody knows leaves its field out."""
    metadata = _mapping(document.get("_metadata"))
    options = _mapping(metadata.get("fields_options"))
    fields = {}
    for name, text in document.items():
        if name in _NOT_FIELDS or name in COMMON_COLUMNS:
            continue
        field_type = read_type(text)
        if field_type is not None:
            fields[name] = _field(field_type, _mapping(options.get(name)))
    permissions = metadata.get("class_permissions")
    return ClassDefinition(
        name=str(document["_id"]),
        fields=fields,
        permissions=permissions if isinstance(permissions, dict) else None,
        indexes=cast("dict[str, JSONObject]", _mapping(metadata.get("indexes"))),
    )


def unreadable_fields(document: Document) -> list[tuple[str, str]]:
    """The class and its fields that `read_definition` leaves out."""
    return [
        (str(document["_id"]), name)
        for name, text in document.items()
        if name not in _NOT_FIELDS and name not in COMMON_COLUMNS and read_type(text) is None
    ]


def write_definition(definition: ClassDefinition) -> Document:
    document: Document = {"_id": definition.name, **COMMON_TYPES}
    fields = {name: field for name, field in definition.fields.items() if name not in _NOT_RECORDED}
    options = {name: write_options(field) for name, field in fields.items() if field.has_options}
    metadata: Document = {"fields_options": options} if options else {}
    if definition.permissions is not None:
        metadata["class_permissions"] = encode_verbatim(definition.permissions)
    if metadata:
        document["_metadata"] = metadata
    return document | {name: write_type(field.type) for name, field in fields.items()}


def read_type(text: Any) -> FieldType | None:
    if not isinstance(text, str):
        return None
    if text.startswith("*"):
        return FieldType("Pointer", text[1:])
    if text.startswith("relation<") and text.endswith(">"):
        return FieldType("Relation", text[len("relation<") : -1])
    name = _TYPE_NAMES.get(text)
    return None if name is None else FieldType(name)


def write_type(field_type: FieldType) -> str:
    """`Pointer<Team>` → `*Team`, `Relation<Team>` → `relation<Team>`, `String` → `string`."""
    if field_type.name == "Pointer":
        return f"*{field_type.target_class}"
    if field_type.name == "Relation":
        return f"relation<{field_type.target_class}>"
    return field_type.name.lower()


def write_options(field: Field) -> Document:
    options: Document = {}
    if field.required:
        options["required"] = True
    if not isinstance(field.default, Missing):
        options["defaultValue"] = encode_verbatim(field.default)
    return options


def _field(field_type: FieldType, options: JSONObject) -> Field:
    return Field(
        field_type,
        required=options.get("required") is True,
        default=options.get("defaultValue", MISSING),
    )


def _mapping(value: Any) -> JSONObject:
    read = read_nested(value)
    return read if isinstance(read, dict) else {}
