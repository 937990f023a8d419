"""Whether the place or the shape in a field fits a condition: for the matcher, and in SQLite.

A condition is about GeoPoint and Polygon fields; elsewhere no value is a place.
"""

from collections.abc import Callable
from math import pi
from typing import TypeAlias, assert_never

from parsepy.query import tree
from parsepy.query.geometry import (
    Inside,
    Position,
    in_box,
    in_circle,
    in_polygon,
    position_of,
)
from parsepy.query.spherical_polygon import SphericalPolygon
from parsepy.types import JSONValue

GeoNode: TypeAlias = (
    tree.Near | tree.WithinCircle | tree.WithinBox | tree.WithinPolygon | tree.Covers
)
FieldTest: TypeAlias = Callable[[JSONValue], bool]
"""Whether the value of a field, in its REST form, fits."""


def test_of(where: GeoNode) -> FieldTest:
    place, shape = place_test(where), _shape_test(where)

    def fits(value: JSONValue) -> bool:
        position = position_of(value)
        if position is not None:
            return place is not None and place(position.latitude, position.longitude)
        polygon = None if shape is None else SphericalPolygon.of(value)
        return shape is not None and polygon is not None and shape(polygon)

    return fits


def circle_of(where: tree.Near | tree.WithinCircle) -> tuple[Position, float]:
    if isinstance(where, tree.WithinCircle):
        return where.center, where.radius
    return where.point, pi if where.max_distance is None else where.max_distance


def place_test(where: GeoNode) -> Inside | None:
    """What the condition says of a GeoPoint; `None` when it holds for none."""
    match where:
        case tree.Near() | tree.WithinCircle():
            return in_circle(*circle_of(where))
        case tree.WithinBox():
            return in_box(where.corner, where.opposite)
        case tree.WithinPolygon():
            return in_polygon(where.corners)
        case tree.Covers():
            return None
        case _:
            assert_never(where)


def _shape_test(where: GeoNode) -> Callable[[SphericalPolygon], bool] | None:
    match where:
        case tree.Covers(_, point):
            return lambda polygon: polygon.contains(point)
        case tree.Near(_, point):
            _, reach = circle_of(where)
            return lambda polygon: polygon.distance(point) <= reach
        case tree.WithinCircle(_, center, radius):
            return lambda polygon: polygon.is_within(center, radius)
        case _:
            return None
