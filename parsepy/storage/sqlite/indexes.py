"""Indexes: those the server wants, and those of the schema API."""

from collections.abc import Sequence
from typing import Final

import apsw

from parsepy import errors
from parsepy.errors import DuplicateValue
from parsepy.protocol.field_types import STRING
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index
from parsepy.storage.sqlite import columns, names
from parsepy.storage.sqlite.functions import FOLD
from parsepy.types import JSONObject, JSONValue

_DIRECTIONS: Final = {1: "", -1: " DESC"}
# The names of parse-server's MongoDB columns, in which the schema API spells its indexes.
_STORED_NAMES: Final = {
    "_id": "objectId",
    "_created_at": "createdAt",
    "_updated_at": "updatedAt",
    "_last_used": "lastUsed",
    "times_used": "timesUsed",
}


def ensure(connection: apsw.Connection, index: Index) -> None:
    """Makes the index if it is missing. Raises `DuplicateValue`."""
    schema = missing_class(index.class_name)
    terms = [_wanted_term(schema, field, fold=index.case_insensitive) for field in index.fields]
    try:
        _create(connection, index.class_name, index.name, terms, unique=index.unique)
    except apsw.ConstraintError as error:
        raise DuplicateValue(index.fields[0]) from error


def create(connection: apsw.Connection, schema: ClassSchema, name: str, key: JSONObject) -> None:
    """Makes an index of the schema API. Raises 102 for a kind of index that there is not."""
    terms = [_term(schema, column, direction) for column, direction in key.items()]
    served = [term for term in terms if term is not None]
    # An Array or Object has no order in SQL: an index on it is known to the schema only.
    if served and len(served) == len(terms):
        _create(connection, schema.name, name, served)


def drop(connection: apsw.Connection, class_name: str, name: str) -> None:
    index = names.quoted(names.index_name(class_name, name))
    connection.execute(f"DROP INDEX IF EXISTS {index}")


def expression(schema: ClassSchema, field: str) -> str:
    """What an index on a field or dotted path holds. Raises 102 when that has no order in SQL."""
    type_ = STRING if "." in field else columns.type_of(schema, field) or STRING
    found = columns.scalar(schema, field, type_)
    if found is None:
        raise errors.invalid_query(f"An index on {schema.name}.{field} is not possible.")
    return found


def _create(
    connection: apsw.Connection,
    class_name: str,
    name: str,
    terms: Sequence[str],
    *,
    unique: bool = False,
) -> None:
    # Missing and null are NULL, which SQLite's unique indexes let repeat: they are sparse.
    connection.execute(
        f"CREATE {'UNIQUE ' if unique else ''}INDEX IF NOT EXISTS"
        f" {names.quoted(names.index_name(class_name, name))}"
        f" ON {names.table(class_name)} ({', '.join(terms)})"
    )


def _wanted_term(schema: ClassSchema, field: str, *, fold: bool) -> str:
    found = expression(schema, field)
    return f"{FOLD}({found})" if fold else found


def _term(schema: ClassSchema, column: str, direction: JSONValue) -> str | None:
    if direction == "text":
        raise errors.invalid_query("Text indexes are not supported yet.")
    if not isinstance(direction, int) or direction not in _DIRECTIONS:
        raise errors.invalid_query(f"The index on {column} is of a kind that is not supported.")
    field = _field_of(column)
    type_ = STRING if "." in field else columns.type_of(schema, field)
    found = columns.scalar(schema, field, type_)
    return None if found is None else found + _DIRECTIONS[direction]


def _field_of(column: str) -> str:
    if column.startswith("_auth_data_"):
        return "authData." + column.removeprefix("_auth_data_")
    if column.startswith("_p_"):
        return column.removeprefix("_p_")
    return columns.stored_name(_STORED_NAMES.get(column, column))
