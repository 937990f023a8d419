"""Positions, circles, boxes and polygons of queries, with MongoDB's meaning. Pure.

Distances are angles at the centre of the earth, in radians. Circles are drawn on the sphere and
reach across the poles and the antimeridian. Boxes and polygons are drawn flat, on the plane of
degrees, and end at ±180. Edges belong to circles and boxes; of a polygon's edges those that run
along a parallel or a meridian, its corners, and else its eastern ones.
"""

from collections.abc import Callable, Sequence
from math import asin, cos, degrees, pi, radians, sin, sqrt
from typing import Final, TypeAlias, cast

from msgspec import Struct

from parsepy.protocol.field_types import is_number
from parsepy.types import JSONValue

EARTH_IN_MILES: Final = 3959
EARTH_IN_KILOMETRES: Final = 6371
"""The radii by which parse-server turns distances into radians."""

_SLACK: Final = 1e-9
"""Degrees by which bounds are drawn too wide: rounding must not cut off what is exactly on them."""


class Position(Struct, frozen=True):
    """In degrees."""

    latitude: float
    longitude: float


class Bounds(Struct, frozen=True):
    """Between two meridians and two parallels; `east` may exceed 180, past the antimeridian."""

    west: float
    east: float
    south: float
    north: float


EVERYWHERE: Final = Bounds(-180.0, 180.0, -90.0, 90.0)

Inside: TypeAlias = Callable[[float, float], bool]
"""Whether a latitude and a longitude are inside."""
Distance: TypeAlias = Callable[[float, float], float | None]
"""The way to a latitude and a longitude; `None` when they are no place on earth."""


def is_on_earth(latitude: float, longitude: float) -> bool:
    return -90 <= latitude <= 90 and -180 <= longitude <= 180


def position_of(value: JSONValue) -> Position | None:
    """Of a stored GeoPoint, in or out of range; of anything else `None`."""
    if not isinstance(value, dict) or value.get("__type") != "GeoPoint":
        return None
    return position_at(value.get("latitude"), value.get("longitude"))


def position_at(latitude: JSONValue, longitude: JSONValue) -> Position | None:
    """`None` unless both are numbers."""
    if not is_number(latitude) or not is_number(longitude):
        return None
    return Position(float(cast("float", latitude)), float(cast("float", longitude)))


def distance_from(center: Position) -> Distance:
    from_latitude, from_longitude = radians(center.latitude), radians(center.longitude)
    from_cosine = cos(from_latitude)

    def distance(latitude: float, longitude: float) -> float | None:
        if not is_on_earth(latitude, longitude):
            return None
        to_latitude = radians(latitude)
        # The haversine: exact for near points too, where the cosine is not.
        haversine = (
            sin((to_latitude - from_latitude) / 2) ** 2
            + from_cosine * cos(to_latitude) * sin((radians(longitude) - from_longitude) / 2) ** 2
        )
        return 2 * asin(min(1.0, sqrt(haversine)))

    return distance


def in_circle(center: Position, radius: float) -> Inside:
    measure = distance_from(center)

    def inside(latitude: float, longitude: float) -> bool:
        distance = measure(latitude, longitude)
        return distance is not None and distance <= radius

    return inside


def in_box(corner: Position, opposite: Position) -> Inside:
    bounds = bounds_of_box(corner, opposite)

    def inside(latitude: float, longitude: float) -> bool:
        return bounds.south <= latitude <= bounds.north and bounds.west <= longitude <= bounds.east

    return inside


def in_polygon(corners: Sequence[Position]) -> Inside:
    """By the number of edges to the east; crossing edges cut out what they wind around twice."""
    edges = tuple(zip(corners, (*corners[1:], corners[0]), strict=True))

    def inside(latitude: float, longitude: float) -> bool:
        crossings = 0
        for start, end in edges:
            if _is_on_straight_edge(latitude, longitude, start, end):
                return True
            crossings += _lies_to_the_east(latitude, longitude, start, end)
        return crossings % 2 == 1

    return inside


def bounds_of_box(corner: Position, opposite: Position) -> Bounds:
    """Any two opposite corners make the same box."""
    south, north = sorted((corner.latitude, opposite.latitude))
    west, east = sorted((corner.longitude, opposite.longitude))
    return Bounds(west, east, south, north)


def bounds_of_polygon(corners: Sequence[Position]) -> Bounds:
    latitudes = [corner.latitude for corner in corners]
    longitudes = [corner.longitude for corner in corners]
    return Bounds(min(longitudes), max(longitudes), min(latitudes), max(latitudes))


def bounds_of_circle(center: Position, radius: float) -> tuple[Bounds, ...]:
    """What the circle may reach: one part, or two that meet at the antimeridian."""
    south = center.latitude - degrees(min(radius, pi)) - _SLACK
    north = center.latitude + degrees(min(radius, pi)) + _SLACK
    if south <= -90 or north >= 90:
        # A pole is inside, and so is every meridian.
        return (Bounds(-180.0, 180.0, max(south, -90.0), min(north, 90.0)),)
    ratio = sin(radius) / cos(radians(center.latitude))
    half_width = degrees(asin(min(1.0, ratio))) + _SLACK
    west, east = center.longitude - half_width, center.longitude + half_width
    if west < -180:
        return Bounds(west + 360, 180.0, south, north), Bounds(-180.0, east, south, north)
    if east > 180:
        return Bounds(west, 180.0, south, north), Bounds(-180.0, east - 360, south, north)
    return (Bounds(west, east, south, north),)


def reaches_around(center: Position, radius: float) -> bool:
    """Whether the circle holds a pole or a part of the antimeridian."""
    parts = bounds_of_circle(center, radius)
    return len(parts) > 1 or parts[0].east - parts[0].west >= 360


def _is_on_straight_edge(latitude: float, longitude: float, start: Position, end: Position) -> bool:
    """On a corner, or on an edge along a parallel or a meridian."""
    if start.longitude != end.longitude and start.latitude != end.latitude:
        return (latitude, longitude) in (
            (start.latitude, start.longitude),
            (end.latitude, end.longitude),
        )
    south, north = sorted((start.latitude, end.latitude))
    west, east = sorted((start.longitude, end.longitude))
    return south <= latitude <= north and west <= longitude <= east


def _lies_to_the_east(latitude: float, longitude: float, start: Position, end: Position) -> bool:
    """Whether a ray eastwards meets the edge, of whose ends only the northern counts."""
    if not min(start.latitude, end.latitude) < latitude <= max(start.latitude, end.latitude):
        return False
    if longitude > max(start.longitude, end.longitude):
        return False
    rise = (latitude - start.latitude) / (end.latitude - start.latitude)
    return longitude <= rise * (end.longitude - start.longitude) + start.longitude
