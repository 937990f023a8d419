"""Polygons of Polygon fields: their edges are the shortest ways on the sphere. Pure.

A closed line has two sides; the inside is the smaller one, whichever way round the corners are
given. So a Polygon may lie across the antimeridian or around a pole.
"""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import groupby, pairwise
from math import acos, asin, atan2, cos, degrees, hypot, pi, radians, sin
from typing import Final, TypeAlias, cast

from parsepy.protocol.field_types import is_typed
from parsepy.query.geometry import EVERYWHERE, Bounds, Position
from parsepy.types import JSONObject, JSONValue

Vector: TypeAlias = tuple[float, float, float]

_NO_AREA: Final = 1e-14
_ON_EDGE: Final = 1e-14
"""Radians: what rounding may move a position off an edge that it is on."""
_SLACK: Final = 1e-9
_NEAR_POLE: Final = 89.99
_FEWEST_CORNERS: Final = 3

_NORTH_POLE: Final = Position(90.0, 0.0)
_SOUTH_POLE: Final = Position(-90.0, 0.0)


class SphericalPolygon:
    """A closed line through at least three different corners."""

    def __init__(self, corners: Sequence[Position]) -> None:
        self.corners: Final = _without_repetition(corners)
        self._points: Final = [vector(corner) for corner in self.corners]

    @classmethod
    def of(cls, value: JSONValue) -> "SphericalPolygon | None":
        """Of a stored Polygon; of anything else `None`."""
        if not is_typed(value, "Polygon"):
            return None
        try:
            polygon = cls(_corners_of(cast("JSONObject", value)))
        except (KeyError, TypeError, ValueError):
            # What another program stored need not be a polygon.
            return None
        return polygon if len(polygon.corners) >= _FEWEST_CORNERS else None

    @cached_property
    def edges(self) -> list[tuple[Vector, Vector]]:
        return list(zip(self._points, self._points[1:] + self._points[:1], strict=True))

    def contains(self, position: Position) -> bool:
        """Edges belong to the inside."""
        point = vector(position)
        if any(_is_on_edge(point, start, end) for start, end in self.edges):
            return True
        if self._is_flat:
            return False
        return self._is_left(point) == self._inside_is_left

    def distance(self, position: Position) -> float:
        """Radians to the nearest edge; 0 inside."""
        if self.contains(position):
            return 0.0
        point = vector(position)
        return min(_distance_to_edge(point, start, end) for start, end in self.edges)

    def is_within(self, center: Position, radius: float) -> bool:
        """Whether the whole polygon lies in a circle."""
        if radius >= pi:
            return True
        middle = vector(center)
        if radius <= pi / 2:
            # Such a circle is convex: it holds the edges of the corners that it holds.
            return all(angle(middle, point) <= radius for point in self._points)
        opposite = scaled(middle, -1.0)
        outside = pi - radius
        if any(_distance_to_edge(opposite, start, end) < outside for start, end in self.edges):
            return False
        return self._is_flat or self._is_left(opposite) != self._inside_is_left

    def bounds(self) -> Bounds:
        """What it may reach; `east` exceeds 180 when it lies across the antimeridian."""
        if any(abs(corner.latitude) > _NEAR_POLE for corner in self.corners):
            return EVERYWHERE
        if self.contains(_NORTH_POLE) or self.contains(_SOUTH_POLE):
            return EVERYWHERE
        longitude = west = east = self.corners[0].longitude
        for corner in self.corners[1:]:
            longitude += _turn(corner.longitude - longitude)
            west, east = min(west, longitude), max(east, longitude)
        latitudes = [latitude for edge in self.edges for latitude in _latitudes_of(*edge)]
        if west < -180:
            west, east = west + 360, east + 360
        return Bounds(
            west - _SLACK, east + _SLACK, min(latitudes) - _SLACK, max(latitudes) + _SLACK
        )

    @property
    def _inside_is_left(self) -> bool:
        return self._area_to_the_left % (4 * pi) <= 2 * pi

    @property
    def _is_flat(self) -> bool:
        """Whether it goes back the way it came, and so has no inside."""
        return abs(self._area_to_the_left) < _NO_AREA

    @cached_property
    def _area_to_the_left(self) -> float:
        """Up to whole spheres."""
        first, *others = self._points
        return sum(_area(first, second, third) for second, third in pairwise(others))

    def _is_left(self, point: Vector) -> bool:
        """On which side of the line: by the edges between the point and the middle of one edge."""
        normals = [cross(start, end) for start, end in self.edges]
        sines = [dot(normal, point) / (length(normal) or 1.0) for normal in normals]
        chosen = max(range(len(sines)), key=lambda index: abs(sines[index]))
        start, end = self.edges[chosen]
        goal = unit((start[0] + end[0], start[1] + end[1], start[2] + end[2]))
        way = cross(point, goal)
        crossings = sum(
            _crosses(way, point, goal, *edge, normal)
            for index, (edge, normal) in enumerate(zip(self.edges, normals, strict=True))
            if index != chosen
        )
        return (sines[chosen] > 0) == (crossings % 2 == 0)


def _corners_of(polygon: JSONObject) -> list[Position]:
    pairs = cast("list[list[float]]", polygon["coordinates"])
    return [Position(float(latitude), float(longitude)) for latitude, longitude in pairs]


def _without_repetition(corners: Sequence[Position]) -> list[Position]:
    """Each corner once; the last, which closes the line, is the first."""
    kept = [corner for corner, _ in groupby(corners)]
    return kept[:-1] if len(kept) > 1 and kept[0] == kept[-1] else kept


def vector(position: Position) -> Vector:
    latitude, longitude = radians(position.latitude), radians(position.longitude)
    return cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude)


def dot(a: Vector, b: Vector) -> float:
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vector, b: Vector) -> Vector:
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]


def scaled(a: Vector, factor: float) -> Vector:
    return a[0] * factor, a[1] * factor, a[2] * factor


def length(a: Vector) -> float:
    return hypot(*a)


def unit(a: Vector) -> Vector:
    return scaled(a, 1 / (length(a) or 1.0))


def angle(a: Vector, b: Vector) -> float:
    return atan2(length(cross(a, b)), dot(a, b))


def _area(a: Vector, b: Vector, c: Vector) -> float:
    """Of a triangle, in steradians; positive when its corners go round to the left."""
    return 2 * atan2(dot(a, cross(b, c)), 1 + dot(a, b) + dot(b, c) + dot(c, a))


def _is_on_edge(point: Vector, start: Vector, end: Vector) -> bool:
    return _distance_to_edge(point, start, end) <= _ON_EDGE


def _distance_to_edge(point: Vector, start: Vector, end: Vector) -> float:
    normal = unit(cross(start, end))
    foot_between = dot(cross(normal, start), point) > 0 and dot(cross(end, normal), point) > 0
    if foot_between:
        return abs(asin(max(-1.0, min(1.0, dot(normal, point)))))
    return min(angle(point, start), angle(point, end))


def _crosses(
    way: Vector, point: Vector, goal: Vector, start: Vector, end: Vector, normal: Vector
) -> bool:
    """Whether an edge crosses the shortest way from `point` to `goal`.

    An end that is exactly on the great circle of the way counts as left of it: then a way through
    a corner crosses both or none of its edges, or one where it changes sides.
    """
    start_is_left, end_is_left = dot(way, start) >= 0, dot(way, end) >= 0
    if start_is_left == end_is_left:
        return False
    crossing = cross(way, normal)
    # The two great circles meet twice: here the meeting on the edge is taken.
    if dot(crossing, start) + dot(crossing, end) < 0:
        crossing = scaled(crossing, -1.0)
    return dot(cross(way, point), crossing) > 0 and dot(cross(goal, way), crossing) > 0


def _turn(difference: float) -> float:
    """A difference of longitudes, the short way round."""
    return (difference + 180) % 360 - 180


def _latitudes_of(start: Vector, end: Vector) -> Iterator[float]:
    """The latitudes of the ends, and of where the edge is nearest to a pole."""
    yield degrees(asin(max(-1.0, min(1.0, start[2]))))
    normal = unit(cross(start, end))
    northwards_at_start = cross(normal, start)[2] > 0
    northwards_at_end = cross(normal, end)[2] > 0
    if northwards_at_start != northwards_at_end:
        highest = degrees(acos(min(1.0, abs(normal[2]))))
        yield highest if northwards_at_start else -highest
