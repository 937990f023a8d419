"""Indexes with options: unique, sparse, and those that erase objects.

To MongoDB a missing value is one like any other, to SQLite's unique indexes NULL equals nothing.
So a unique index is two: one on the values, which queries use as well, and a small one on the rows
that lack a value.
"""

from collections.abc import Mapping
from typing import Final

import apsw

from parsepy.errors import DuplicateValue
from parsepy.schema.classes import ClassSchema
from parsepy.schema.index_options import IndexOptions
from parsepy.storage.sqlite import columns, names

_NOTHING: Final = "x''"
"""Stands for a missing value: no field holds a blob."""


def create(
    connection: apsw.Connection,
    schema: ClassSchema,
    name: str,
    places: Mapping[str, str],
    options: IndexOptions,
) -> None:
    """`places` maps each field of the index to its expression. Raises `DuplicateValue`."""
    try:
        _create(connection, schema, name, places, options)
    except apsw.ConstraintError as error:
        raise DuplicateValue(next(iter(places))) from error


def drop(connection: apsw.Connection, class_name: str, name: str) -> None:
    """Drops what stands beside the index itself."""
    connection.execute(f"DROP INDEX IF EXISTS {_beside(class_name, name)}")
    connection.execute(f"DROP TRIGGER IF EXISTS {_named(class_name, name)}")


def _create(
    connection: apsw.Connection,
    schema: ClassSchema,
    name: str,
    places: Mapping[str, str],
    options: IndexOptions,
) -> None:
    table, index = names.table(schema.name), _named(schema.name, name)
    terms = list(places.values())
    unique = "UNIQUE " if options.unique else ""
    # The planner uses a partial index only for conditions on the one term that it names.
    partial = f" WHERE {terms[0]} IS NOT NULL" if options.sparse and len(terms) == 1 else ""
    connection.execute(
        f"CREATE {unique}INDEX IF NOT EXISTS {index} ON {table} ({', '.join(terms)}){partial}"
    )
    if options.unique:
        _bind_missing(connection, schema.name, name, places, sparse=options.sparse)
    if options.expire_after_seconds is not None:
        _expire(connection, schema.name, name, terms[0], options.expire_after_seconds)


def _bind_missing(
    connection: apsw.Connection,
    class_name: str,
    name: str,
    places: Mapping[str, str],
    *,
    sparse: bool,
) -> None:
    values = ", ".join(f"ifnull({place}, {_NOTHING})" for place in places.values())
    lacking = " OR ".join(f"{place} IS NULL" for place in places.values())
    condition = f"({lacking})"
    if sparse:
        # A null that was written counts, a field that never was does not.
        given = " OR ".join(f"{columns.presence(field)} IS NOT NULL" for field in places)
        condition += f" AND ({given})"
    connection.execute(
        f"CREATE UNIQUE INDEX IF NOT EXISTS {_beside(class_name, name)}"
        f" ON {names.table(class_name)} ({values}) WHERE {condition}"
    )


def _expire(
    connection: apsw.Connection, class_name: str, name: str, place: str, seconds: int
) -> None:
    """Erases before each insert, whichever process does it: nothing runs by itself in a file."""
    table = names.table(class_name)
    connection.execute(
        f"CREATE TRIGGER IF NOT EXISTS {_named(class_name, name)} BEFORE INSERT ON {table} BEGIN"
        f" DELETE FROM {table}"
        f" WHERE {place} <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now', '-{seconds} seconds'); END"
    )


def _named(class_name: str, index: str) -> str:
    return names.quoted(names.index_name(class_name, index))


def _beside(class_name: str, index: str) -> str:
    # A name that no index of the schema API comes to: theirs end in a mask of digits.
    return names.quoted(names.index_name(class_name, index) + "/missing")
