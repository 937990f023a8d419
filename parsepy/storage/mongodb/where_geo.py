"""Conditions on places → filters. Places are stored as `[longitude, latitude]`, shapes as GeoJSON.

Only fields that hold places and shapes by their type are asked: MongoDB would see a place in any
two numbers that happen to stand in a list.
"""

from math import cos, pi, radians, sin
from typing import Any, Final

from parsepy.protocol.field_types import GEO_POINT, POLYGON
from parsepy.query import tree
from parsepy.query.geometry import Position, bounds_of_circle, reaches_around
from parsepy.query.match_geo import circle_of
from parsepy.query.tree import Path
from parsepy.storage.mongodb.columns import Columns
from parsepy.storage.mongodb.documents import Document

MATCHES_NOTHING: Final[Document] = {"$nor": [{}]}


def in_circle(columns: Columns, where: tree.Near | tree.WithinCircle) -> Document:
    """A `Near` too: its order is what a find adds (`nearest`), and nothing else may use it."""
    center, radius = circle_of(where)
    if where.path.type == GEO_POINT and reaches_around(center, radius):
        return _measured(columns, where.path, center, radius)
    return _within(columns, where.path, {"$centerSphere": [pair(center), radius]})


def in_box(columns: Columns, where: tree.WithinBox) -> Document:
    return _within(columns, where.path, {"$box": [pair(where.corner), pair(where.opposite)]})


def in_polygon(columns: Columns, where: tree.WithinPolygon) -> Document:
    return _within(columns, where.path, {"$polygon": [pair(corner) for corner in where.corners]})


def covers(columns: Columns, where: tree.Covers) -> Document:
    point = {"type": "Point", "coordinates": pair(where.point)}
    return _of_field(columns, where.path, {"$geoIntersects": {"$geometry": point}})


def pair(position: Position) -> list[float]:
    return [position.longitude, position.latitude]


def haversine(center: Position, column: str) -> Document:
    """An expression that orders like the distance: the square of the sine of half of it."""
    latitude, longitude = ({"$degreesToRadians": _element(column, index)} for index in (1, 0))
    along = _half_sine_squared(latitude, center.latitude)
    across = _half_sine_squared(longitude, center.longitude)
    cosine = cos(radians(center.latitude))
    return {"$add": [along, {"$multiply": [cosine, {"$cos": latitude}, across]}]}


def _measured(columns: Columns, path: Path, center: Position, radius: float) -> Document:
    """A circle over a pole or the antimeridian, where MongoDB loses objects once there is a 2d
    index; what a box holds it finds with every index."""
    column = columns.of(path.key)
    boxes = [
        _within(columns, path, {"$box": [[part.west, part.south], [part.east, part.north]]})
        for part in bounds_of_circle(center, radius)
    ]
    possible: Document = {"$or": boxes}
    if path.nested or radius >= pi:
        return possible
    measured = {"$lte": [haversine(center, column), sin(radius / 2) ** 2]}
    return {"$and": [possible, {"$expr": measured}]}


def _element(column: str, index: int) -> Document:
    return {"$arrayElemAt": [f"${column}", index]}


def _half_sine_squared(angle: Document, degrees: float) -> Document:
    difference = {"$subtract": [angle, radians(degrees)]}
    return {"$pow": [{"$sin": {"$divide": [difference, 2]}}, 2]}


def _within(columns: Columns, path: Path, shape: dict[str, Any]) -> Document:
    return _of_field(columns, path, {"$geoWithin": shape})


def _of_field(columns: Columns, path: Path, condition: Document) -> Document:
    if path.nested or path.type not in (GEO_POINT, POLYGON):
        return dict(MATCHES_NOTHING)
    return {columns.of(path.key): condition}
