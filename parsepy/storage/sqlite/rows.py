"""An object as a row: four columns that the server itself looks at, the rest as JSON."""

from collections.abc import Sequence
from typing import Final, TypeAlias, cast

import orjson

from parsepy.protocol import acl
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import stored_fields
from parsepy.storage.sqlite.encode import json_text
from parsepy.types import JSONValue, ParseObject

Row: TypeAlias = tuple[str, str | None, str | None, str | None, str | None, str]
"""objectId, createdAt, updatedAt, readers, writers, data."""

SELECTED: Final = "objectId, createdAt, updatedAt, readers, writers, json(data)"


def to_row(document: ParseObject, schema: ClassSchema) -> Row:
    data = stored_fields(document, schema)
    object_id = cast("str", data.pop("objectId"))
    created_at = cast("str | None", data.pop("createdAt", None))
    updated_at = cast("str | None", data.pop("updatedAt", None))
    readers, writers = _permission_lists(data.pop("ACL", None))
    return object_id, created_at, updated_at, readers, writers, json_text(data)


def from_row(row: Sequence[object]) -> ParseObject:
    """The object of a row of `SELECTED`."""
    object_id, created_at, updated_at, readers, writers, data = cast("Row", row)
    document: ParseObject = orjson.loads(data)
    document["objectId"] = object_id
    if created_at is not None:
        document["createdAt"] = created_at
    if updated_at is not None:
        document["updatedAt"] = updated_at
    if readers is not None or writers is not None:
        document["ACL"] = acl.from_lists(entries(readers), entries(writers))
    return document


def text_of_row(row: Sequence[object]) -> str:
    """The same as JSON text."""
    object_id, created_at, updated_at, readers, writers, data = cast("Row", row)
    times_known = created_at is not None and updated_at is not None
    if not times_known or readers is not None or writers is not None:
        return json_text(from_row(row))
    known = (
        f'"objectId":{json_text(object_id)},"createdAt":"{created_at}","updatedAt":"{updated_at}"'
    )
    return f"{{{known}}}" if data == "{}" else f"{{{known},{data[1:]}"


def readable_for(row: Sequence[object], group: Sequence[str]) -> bool:
    """Whether one of `group` may read the row of `SELECTED`."""
    readers = cast("Row", row)[3]
    return readers is None or any(entry in group for entry in entries(readers))


def entries(permission_list: str | None) -> list[str]:
    return [] if permission_list is None else cast("list[str]", orjson.loads(permission_list))


def _permission_lists(value: JSONValue) -> tuple[str | None, str | None]:
    if not isinstance(value, dict):
        return None, None
    readers, writers = acl.to_lists(value)
    return json_text(readers), json_text(writers)
