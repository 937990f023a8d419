"""Conditions on places: the R*Tree says which rows may fit, the geometry which of them do."""

from collections.abc import Sequence
from typing import Final

import apsw
import orjson

from parsepy.protocol.field_types import GEO_POINT
from parsepy.query import tree
from parsepy.query.geometry import (
    EVERYWHERE,
    Bounds,
    Position,
    bounds_of_box,
    bounds_of_circle,
    bounds_of_polygon,
)
from parsepy.query.match_geo import FieldTest, GeoNode, circle_of, place_test, test_of
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite import names, shapes
from parsepy.storage.sqlite.conditions import NEVER, Condition
from parsepy.storage.sqlite.functions import MATCHES, Predicate
from parsepy.storage.sqlite.shape_functions import AT_PLACE

_MEETS: Final = "west <= ? AND east >= ? AND south <= ? AND north >= ?"


def compile_geo(where: GeoNode, schema: ClassSchema) -> Condition:
    """The condition that holds for exactly the objects that fit."""
    path = where.path
    type_ = schema.type_of(path.key)
    if path.nested or not shapes.is_placed(type_):
        return NEVER
    if type_ == GEO_POINT:
        return _of_point(where, schema.name)
    if isinstance(where, tree.Covers):
        position = where.point
        possible = _in_tree(schema.name, path.key, _points(position))
        exact = _in_field(path.key, test_of(where))
        return Condition(f"{possible.sql} AND {exact.sql}", possible.parameters + exact.parameters)
    return _in_field(path.key, test_of(where)) if _is_about_polygons(where) else NEVER


def meeting(bounds: Bounds) -> Condition:
    """The rows of a tree that may lie within `bounds`."""
    return Condition(_MEETS, (bounds.east, bounds.west, bounds.north, bounds.south))


def _of_point(where: GeoNode, class_name: str) -> Condition:
    fits = place_test(where)
    if fits is None:
        return NEVER
    bounds = _bounds(where)
    if not all(map(_is_on_earth, bounds)):
        # What lies beyond ±180 degrees is in no tree.
        return _in_field(where.path.key, test_of(where))
    exact = f"{AT_PLACE}(?, latitude, longitude)"
    return _in_tree(class_name, where.path.key, bounds, Condition(exact, (apsw.pyobject(fits),)))


def _bounds(where: GeoNode) -> tuple[Bounds, ...]:
    match where:
        case tree.WithinBox():
            return (bounds_of_box(where.corner, where.opposite),)
        case tree.WithinPolygon():
            return (bounds_of_polygon(where.corners),)
        case tree.Near() | tree.WithinCircle():
            return bounds_of_circle(*circle_of(where))
        case _:
            return (EVERYWHERE,)


def _points(position: Position) -> tuple[Bounds, ...]:
    """The position, and as it is counted past the antimeridian."""
    latitude, longitude = position.latitude, position.longitude
    return tuple(Bounds(at, at, latitude, latitude) for at in (longitude, longitude + 360))


def _in_tree(
    class_name: str, field: str, bounds: Sequence[Bounds], exact: Condition | None = None
) -> Condition:
    """Rows are named by the tree, so that the tree may lead the search; each part is searched."""
    parts: list[Condition] = []
    for part in bounds:
        possible = meeting(part)
        rest = "" if exact is None else f" AND {exact.sql}"
        sql = f"SELECT id FROM {shapes.table(class_name, field)} WHERE {possible.sql}{rest}"
        more = () if exact is None else exact.parameters
        parts.append(Condition(sql, possible.parameters + more))
    return Condition(
        f"id IN ({' UNION ALL '.join(part.sql for part in parts)})",
        tuple(parameter for part in parts for parameter in part.parameters),
    )


def _in_field(field: str, fits: FieldTest) -> Condition:
    def matches(text: str | None) -> bool:
        return text is not None and fits(orjson.loads(text))

    predicate: Predicate = matches
    sql = f"{MATCHES}(?, data->'{names.json_path(field)}')"
    return Condition(sql, (apsw.pyobject(predicate),))


def _is_about_polygons(where: GeoNode) -> bool:
    return isinstance(where, tree.Near | tree.WithinCircle)


def _is_on_earth(bounds: Bounds) -> bool:
    return (
        bounds.west >= EVERYWHERE.west
        and bounds.east <= EVERYWHERE.east
        and bounds.south >= EVERYWHERE.south
        and bounds.north <= EVERYWHERE.north
    )
