"""Constraints on places: `$nearSphere`, `$within`, `$geoWithin`, `$geoIntersects`.

Where the reference fails inside (a place that is not on earth, a distance that is no number), a
query is refused with 102, or 107 when its shape is at fault.
"""

from collections.abc import Callable
from typing import Final, cast

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.protocol import values
from parsepy.protocol.field_types import GEO_POINT, is_number, is_typed
from parsepy.query import tree
from parsepy.query.geometry import (
    EARTH_IN_KILOMETRES,
    EARTH_IN_MILES,
    Position,
    is_on_earth,
    position_at,
)
from parsepy.query.tree import Path, Where
from parsepy.types import JSONObject, JSONValue

# Where several are given, parse-server takes the first of these.
_RADIANS_PER_UNIT: Final = {
    "$maxDistance": 1,
    "$maxDistanceInKilometers": EARTH_IN_KILOMETRES,
    "$maxDistanceInMiles": EARTH_IN_MILES,
    "$maxDistanceInRadians": 1,
}
_WITHIN: Final = "bad $geoWithin value"


def near(path: Path, constraint: JSONObject) -> Where:
    point = _coordinates(constraint["$nearSphere"])
    if point is None:
        raise errors.invalid_query("$nearSphere value must be a GeoPoint")
    return tree.Near(path, _on_earth(point), _max_distance(constraint))


def within(path: Path, constraint: JSONObject) -> Where:
    value = constraint["$within"]
    corners = value.get("$box") if isinstance(value, dict) else None
    if not isinstance(corners, list) or len(corners) != 2:
        raise errors.invalid_json("malformatted $within arg")
    corner, opposite = map(_coordinates, corners)
    if corner is None or opposite is None:
        raise errors.invalid_json("malformatted $within arg")
    return tree.WithinBox(path, corner, opposite)


def geo_within(path: Path, constraint: JSONObject) -> Where:
    value = constraint["$geoWithin"]
    if isinstance(value, dict) and "$polygon" in value:
        return tree.WithinPolygon(path, _corners(value["$polygon"]))
    if isinstance(value, dict) and "$centerSphere" in value:
        return _circle(path, value["$centerSphere"])
    raise errors.invalid_json(_WITHIN)


def geo_intersects(path: Path, constraint: JSONObject) -> Where:
    value = constraint["$geoIntersects"]
    given = value.get("$point") if isinstance(value, dict) else None
    point = _coordinates(given) if is_typed(given, "GeoPoint") else None
    if point is None:
        raise errors.invalid_json("bad $geoIntersect value; $point should be GeoPoint")
    point = _on_earth(point)
    if path.type == GEO_POINT and not path.nested:
        # A point meets those that are equal to it.
        return tree.Equal(path, values.clean(given))
    return tree.Covers(path, point)


def _without_near(key: str) -> Callable[[Path, JSONObject], Where]:
    def refuse(_path: Path, _constraint: JSONObject) -> Where:
        raise errors.invalid_query(f"{key} needs a $nearSphere")

    return refuse


DISTANCES: Final = {key: _without_near(key) for key in _RADIANS_PER_UNIT}
"""The companions of `$nearSphere`, standing alone."""


def _max_distance(constraint: JSONObject) -> float | None:
    for key, radius in _RADIANS_PER_UNIT.items():
        if key in constraint:
            distance = _number(constraint[key])
            if distance is None or distance < 0:
                raise errors.invalid_query(f"{key} value must be a number that is not negative")
            return distance / radius
    return None


def _corners(polygon: JSONValue) -> tuple[Position, ...]:
    if isinstance(polygon, dict) and polygon.get("__type") == "Polygon":
        # Here, unlike in a stored Polygon, the longitude comes first.
        corners = polygon.get("coordinates")
        if not isinstance(corners, list) or len(corners) < 3:
            raise _bad_within("Polygon.coordinates should contain at least 3 lon/lat pairs")
    elif isinstance(polygon, list):
        corners = polygon
        if len(corners) < 3:
            raise _bad_within("$polygon should contain at least 3 GeoPoints")
    else:
        raise _bad_within("$polygon should be Polygon object or Array of Parse.GeoPoint's")
    return tuple(map(_corner, corners))


def _corner(value: JSONValue) -> Position:
    position = _pair_or_point(value)
    if position is None:
        raise errors.invalid_json(_WITHIN)
    return _on_earth(position)


def _circle(path: Path, value: JSONValue) -> Where:
    if not isinstance(value, list) or len(value) < 2:
        raise _bad_within("$centerSphere should be an array of Parse.GeoPoint and distance")
    center = _pair_or_point(value[0])
    if center is None:
        raise _bad_within("$centerSphere geo point invalid")
    radius = _number(value[1])
    if radius is None or radius < 0:
        raise _bad_within("$centerSphere distance invalid")
    return tree.WithinCircle(path, _on_earth(center), radius)


def _pair_or_point(value: JSONValue) -> Position | None:
    """A GeoPoint, or a longitude and a latitude."""
    if isinstance(value, list):
        if len(value) != 2:
            return None
        longitude, latitude = value
        return position_at(latitude, longitude)
    return _coordinates(value) if is_typed(value, "GeoPoint") else None


def _coordinates(value: JSONValue) -> Position | None:
    if not isinstance(value, dict):
        return None
    return position_at(value.get("latitude"), value.get("longitude"))


def _number(value: JSONValue) -> float | None:
    return float(cast("float", value)) if is_number(value) else None


def _on_earth(position: Position) -> Position:
    if not is_on_earth(position.latitude, position.longitude):
        raise errors.invalid_query(
            "A GeoPoint's latitude lies between -90 and 90, its longitude between -180 and 180"
        )
    return position


def _bad_within(reason: str) -> ParseError:
    return errors.invalid_json(f"{_WITHIN}; {reason}")
