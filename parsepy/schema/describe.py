"""A class as the schema API answers it."""

from collections.abc import Iterable, Mapping
from typing import cast

from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.classes import ClassSchema
from parsepy.schema.field_check import write_field
from parsepy.types import JSONObject, JSONValue


def describe(schema: ClassSchema, protected: Mapping[str, Iterable[str]]) -> JSONObject:
    """The class; `protected` are fields that the server hides anyway, by group."""
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
        described = open_permissions()
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


def open_permissions() -> JSONObject:
    everybody: JSONObject = {operation: {"*": True} for operation in OPERATIONS}
    return {
        **everybody,
        "protectedFields": {"*": []},
        "ACL": {"*": {"read": True, "write": True}},
    }
