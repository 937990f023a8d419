"""The schema entries, and what a change of a class does to its tables: writes of a transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import apsw

from parsepy.errors import ClassExists
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.schema.system_classes import DEFAULT_COLUMNS, join_class
from parsepy.storage.base import ID_INDEX, Index
from parsepy.storage.sqlite import definitions, indexes, layout, names, shapes
from parsepy.storage.sqlite.definitions import Entry
from parsepy.storage.sqlite.errors import table_missing
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.sqlite.tables import Tables
from parsepy.storage.wanted_indexes import EMBEDDED_ONLY
from parsepy.types import JSONObject

LOAD = Query(
    "_SCHEMA", f"SELECT className, definition FROM {names.SCHEMA_TABLE} ORDER BY className"
)

Change = Callable[[ClassDefinition], ClassDefinition]


def load_all(rows: Rows) -> list[ClassDefinition]:
    return [definitions.load(str(name), str(text)) for name, text in rows]


def create(connection: apsw.Connection, tables: Tables, definition: ClassDefinition) -> None:
    if _find(connection, definition.name) is not None:
        raise ClassExists(definition.name)
    found = {**_recorded(tables.wanted(definition.name)), **definition.indexes}
    _put(connection, Entry(replace(definition, indexes=found), {}))
    tables.create(connection, definition.name)


def add_field(connection: apsw.Connection, class_name: str, name: str, field: Field) -> None:
    add_fields(connection, class_name, {name: field})


def add_fields(connection: apsw.Connection, class_name: str, fields: Mapping[str, Field]) -> bool:
    entry = _find(connection, class_name) or Entry(ClassDefinition(class_name), {})
    present = entry.definition.fields
    if any(name in present for name in fields):
        return False
    definition = replace(entry.definition, fields={**present, **fields})
    _put(connection, entry._replace(definition=definition))
    shapes.ensure(connection, class_name, fields)
    return True


def set_field_options(
    connection: apsw.Connection, class_name: str, name: str, field: Field
) -> None:
    def altered(definition: ClassDefinition) -> ClassDefinition:
        known = name in definition.fields or name in DEFAULT_COLUMNS.get(class_name, {})
        fields = {**definition.fields, name: field} if known else definition.fields
        return replace(definition, fields=fields)

    _change(connection, class_name, altered)


def delete_fields(connection: apsw.Connection, schema: ClassSchema, fields: Sequence[str]) -> None:
    for field in fields:
        if field in schema.relations:
            layout.drop_table(connection, join_class(field, schema.name))
        if shapes.is_placed(schema.type_of(field)):
            shapes.drop(connection, schema.name, field)
    _erase_values(connection, schema.name, fields)
    _change(connection, schema.name, lambda definition: _without_fields(definition, fields))


def set_permissions(
    connection: apsw.Connection, class_name: str, permissions: JSONObject | None
) -> None:
    _change(connection, class_name, lambda definition: replace(definition, permissions=permissions))


def record_indexes(connection: apsw.Connection, wanted: Sequence[Index]) -> None:
    """Lists the server's own indexes in the entries of their classes."""
    for class_name in {index.class_name for index in wanted}:
        own = _recorded([index for index in wanted if index.class_name == class_name])
        entry = _find(connection, class_name)
        if entry is not None and not own.keys() <= entry.definition.indexes.keys():
            definition = entry.definition
            recorded = replace(definition, indexes={**own, **definition.indexes})
            _put(connection, entry._replace(definition=recorded))


def create_index(
    connection: apsw.Connection,
    tables: Tables,
    schema: ClassSchema,
    name: str,
    key: JSONObject,
    options: IndexOptions,
) -> None:
    tables.create(connection, schema.name)
    indexes.create(connection, schema, name, key, options)
    entry = _find(connection, schema.name)
    if entry is None:
        return
    definition = entry.definition
    recorded = replace(definition, indexes={**ID_INDEX, **definition.indexes, name: key})
    given = {name: options} if options != PLAIN else {}
    _put(connection, Entry(recorded, {**entry.index_options, **given}))


def stored_indexes(connection: apsw.Connection, class_name: str) -> dict[str, JSONObject] | None:
    """The indexes that a class's entry records; `None` for a class without an entry."""
    entry = _find(connection, class_name)
    return None if entry is None else entry.definition.indexes


def index_options_query(class_name: str) -> Query:
    sql = f"SELECT definition FROM {names.SCHEMA_TABLE} WHERE className = ?"
    return Query("_SCHEMA", sql, (class_name,))


def read_index_options(rows: Rows) -> dict[str, IndexOptions]:
    return {
        name: options
        for (text,) in rows
        for name, options in definitions.load_index_options(str(text)).items()
    }


def drop_index(connection: apsw.Connection, class_name: str, name: str) -> None:
    indexes.drop(connection, class_name, name)
    entry = _find(connection, class_name)
    if entry is None:
        return
    kept = {index: key for index, key in entry.definition.indexes.items() if index != name}
    options = {index: given for index, given in entry.index_options.items() if index != name}
    _put(connection, Entry(replace(entry.definition, indexes=kept), options))


def delete(connection: apsw.Connection, schema: ClassSchema) -> None:
    connection.execute(f"DELETE FROM {names.SCHEMA_TABLE} WHERE className = ?", (schema.name,))
    for class_name in (
        schema.name,
        *(join_class(field, schema.name) for field in schema.relations),
    ):
        layout.drop_table(connection, class_name)


def _change(connection: apsw.Connection, class_name: str, alter: Change) -> None:
    """Alters the entry of a class; does nothing when it has none."""
    entry = _find(connection, class_name)
    if entry is not None:
        _put(connection, entry._replace(definition=alter(entry.definition)))


def _recorded(wanted: Sequence[Index]) -> dict[str, JSONObject]:
    """As parse-server lists them, which does not make all of them."""
    listed = {index.name: indexes.key_of(index) for index in wanted if index not in EMBEDDED_ONLY}
    return {**ID_INDEX, **listed} if listed else {}


def _find(connection: apsw.Connection, class_name: str) -> Entry | None:
    rows = connection.execute(
        f"SELECT definition FROM {names.SCHEMA_TABLE} WHERE className = ?", (class_name,)
    ).fetchall()
    return definitions.load_entry(class_name, str(rows[0][0])) if rows else None


def _put(connection: apsw.Connection, entry: Entry) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO {names.SCHEMA_TABLE} (className, definition) VALUES (?, ?)",
        (entry.definition.name, definitions.dump(entry)),
    )


def _without_fields(definition: ClassDefinition, fields: Sequence[str]) -> ClassDefinition:
    kept = {name: field for name, field in definition.fields.items() if name not in fields}
    return replace(definition, fields=kept)


def _erase_values(connection: apsw.Connection, class_name: str, fields: Sequence[str]) -> None:
    if table_missing(connection, names.table_name(class_name)):
        return
    for place in map(names.json_path, fields):
        connection.execute(
            f"UPDATE {names.table(class_name)} SET data = jsonb_remove(data, '{place}')"
            f" WHERE json_type(data, '{place}') IS NOT NULL"
        )
