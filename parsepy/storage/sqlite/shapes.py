"""Where on earth the objects of a class are: an R*Tree for each GeoPoint and each Polygon field.

Triggers on the class's table keep it, so that no write, of whatever kind, can forget it. A tree
holds bounds in 32 bits, rounded outwards: what it finds has still to be tested. Of GeoPoints it
has the exact place beside the bounds; places that are not on earth are not in it.
"""

from collections.abc import Mapping
from typing import Final

import apsw

from parsepy.protocol.field_types import GEO_POINT, POLYGON, FieldType
from parsepy.schema.classes import Field
from parsepy.storage.sqlite import definitions, names
from parsepy.storage.sqlite.errors import table_missing
from parsepy.storage.sqlite.shape_functions import BOUNDS

_EVENTS: Final = {"insert": "INSERT", "update": "UPDATE OF data", "delete": "DELETE"}
_ENDING: Final = "@shapes"
"""No index of the schema API comes to such a name: theirs end in a mask of digits."""


def table(class_name: str, field: str) -> str:
    """The quoted name of the tree of a field."""
    return names.quoted(_name(class_name, field))


def ensure_all(connection: apsw.Connection) -> None:
    """Makes and fills the trees that a file of an earlier layout lacks."""
    found = connection.execute(f"SELECT className FROM {names.SCHEMA_TABLE}").fetchall()
    for (class_name,) in found:
        ensure_class(connection, str(class_name))


def ensure_class(connection: apsw.Connection, class_name: str) -> None:
    """Makes the trees that the schema entry asks for and that are not there."""
    rows = connection.execute(
        f"SELECT definition FROM {names.SCHEMA_TABLE} WHERE className = ?", (class_name,)
    ).fetchall()
    for (text,) in rows:
        ensure(connection, class_name, definitions.load(class_name, str(text)).fields)


def ensure(connection: apsw.Connection, class_name: str, fields: Mapping[str, Field]) -> None:
    """Does nothing when the class has no table yet: with the table its trees are made."""
    placed = {name: field.type for name, field in fields.items() if is_placed(field.type)}
    if not placed or table_missing(connection, names.table_name(class_name)):
        return
    for name, type_ in placed.items():
        if table_missing(connection, _name(class_name, name)):
            _create(connection, class_name, name, type_)


def is_placed(type_: FieldType | None) -> bool:
    return type_ in (GEO_POINT, POLYGON)


def drop(connection: apsw.Connection, class_name: str, field: str) -> None:
    for event in _EVENTS:
        connection.execute(f"DROP TRIGGER IF EXISTS {_trigger(class_name, field, event)}")
    connection.execute(f"DROP TABLE IF EXISTS {table(class_name, field)}")


def drop_all(connection: apsw.Connection, class_name: str) -> None:
    """For a class that is dropped: its triggers go with its table."""
    prefix = f"{names.table_name(class_name)}/"
    rows = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND substr(name, 1, ?) = ?"
        " AND name LIKE ?",
        (len(prefix), prefix, f"%{_ENDING}"),
    )
    for (name,) in rows.fetchall():
        connection.execute(f"DROP TABLE {names.quoted(str(name))}")


def is_missing(error: apsw.Error) -> bool:
    """Whether a statement failed because a tree is gone: its field was deleted meanwhile."""
    message = str(error)
    return message.startswith("no such table:") and message.endswith(_ENDING)


def _create(connection: apsw.Connection, class_name: str, field: str, type_: FieldType) -> None:
    tree, objects = table(class_name, field), names.table(class_name)
    place = names.json_path(field)
    exact = ", +latitude, +longitude" if type_ == GEO_POINT else ""
    connection.execute(
        f"CREATE VIRTUAL TABLE {tree} USING rtree(id, west, east, south, north{exact})"
    )
    row_of = _point_row if type_ == GEO_POINT else _polygon_row
    connection.execute(f"INSERT INTO {tree} {row_of(objects, place)}")
    added = f"INSERT INTO {tree} {row_of('new', place)};"
    removed = f"DELETE FROM {tree} WHERE id = old.id;"
    changed = f"old.data->'{place}' IS NOT new.data->'{place}'"
    bodies = {"insert": added, "update": removed + added, "delete": removed}
    for event, when in _EVENTS.items():
        guard = f" WHEN {changed}" if event == "update" else ""
        connection.execute(
            f"CREATE TRIGGER {_trigger(class_name, field, event)} AFTER {when} ON {objects}{guard}"
            f" BEGIN {bodies[event]} END"
        )


def _point_row(source: str, place: str) -> str:
    """`source` is the table, or the row of a trigger."""
    latitude = f"{source}.data->>'{place}.\"latitude\"'"
    longitude = f"{source}.data->>'{place}.\"longitude\"'"
    return (
        f"SELECT {source}.id, {longitude}, {longitude}, {latitude}, {latitude},"
        f" {latitude}, {longitude}{_from(source)}"
        f" WHERE {latitude} BETWEEN -90 AND 90 AND {longitude} BETWEEN -180 AND 180"
    )


def _polygon_row(source: str, place: str) -> str:
    # The function keeps its last results: it is called four times for each row.
    found = f"{BOUNDS}({source}.data->'{place}')"
    edges = ", ".join(f"{found}->>{index}" for index in range(4))
    return f"SELECT {source}.id, {edges}{_from(source)} WHERE {found} IS NOT NULL"


def _from(source: str) -> str:
    return "" if source == "new" else f" FROM {source}"


def _name(class_name: str, field: str) -> str:
    return names.index_name(class_name, field) + _ENDING


def _trigger(class_name: str, field: str, event: str) -> str:
    return names.quoted(f"{_name(class_name, field)}/{event}")
