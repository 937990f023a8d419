"""Rows → documents for pipelines: whole ones, or only the fields that a pipeline looks at."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final, TypeAlias, cast

import orjson
from msgspec import Struct

from parsepy.aggregation.documents import Documents, permission_columns
from parsepy.aggregation.stored_names import COMMON, POINTER_PREFIX
from parsepy.protocol import values
from parsepy.query.stored import stored_value
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_join
from parsepy.storage.sqlite import columns, names
from parsepy.storage.sqlite.rows import SELECTED, entries, from_row
from parsepy.storage.sqlite.rows import Row as RowOfObject
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

Row: TypeAlias = Sequence[object]
Read: TypeAlias = Callable[[object], JSONValue]

_NAME: Final = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)
_FIELDS: Final = {column: field for field, column in COMMON.items()}
_NULL: Final = b"\0"
"""Stands for a null that is there, since NULL means that nothing is."""


class Loader(Struct, frozen=True):
    """What to select, and what each of such rows is as a document."""

    selected: str
    document: Callable[[Row], JSONObject]


class Column(Struct, frozen=True):
    """One stored field: an SQL expression that is NULL when it is not there or null."""

    sql: str
    read: Read


def loader(schema: ClassSchema, needed: frozenset[str] | None) -> Loader:
    """The loader for documents of which only `needed` is looked at (`None`: everything)."""
    found = None if needed is None else _loaded_columns(schema, needed)
    if found is None:
        return Loader(SELECTED, _whole_maker(Documents(schema)))
    if not found:
        return Loader("NULL", lambda _row: {})
    selected = ", ".join(column.sql for column in found.values())
    return Loader(selected, _maker([(name, column.read) for name, column in found.items()]))


def _whole_maker(documents: Documents) -> Callable[[Row], JSONObject]:
    def make(row: Row) -> JSONObject:
        object_id, created_at, updated_at, readers, writers, data = cast("RowOfObject", row)
        found = from_row((object_id, created_at, updated_at, None, None, data))
        document = documents.document(found)
        if readers is not None or writers is not None:
            # An ACL would not tell the order in which each list was written.
            document |= permission_columns(entries(readers), entries(writers))
        return document

    return make


def _maker(reads: Sequence[tuple[str, Read]]) -> Callable[[Row], JSONObject]:
    def make(row: Row) -> JSONObject:
        document: JSONObject = {}
        for (name, read), value in zip(reads, row, strict=True):
            if value is not None:
                document[name] = None if value == _NULL else read(value)
        return document

    return make


def _loaded_columns(schema: ClassSchema, needed: Iterable[str]) -> dict[str, Column] | None:
    """`None` when something is looked at that is not kept under a name of its own."""
    if schema.name in ("_User", "_Session") or is_join(schema.name):
        return None
    found: dict[str, Column] = {}
    for name in sorted(needed):
        column = column_of(schema, name)
        if column is None:
            return None
        if isinstance(column, Column):
            found[name] = _telling_null(column, schema, name)
    return found


def _telling_null(column: Column, schema: ClassSchema, name: str) -> Column:
    if name in _FIELDS or name.startswith(POINTER_PREFIX):
        return column
    place = f"json_type(data, '{names.json_path(name)}')"
    # Asked only of what is NULL, so nothing is paid for values that are there.
    return Column(f"ifnull({column.sql}, CASE {place} WHEN 'null' THEN x'00' END)", column.read)


def column_of(schema: ClassSchema, name: str) -> Column | Missing | None:
    """The stored root field; `MISSING` when no document has it, `None` for an odd one."""
    if name in _FIELDS:
        field = _FIELDS[name]
        return Column(field, _text if field == "objectId" else _date)
    if name.startswith(POINTER_PREFIX):
        field = name.removeprefix(POINTER_PREFIX)
        target = schema.pointers.get(field)
        if target is None:
            return MISSING
        return Column(_scalar(schema, field), lambda value: f"{target}${value}")
    if name.startswith("_") or name in schema.pointers or name in COMMON:
        return None
    if _NAME.fullmatch(name) is None or name in schema.relations:
        return MISSING
    type_ = schema.type_of(name)
    read = _READS.get(type_.name) if type_ is not None else None
    if read is not None:
        return Column(_scalar(schema, name), read)
    return Column(f"data->'{names.json_path(name)}'", _json)


def _scalar(schema: ClassSchema, field: str) -> str:
    expression = columns.scalar(schema, field, schema.type_of(field))
    assert expression is not None
    return expression


def _text(value: object) -> JSONValue:
    return cast("str", value)


def _date(value: object) -> JSONValue:
    return values.date(cast("str", value))


def _boolean(value: object) -> JSONValue:
    return bool(value)


def _json(value: object) -> JSONValue:
    found: JSONValue = orjson.loads(cast("str", value))
    return stored_value(found)


_READS: Final[dict[str, Read]] = {
    "String": _text,
    "Number": _text,
    "Boolean": _boolean,
    "Date": _date,
    "File": _text,
}
