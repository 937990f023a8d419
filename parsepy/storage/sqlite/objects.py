"""Statements over the objects of one class: what to read, and the writes of a transaction."""

from collections.abc import Callable, Sequence
from typing import Final, cast

import apsw

from parsepy import errors
from parsepy.errors import DuplicateValue, ParseError
from parsepy.protocol.operations import Changes
from parsepy.query.nearest import split
from parsepy.query.options import FindOptions
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_join
from parsepy.storage.sqlite import hints, names, text_where
from parsepy.storage.sqlite.changes import apply_changes
from parsepy.storage.sqlite.conditions import ALWAYS, Condition
from parsepy.storage.sqlite.encode import json_text
from parsepy.storage.sqlite.errors import table_missing, translation
from parsepy.storage.sqlite.nearest import nearest_query
from parsepy.storage.sqlite.order import compile_order
from parsepy.storage.sqlite.reader import Query
from parsepy.storage.sqlite.rows import (
    SELECTED,
    Row,
    from_row,
    readable_for,
    text_of_row,
    to_row,
)
from parsepy.storage.sqlite.sql_types import Rows, SQLValue
from parsepy.storage.sqlite.tables import Tables
from parsepy.storage.sqlite.where import compile_where
from parsepy.storage.text_index import SCORE_FIELD
from parsepy.storage.updates import Outcome, Transition, Update
from parsepy.types import ParseObject

_KEY_COLUMNS: Final = frozenset(("objectId", "createdAt"))


def get_query(class_name: str, object_id: str) -> Query:
    sql = f"SELECT {SELECTED} FROM {names.table(class_name)} WHERE objectId = ?"
    return Query(class_name, sql, (object_id,))


def find_query(schema: ClassSchema, where: Where, options: FindOptions) -> Query:
    hints.check(schema, options.hint)
    near, rest = (None, where) if options.order else split(where)
    condition = compile_where(rest, schema, fold=options.case_insensitive)
    if near is not None:
        return nearest_query(schema, near, condition, options, _page(options))
    score = text_where.score(where, schema, options)
    selected = _selected(options, score)
    page = _page(options)
    if options.order:
        return _sorted_query(schema, condition, options, page, selected, score)
    return Query(
        schema.name,
        f"SELECT {selected.sql} FROM {names.table(schema.name)}{_where(condition)}{page.sql}",
        selected.parameters + condition.parameters + page.parameters,
    )


def _sorted_query(
    schema: ClassSchema,
    condition: Condition,
    options: FindOptions,
    page: Condition,
    selected: Condition,
    score: Condition,
) -> Query:
    # Sorted are row ids, not objects: rendering the JSON of rows that the page then cuts off
    # costs three times as much as the sort. Equal ones keep the order of their insertion.
    order = compile_order(options.order, schema, score, fold=options.case_insensitive)
    table = names.table(schema.name)
    page_of_ids = (
        f"SELECT id AS row, {order.keys.sql} FROM {table}{_where(condition)}"
        f" ORDER BY {order.terms}, id{page.sql}"
    )
    return Query(
        schema.name,
        f"SELECT {selected.sql} FROM ({page_of_ids}) CROSS JOIN {table} ON id = row"
        f" ORDER BY {order.terms}, row",
        selected.parameters + order.keys.parameters + condition.parameters + page.parameters,
    )


def count_query(schema: ClassSchema, where: Where) -> Query:
    condition = compile_where(where, schema)
    sql = f"SELECT count(*) FROM {names.table(schema.name)}{_where(condition)}"
    return Query(schema.name, sql, condition.parameters)


def one(rows: Rows) -> ParseObject | None:
    return from_row(rows[0]) if rows else None


def one_for(group: tuple[str, ...]) -> Callable[[Rows], ParseObject | None]:
    return lambda rows: one(rows) if rows and readable_for(rows[0], group) else None


def all_of(rows: Rows) -> list[ParseObject]:
    return list(map(from_row, rows))


def scored_of(rows: Rows) -> list[ParseObject]:
    """The objects of rows that end with their text score."""
    return [{**from_row(row[:-1]), SCORE_FIELD: cast("float", row[-1])} for row in rows]


def scored_texts_of(rows: Rows) -> list[str]:
    return list(map(json_text, scored_of(rows)))


def texts_of(rows: Rows) -> list[str]:
    return list(map(text_of_row, rows))


def number(rows: Rows) -> int:
    return cast("int", rows[0][0]) if rows else 0


def insert(
    connection: apsw.Connection, tables: Tables, schema: ClassSchema, document: ParseObject
) -> None:
    if is_join(schema.name):
        raise errors.class_closed("create", schema.name)
    tables.erase_expired(connection, schema.name)
    row = to_row(document, schema)
    sql = (
        f"INSERT INTO {names.table(schema.name)}"
        " (objectId, createdAt, updatedAt, readers, writers, data) VALUES (?, ?, ?, ?, ?, jsonb(?))"
    )
    try:
        connection.execute(sql, row)
    except apsw.SQLError:
        if not table_missing(connection, names.table_name(schema.name)):
            raise
        tables.create(connection, schema.name)
        connection.execute(sql, row)


def insert_many(
    connection: apsw.Connection,
    tables: Tables,
    schema: ClassSchema,
    documents: Sequence[ParseObject],
) -> list[DuplicateValue | None]:
    return [_refusal(connection, tables, schema, document) for document in documents]


def update(
    connection: apsw.Connection, schema: ClassSchema, where: Where, changes: Changes
) -> ParseObject | None:
    found = _first(connection, schema, where)
    if found is None:
        return None
    document = from_row(found[1])
    _change(connection, schema, found[0], document, changes)
    return document


def update_from(
    connection: apsw.Connection, schema: ClassSchema, where: Where, changes: Changes
) -> Transition | None:
    found = _first(connection, schema, where)
    if found is None:
        return None
    row_id, row = found
    changed = _change(connection, schema, row_id, from_row(row), changes)
    return Transition(from_row(row), from_row(changed))


def update_many(
    connection: apsw.Connection, schema: ClassSchema, updates: Sequence[Update]
) -> list[Outcome]:
    return [_updated(connection, schema, update) for update in updates]


def _updated(connection: apsw.Connection, schema: ClassSchema, asked: Update) -> Outcome:
    # A statement that is refused changes nothing, so the others can stay.
    try:
        return update(connection, schema, asked.where, asked.changes)
    except ParseError as refused:
        return refused
    except apsw.ConstraintError as error:
        refusal = translation(error, connection)
        if isinstance(refusal, DuplicateValue | ParseError):
            return refusal
        raise


def delete(connection: apsw.Connection, schema: ClassSchema, where: Where) -> int:
    condition = compile_where(where, schema)
    sql = f"DELETE FROM {names.table(schema.name)}{_where(condition)}"
    try:
        connection.execute(sql, condition.parameters)
    except apsw.SQLError:
        if not table_missing(connection, names.table_name(schema.name)):
            raise
        return 0
    return connection.changes()


def remove(connection: apsw.Connection, schema: ClassSchema, where: Where) -> ParseObject | None:
    found = _first(connection, schema, where)
    if found is None:
        return None
    connection.execute(f"DELETE FROM {names.table(schema.name)} WHERE id = ?", found[:1])
    return from_row(found[1])


def _first(
    connection: apsw.Connection, schema: ClassSchema, where: Where
) -> tuple[int, Sequence[object]] | None:
    """The key and the row of the first object that matches."""
    condition = compile_where(where, schema)
    query = Query(
        schema.name,
        f"SELECT {SELECTED}, id FROM {names.table(schema.name)}{_where(condition)} LIMIT 1",
        condition.parameters,
    )
    rows = query.rows(connection)
    if not rows:
        return None
    *row, row_id = rows[0]
    return cast("int", row_id), row


def _change(
    connection: apsw.Connection,
    schema: ClassSchema,
    row_id: int,
    document: ParseObject,
    changes: Changes,
) -> Row:
    """Changes `document` and stores it; its row as it is now."""
    apply_changes(document, changes)
    row = to_row(document, schema)
    object_id, created_at, *rest = row
    assigned = "updatedAt = ?, readers = ?, writers = ?, data = jsonb(?)"
    values: tuple[SQLValue, ...] = (*rest, row_id)
    if not _KEY_COLUMNS.isdisjoint(changes):
        assigned = f"objectId = ?, createdAt = ?, {assigned}"
        values = (object_id, created_at, *values)
    connection.execute(f"UPDATE {names.table(schema.name)} SET {assigned} WHERE id = ?", values)
    return row


def _selected(options: FindOptions, score: Condition) -> Condition:
    if not options.score:
        return Condition(SELECTED)
    return Condition(f"{SELECTED}, {score.sql}", score.parameters)


def _where(condition: Condition) -> str:
    return "" if condition is ALWAYS else f" WHERE {condition.sql}"


def _page(options: FindOptions) -> Condition:
    if options.limit is None and not options.skip:
        return Condition("")
    limit = -1 if options.limit is None else options.limit
    if not options.skip:
        return Condition(" LIMIT ?", (limit,))
    return Condition(" LIMIT ? OFFSET ?", (limit, options.skip))


def _refusal(
    connection: apsw.Connection, tables: Tables, schema: ClassSchema, document: ParseObject
) -> DuplicateValue | None:
    try:
        insert(connection, tables, schema, document)
    except apsw.ConstraintError as error:
        refusal = translation(error, connection)
        if isinstance(refusal, DuplicateValue):
            return refusal
        raise
    return None
