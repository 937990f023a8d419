"""The distinct values of a field, in stored form."""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

import orjson

from parsepy.aggregation.stored_names import COMMON, POINTER_PREFIX
from parsepy.query.sort_keys import sort_key
from parsepy.query.stored import Stored, is_object, stored_value
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite import columns, names
from parsepy.storage.sqlite.conditions import ALWAYS
from parsepy.storage.sqlite.reader import Query, Reader
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.sqlite.stored_rows import Column, column_of
from parsepy.storage.sqlite.where import compile_where
from parsepy.types import JSONValue

_NUMBER: Final = re.compile(r"[0-9]{1,9}")
_SCALARS: Final = frozenset(("String", "Number", "Boolean", "Date", "File", "Pointer"))


async def distinct(
    reader: Reader, schema: ClassSchema, field: str, where: Where
) -> list[JSONValue]:
    """Null is left out; a list counts by its elements. `field` may be a dotted path.

    Values come in the order of values, as from MongoDB.
    """
    return sorted(await _found(reader, schema, field, where), key=sort_key)


async def _found(
    reader: Reader, schema: ClassSchema, field: str, where: Where
) -> Iterable[JSONValue]:
    root, *parts = field.split(".")
    if root in columns.PERMISSION_COLUMNS:
        return await _inside(reader, schema, columns.PERMISSION_COLUMNS[root], where, parts)
    pointer = root.removeprefix(POINTER_PREFIX)
    if not parts and root != pointer and pointer in schema.pointers:
        return await _scalars(reader, schema, pointer, where)
    type_ = schema.type_of(root)
    if not parts and type_ is not None and type_.name in _SCALARS:
        return await _scalars(reader, schema, field, where)
    if root in COMMON or root.startswith("_") or root in schema.pointers:
        return []
    name = columns.stored_name(root)
    if not name.isidentifier() or not name.isascii():
        return []
    place = f"data->'{names.json_path(name)}'"
    return await _inside(reader, schema, place, where, parts)


async def _scalars(
    reader: Reader, schema: ClassSchema, field: str, where: Where
) -> list[JSONValue]:
    stored = POINTER_PREFIX + field if field in schema.pointers else COMMON.get(field, field)
    column = column_of(schema, stored)
    assert isinstance(column, Column)
    query = _query(schema, f"DISTINCT {column.sql}", column.sql, where)
    return await reader.read(query, lambda rows: [column.read(value) for (value,) in rows])


async def _inside(
    reader: Reader, schema: ClassSchema, place: str, where: Where, parts: list[str]
) -> list[JSONValue]:
    query = _query(schema, place, place, where)
    return await reader.read(query, lambda rows: list(_different(_values(rows, parts))))


def _query(schema: ClassSchema, selected: str, place: str, where: Where) -> Query:
    condition = compile_where(where, schema)
    narrowed = "" if condition is ALWAYS else f" AND ({condition.sql})"
    sql = f"SELECT {selected} FROM {names.table(schema.name)} WHERE {place} IS NOT NULL{narrowed}"
    return Query(schema.name, sql, condition.parameters)


def _values(rows: Rows, parts: list[str]) -> Iterator[JSONValue]:
    for (text,) in rows:
        stored = stored_value(orjson.loads(str(text)))
        for value in _along(stored, parts):
            if isinstance(value, list):
                yield from value
            elif value is not None:
                yield value


def _along(value: Stored, parts: Sequence[str]) -> Iterator[Stored]:
    """The values at a path. Other than in a condition, a number behind a list is a place in it and
    never a name in one of its objects."""
    if not parts:
        yield value
        return
    part, *rest = parts
    if is_object(value):
        if part in value:
            yield from _along(value[part], rest)
    elif isinstance(value, list):
        if _NUMBER.fullmatch(part) is None:
            for item in value:
                if is_object(item):
                    yield from _along(item, parts)
        elif str(place := int(part)) == part and place < len(value):
            yield from _along(value[place], rest)


def _different(found: Iterable[JSONValue]) -> Iterator[JSONValue]:
    seen: set[bytes] = set()
    for value in found:
        key = sort_key(value)
        if value is not None and key not in seen:
            seen.add(key)
            yield value
