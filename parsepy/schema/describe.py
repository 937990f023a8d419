"""A class as the schema API answers it."""

from collections.abc import Iterable, Mapping
from typing import cast

from parsepy.schema.class_permissions import OPERATIONS
from parsepy.schema.classes import ClassSchema
from parsepy.schema.field_check import write_field
from parsepy.schema.index_options import IndexOptions, write_options
from parsepy.schema.system_classes import is_volatile
from parsepy.schema.system_indexes import is_server_index
from parsepy.types import JSONObject, JSONValue


def describe(schema: ClassSchema, index_options: Mapping[str, IndexOptions]) -> JSONObject:
    """The class as it is stored. `indexOptions` stands beside `indexes` where there are any."""
    described: JSONObject = {
        "className": schema.name,
        "fields": {name: write_field(field) for name, field in schema.fields.items()},
        "classLevelPermissions": {}
        if is_volatile(schema.name)
        else described_permissions(schema.definition.permissions),
    }
    if schema.name == "_User":
        cast("JSONObject", described["fields"]).setdefault("password", {"type": "String"})
    if schema.definition.indexes:
        described["indexes"] = cast("JSONValue", dict(schema.definition.indexes))
    shown: JSONObject = {
        name: write_options(options)
        for name, options in index_options.items()
        if not is_server_index(schema.name, name)
    }
    if shown:
        described["indexOptions"] = shown
    return described


def with_protected(described: JSONObject, protected: Mapping[str, Iterable[str]]) -> JSONObject:
    """`described` with the fields that the server hides anyway, by group, among its own.

    parse-server shows them in the answer of an update and nowhere else.
    """
    if not protected:
        return described
    permissions = dict(cast("JSONObject", described["classLevelPermissions"]))
    permissions["protectedFields"] = _united(permissions.get("protectedFields"), protected)
    return {**described, "classLevelPermissions": permissions}


def described_permissions(permissions: JSONObject | None) -> JSONObject:
    """A class that was given permissions is closed where they say nothing."""
    if permissions is None:
        return open_permissions()
    closed: JSONObject = {operation: {} for operation in OPERATIONS}
    return closed | {"protectedFields": {}} | permissions


def open_permissions() -> JSONObject:
    everybody: JSONObject = {operation: {"*": True} for operation in OPERATIONS}
    return {
        **everybody,
        "protectedFields": {"*": []},
        "ACL": {"*": {"read": True, "write": True}},
    }


def _united(groups: JSONValue, protected: Mapping[str, Iterable[str]]) -> JSONObject:
    united: JSONObject = dict(groups) if isinstance(groups, dict) else {}
    for group, fields in protected.items():
        present = united.get(group)
        names = present if isinstance(present, list) else []
        united[group] = [*names, *(field for field in fields if field not in names)]
    return united
