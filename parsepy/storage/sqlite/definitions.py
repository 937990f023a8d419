"""A class's definition as the JSON that `_SCHEMA` keeps."""

from typing import NamedTuple, cast

import orjson

from parsepy.protocol.field_types import FieldType
from parsepy.schema.classes import ClassDefinition, Field
from parsepy.schema.index_options import IndexOptions, read_options, write_options
from parsepy.storage.sqlite.encode import json_text
from parsepy.types import MISSING, JSONObject, Missing


class Entry(NamedTuple):
    """All that is stored of a class. `index_options` holds those of indexes that have any."""

    definition: ClassDefinition
    index_options: dict[str, IndexOptions]


def dump(entry: Entry) -> str:
    definition, index_options = entry
    stored: JSONObject = {
        "fields": {name: _field_json(field) for name, field in definition.fields.items()},
        "classLevelPermissions": definition.permissions,
        "indexes": cast("JSONObject", definition.indexes),
    }
    if index_options:
        stored["indexOptions"] = {name: write_options(o) for name, o in index_options.items()}
    return json_text(stored)


def load_entry(class_name: str, text: str) -> Entry:
    return Entry(load(class_name, text), load_index_options(text))


def load_index_options(text: str) -> dict[str, IndexOptions]:
    stored: dict[str, JSONObject] = orjson.loads(text)
    return {
        name: read_options(name, options)
        for name, options in stored.get("indexOptions", {}).items()
    }


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
