"""A class's definition as the JSON that `_SCHEMA` keeps."""

from typing import cast

import orjson

from parsepy.protocol.field_types import FieldType
from parsepy.schema.classes import ClassDefinition, Field
from parsepy.storage.sqlite.encode import json_text
from parsepy.types import MISSING, JSONObject, Missing


def dump(definition: ClassDefinition) -> str:
    return json_text(
        {
            "fields": {name: _field_json(field) for name, field in definition.fields.items()},
            "classLevelPermissions": definition.permissions,
            "indexes": definition.indexes,
        }
    )


def load(class_name: str, text: str) -> ClassDefinition:
    stored = cast("dict[str, JSONObject]", orjson.loads(text))
    fields = cast("dict[str, JSONObject]", stored["fields"])
    return ClassDefinition(
        class_name,
        {name: _field(value) for name, value in fields.items()},
        stored["classLevelPermissions"],
        cast("dict[str, JSONObject]", stored["indexes"]),
    )


def _field_json(field: Field) -> JSONObject:
    stored: JSONObject = {"type": field.type.name}
    if field.type.target_class is not None:
        stored["targetClass"] = field.type.target_class
    if field.required:
        stored["required"] = True
    if not isinstance(field.default, Missing):
        stored["defaultValue"] = field.default
    return stored


def _field(stored: JSONObject) -> Field:
    type_ = FieldType(cast("str", stored["type"]), cast("str | None", stored.get("targetClass")))
    return Field(type_, "required" in stored, stored.get("defaultValue", MISSING))
