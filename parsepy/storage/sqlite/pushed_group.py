"""`$group` as `GROUP BY`, where SQL's sums and extremes are MongoDB's."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from parsepy.protocol.json import normalise_number
from parsepy.query.stored import is_object
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite.pushed_match import field_of
from parsepy.storage.sqlite.stored_rows import Column, Row, column_of
from parsepy.types import JSONObject, JSONValue

_EXTREMES: Final = {"$min": "min", "$max": "max"}
_SORTABLE: Final = frozenset(("Number", "String", "Date", "File", "Boolean"))


class PushedGroup(Struct, frozen=True):
    """What to select, what follows the condition, and what each row is as a document."""

    selected: str
    grouping: str
    document: Callable[[Row], JSONObject]


def push_group(spec: JSONValue, schema: ClassSchema) -> PushedGroup | None:
    """`None` when SQL cannot do the stage exactly."""
    if not is_object(spec) or "_id" not in spec:
        return None
    key = _key(spec["_id"], schema)
    if key is None:
        return None
    found: dict[str, Column] = {}
    for name, value in spec.items():
        if name == "_id":
            continue
        column = _accumulated(value, schema) if name and name.isidentifier() else None
        if column is None:
            return None
        found[name] = column
    grouped = key.sql != "NULL"
    return PushedGroup(
        ", ".join(column.sql for column in (key, *found.values())),
        # Without groups SQL makes a row even of nothing.
        " GROUP BY 1" if grouped else " HAVING count(*) > 0",
        _maker({"_id": key, **found}),
    )


def _maker(found: dict[str, Column]) -> Callable[[Row], JSONObject]:
    reads = [(name, column.read) for name, column in found.items()]

    def make(row: Row) -> JSONObject:
        return {
            name: None if value is None else read(value)
            for (name, read), value in zip(reads, row, strict=True)
        }

    return make


def _key(value: JSONValue, schema: ClassSchema) -> Column | None:
    if value is None:
        return Column("NULL", _as_it_is)
    return _field(value, schema)


def _field(value: JSONValue, schema: ClassSchema) -> Column | None:
    if not isinstance(value, str) or value[:1] != "$" or field_of(value[1:], schema) is None:
        return None
    column = column_of(schema, value[1:])
    return column if isinstance(column, Column) else None


def _accumulated(value: JSONValue, schema: ClassSchema) -> Column | None:
    if not is_object(value) or len(value) != 1:
        return None
    ((name, operand),) = value.items()
    if name == "$count":
        return Column("count(*)", _as_it_is) if operand == {} else None
    if name == "$sum" and type(operand) is int and abs(operand) < 2**31:
        return Column(f"count(*) * {operand}", _as_it_is)
    column = _field(operand, schema)
    if column is None or not isinstance(operand, str):
        return None
    type_ = schema.type_of(operand[1:])
    type_name = "Number" if type_ is not None and type_.name == "Number" else ""
    if name == "$sum" and type_name:
        # `total` cannot overflow, and no sum that a double cannot hold reaches a client.
        return Column(f"total({column.sql})", _number)
    if name == "$avg" and type_name:
        return Column(f"avg({column.sql})", _as_it_is)
    if name in _EXTREMES:
        return Column(f"{_EXTREMES[name]}({column.sql})", column.read)
    return None


def _as_it_is(value: object) -> JSONValue:
    return value  # type: ignore[return-value]  # what SQLite counts is a number


def _number(value: object) -> JSONValue:
    assert isinstance(value, float)
    return normalise_number(value)
