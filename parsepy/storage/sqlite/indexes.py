"""Indexes: those the server wants, and those of the schema API."""

from collections.abc import Sequence
from typing import Final, cast

import apsw

from parsepy import errors
from parsepy.errors import DuplicateValue
from parsepy.protocol.field_types import ARRAY, OBJECT, STRING, is_number
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.schema.index_options import PLAIN, IndexOptions
from parsepy.storage.base import Index
from parsepy.storage.sqlite import bound_indexes, columns, names, shapes, text
from parsepy.storage.sqlite.functions import FOLD
from parsepy.storage.text_index import TextIndex, fields_in
from parsepy.types import JSONObject, JSONValue

# The names of parse-server's MongoDB columns, in which the schema API spells its indexes.
_STORED_NAMES: Final = {
    "_id": "objectId",
    "_created_at": "createdAt",
    "_updated_at": "updatedAt",
    "_last_used": "lastUsed",
    "times_used": "timesUsed",
}
_GEO_KINDS: Final = ("2d", "2dsphere")


def ensure(connection: apsw.Connection, index: Index) -> None:
    """Makes the index if it is missing. Raises `DuplicateValue`."""
    schema = missing_class(index.class_name)
    terms = [_wanted_term(schema, field, fold=index.case_insensitive) for field in index.fields]
    try:
        _create(connection, index.class_name, index.name, terms, unique=index.unique)
    except apsw.ConstraintError as error:
        raise DuplicateValue(index.fields[0]) from error


def key_of(index: Index) -> JSONObject:
    """The key of an index of the server's, in stored column names."""
    return {field.replace("authData.", "_auth_data_", 1): 1 for field in index.fields}


def create(
    connection: apsw.Connection,
    schema: ClassSchema,
    name: str,
    key: JSONObject,
    options: IndexOptions = PLAIN,
) -> None:
    """Makes an index of the schema API. Raises 102 for a kind of index that there is not."""
    fields = fields_in(key)
    if fields:
        text.create(connection, schema.name, TextIndex(name, tuple(map(_field_of, fields))))
        return
    if options != PLAIN:
        bound_indexes.create(connection, schema, name, _places(schema, key), options)
        return
    terms = [_term(schema, column, direction) for column, direction in key.items()]
    served = [term for term in terms if term is not None]
    # An Array or Object has no order in SQL: an index on it is known to the schema only.
    if served and len(served) == len(terms):
        _create(connection, schema.name, name, served)


def drop(connection: apsw.Connection, class_name: str, name: str) -> None:
    index = names.quoted(names.index_name(class_name, name))
    connection.execute(f"DROP INDEX IF EXISTS {index}")
    bound_indexes.drop(connection, class_name, name)
    text.drop(connection, class_name, name)


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
    field = _field_of(column)
    if direction in _GEO_KINDS and _may_be_placed(schema, field):
        # Every GeoPoint and Polygon field has its R*Tree anyway (`shapes`).
        return None
    if not is_number(direction) or not direction:
        raise errors.invalid_query(f"The index on {column} is of a kind that is not supported.")
    type_ = STRING if "." in field else columns.type_of(schema, field)
    found = columns.scalar(schema, field, type_)
    return None if found is None else found + _order(direction)


def _order(direction: JSONValue) -> str:
    return " DESC" if cast("float", direction) < 0 else ""


def _may_be_placed(schema: ClassSchema, field: str) -> bool:
    type_ = columns.type_of(schema, field)
    return "." in field or type_ in (ARRAY, OBJECT) or shapes.is_placed(type_)


def _places(schema: ClassSchema, key: JSONObject) -> dict[str, str]:
    """Field → expression of each term. Raises 102 where a value has no order in SQL."""
    return {field: expression(schema, field) for field in map(_field_of, key)}


def _field_of(column: str) -> str:
    if column.startswith("_auth_data_"):
        return "authData." + column.removeprefix("_auth_data_")
    if column.startswith("_p_"):
        return column.removeprefix("_p_")
    return columns.stored_name(_STORED_NAMES.get(column, column))
