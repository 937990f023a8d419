"""The schema entries, and what a change of a class does to its tables: writes of a transaction."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import apsw

from parsepy.errors import ClassExists
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.schema.system_classes import join_class
from parsepy.storage.base import ID_INDEX
from parsepy.storage.sqlite import definitions, indexes, layout, names
from parsepy.storage.sqlite.errors import table_missing
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.sql_types import Rows
from parsepy.storage.sqlite.tables import Tables
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
    _put(connection, definition)
    tables.create(connection, definition.name)


def add_field(connection: apsw.Connection, class_name: str, name: str, field: Field) -> None:
    definition = _find(connection, class_name) or ClassDefinition(class_name)
    if name not in definition.fields:
        _put(connection, replace(definition, fields={**definition.fields, name: field}))


def set_field_options(
    connection: apsw.Connection, class_name: str, name: str, field: Field
) -> None:
    definition = _find(connection, class_name)
    if definition is not None and name in definition.fields:
        _put(connection, replace(definition, fields={**definition.fields, name: field}))


def delete_fields(connection: apsw.Connection, schema: ClassSchema, fields: Sequence[str]) -> None:
    for field in fields:
        if field in schema.relations:
            layout.drop_table(connection, join_class(field, schema.name))
    _erase_values(connection, schema.name, fields)
    _change(connection, schema.name, lambda definition: _without_fields(definition, fields))


def set_permissions(connection: apsw.Connection, class_name: str, permissions: JSONObject) -> None:
    _change(connection, class_name, lambda definition: replace(definition, permissions=permissions))


def create_index(
    connection: apsw.Connection, tables: Tables, schema: ClassSchema, name: str, key: JSONObject
) -> None:
    def recorded(definition: ClassDefinition) -> ClassDefinition:
        return replace(definition, indexes={**ID_INDEX, **definition.indexes, name: key})

    tables.create(connection, schema.name)
    indexes.create(connection, schema, name, key)
    _change(connection, schema.name, recorded)


def drop_index(connection: apsw.Connection, class_name: str, name: str) -> None:
    def forgotten(definition: ClassDefinition) -> ClassDefinition:
        kept = {index: key for index, key in definition.indexes.items() if index != name}
        return replace(definition, indexes=kept)

    indexes.drop(connection, class_name, name)
    _change(connection, class_name, forgotten)


def delete(connection: apsw.Connection, schema: ClassSchema) -> None:
    connection.execute(f"DELETE FROM {names.SCHEMA_TABLE} WHERE className = ?", (schema.name,))
    for class_name in (
        schema.name,
        *(join_class(field, schema.name) for field in schema.relations),
    ):
        layout.drop_table(connection, class_name)


def _change(connection: apsw.Connection, class_name: str, alter: Change) -> None:
    """Alters the entry of a class; does nothing when it has none."""
    definition = _find(connection, class_name)
    if definition is not None:
        _put(connection, alter(definition))


def _find(connection: apsw.Connection, class_name: str) -> ClassDefinition | None:
    rows = connection.execute(
        f"SELECT definition FROM {names.SCHEMA_TABLE} WHERE className = ?", (class_name,)
    ).fetchall()
    return definitions.load(class_name, str(rows[0][0])) if rows else None


def _put(connection: apsw.Connection, definition: ClassDefinition) -> None:
    connection.execute(
        f"INSERT OR REPLACE INTO {names.SCHEMA_TABLE} (className, definition) VALUES (?, ?)",
        (definition.name, definitions.dump(definition)),
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
