"""The text index that a search needs, made before the search: readers cannot write."""

from dataclasses import replace
from typing import Final
from weakref import WeakKeyDictionary

import apsw

from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.index_options import PLAIN
from parsepy.storage import text_index
from parsepy.storage.sqlite import classes, names, text
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.sqlite.tables import Tables
from parsepy.storage.text_index import TEXT, TextIndex
from parsepy.types import JSONObject


class TextIndexes:
    """Remembers what was made since a schema was read, as long as that schema is in use."""

    def __init__(self) -> None:
        self._ready: Final[WeakKeyDictionary[ClassSchema, ClassSchema]] = WeakKeyDictionary()

    def known(self, schema: ClassSchema) -> ClassSchema:
        return self._ready.get(schema, schema)

    def remember(self, schema: ClassSchema, ready: ClassSchema) -> None:
        self._ready[schema] = ready


def missing_query(schema: ClassSchema, where: Where) -> Query | None:
    """Tells whether the recorded index is there; `None` when `where` needs another one anyway."""
    index = text_index.recorded(schema.definition.indexes)
    if text_index.unserved(schema, where) is not None:
        return None
    if index is None:
        return Query(schema.name, "SELECT 1")
    name = names.index_name(schema.name, index.name)
    return Query(schema.name, "SELECT 1 FROM sqlite_schema WHERE name = ?", (name,))


def is_there(rows: Rows) -> bool:
    return bool(rows)


def ensure(
    connection: apsw.Connection, tables: Tables, schema: ClassSchema, where: Where
) -> ClassSchema:
    """`schema` with the index that `where` needs. Raises 102 when another one is in its place."""
    stored = classes.stored_indexes(connection, schema.name)
    current = schema if stored is None else _with_indexes(schema, stored)
    field = text_index.unserved(current, where)
    index = text_index.recorded(current.definition.indexes)
    if field is not None:
        if index is not None:
            raise text_index.held_by_another(schema.name, field)
        return _made(connection, tables, current, where, text_index.made_for(field))
    if index is not None:
        tables.create(connection, schema.name)
        text.create(connection, schema.name, index)
    return current


def _made(
    connection: apsw.Connection,
    tables: Tables,
    schema: ClassSchema,
    where: Where,
    index: TextIndex,
) -> ClassSchema:
    key: JSONObject = dict.fromkeys(index.fields, TEXT)
    classes.create_index(connection, tables, schema, index.name, key, PLAIN)
    ready = _with_indexes(schema, {**schema.definition.indexes, index.name: key})
    other = text_index.unserved(ready, where)
    if other is not None:
        raise text_index.held_by_another(schema.name, other)
    return ready


def _with_indexes(schema: ClassSchema, indexes: dict[str, JSONObject]) -> ClassSchema:
    return ClassSchema(replace(schema.definition, indexes=indexes), exists=schema.exists)
