"""Hypothesis strategies: places, shapes, and the conditions upon them.

Poles, the antimeridian and round numbers come often. Of other numbers a few decimals are kept: a
place that is a hair's breadth from an edge is on either side of it, with each store's own rounding.
"""

from collections.abc import Callable, Mapping
from math import asin, atan2, cos, degrees, radians, sin
from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from parsepy.query.geometry import EARTH_IN_KILOMETRES, EARTH_IN_MILES, Position
from parsepy.types import JSONObject, JSONValue, ParseObject
from tests.query.samples import EARLY, LATE


def geo_point(latitude: float, longitude: float) -> JSONObject:
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


def polygon(*corners: tuple[float, float]) -> JSONObject:
    closed = [list(corner) for corner in (*corners, corners[0])]
    return {"__type": "Polygon", "coordinates": cast("JSONValue", closed)}


def _degrees(limit: int) -> SearchStrategy[float]:
    near_the_end = st.integers(0, 300).map(lambda tenths: limit - tenths / 10 - 0.0137)
    return st.one_of(
        st.sampled_from([0.0, float(limit), -float(limit), limit - 0.1, 0.1 - limit]),
        st.integers(-(limit // 10), limit // 10).map(lambda tens: tens * 10.0),
        st.integers(-limit * 1000, limit * 1000).map(lambda thousandths: thousandths / 1000),
        near_the_end,
        near_the_end.map(float.__neg__),
    )


positions: SearchStrategy[Position] = st.builds(Position, _degrees(90), _degrees(180))
_centers = st.builds(Position, _degrees(89), _degrees(180))
_crowd: SearchStrategy[Position] = st.sampled_from(
    [Position(0.0, 0.0), Position(0.0, 1e-3), Position(10.0, 10.0), Position(0.0, 180.0)]
)
points: SearchStrategy[JSONObject] = st.one_of(positions, positions, _crowd).map(
    lambda place: geo_point(place.latitude, place.longitude)
)
_beyond: SearchStrategy[JSONObject] = st.sampled_from(
    [geo_point(91, 10), geo_point(10, 200), geo_point(-300, -181), geo_point(1e300, 5)]
)
_points_and_beyond = st.one_of(points, points, points, _beyond)


@st.composite
def areas(draw: DrawFn) -> JSONObject:
    """A line around a centre, whose corners are at various distances from it.

    No two of them lie in opposite directions: edges that run back along one another do not cross,
    or do, by what a store makes of the last bit.
    """
    center = draw(_centers)
    size = draw(st.floats(0.05, 1.4))
    turns = sorted(draw(st.sets(st.integers(0, 59), min_size=3, max_size=8)))
    if draw(st.booleans()):
        turns.reverse()
    reaches = [size * draw(st.floats(0.5, 1.0)) for _ in turns]
    corners = [
        _away(center, turn * 0.1 + turn**2 * 7e-5, reach)
        for turn, reach in zip(turns, reaches, strict=True)
    ]
    return polygon(*corners)


def _away(center: Position, direction: float, distance: float) -> tuple[float, float]:
    from_latitude, from_longitude = radians(center.latitude), radians(center.longitude)
    sine = sin(from_latitude) * cos(distance)
    sine += cos(from_latitude) * sin(distance) * cos(direction)
    latitude = asin(max(-1.0, min(1.0, sine)))
    longitude = from_longitude + atan2(
        sin(direction) * sin(distance) * cos(from_latitude),
        cos(distance) - sin(from_latitude) * sin(latitude),
    )
    return round(degrees(latitude), 5), round((degrees(longitude) + 540) % 360 - 180, 5)


def _objects(fields: list[JSONObject]) -> list[ParseObject]:
    common: JSONObject = {"createdAt": EARLY, "updatedAt": LATE}
    return [{"objectId": f"id{n}", **common, **given} for n, given in enumerate(fields)]


_numbers: SearchStrategy[JSONValue] = st.sampled_from([0, 1])
_nothing: SearchStrategy[JSONValue] = st.none()


def _placed(places: SearchStrategy[JSONObject]) -> SearchStrategy[list[ParseObject]]:
    place = cast("SearchStrategy[JSONValue]", places) | _nothing
    one = st.fixed_dictionaries({"number": _numbers}, optional={"place": place})
    return st.lists(one, min_size=1, max_size=30).map(_objects)


placed_objects = _placed(points)
"""Objects with a place each, or without."""
OFF_EARTH: ParseObject = {
    "objectId": "off",
    "createdAt": EARLY,
    "updatedAt": LATE,
    "number": 1,
    "place": geo_point(91, 200),
}
strayed_objects: SearchStrategy[list[ParseObject]] = _placed(_points_and_beyond).map(
    lambda documents: [*documents, OFF_EARTH]
)
"""The same, where some places are not on earth: MongoDB cannot index them."""


def shaped_objects(
    is_taken: Callable[[JSONObject], bool],
) -> SearchStrategy[list[ParseObject]]:
    shapes = cast("SearchStrategy[JSONValue]", areas().filter(is_taken))
    one = st.fixed_dictionaries({"number": _numbers}, optional={"area": shapes | _nothing})
    return st.lists(one, min_size=1, max_size=6).map(_objects)


_radii: SearchStrategy[JSONValue] = st.one_of(
    st.floats(0.0001, 3.1), st.sampled_from([0, 0.0123, 3.2, 100])
)
_distances: Mapping[str, float] = {
    "$maxDistance": 1,
    "$maxDistanceInRadians": 1,
    "$maxDistanceInMiles": EARTH_IN_MILES,
    "$maxDistanceInKilometers": EARTH_IN_KILOMETRES,
}


@st.composite
def nears(draw: DrawFn) -> JSONObject:
    asked: JSONObject = {"$nearSphere": draw(points)}
    unit = draw(st.sampled_from(["", *_distances]))
    if unit:
        asked[unit] = draw(st.floats(0.0001, 3.1)) * _distances[unit]
    return asked


@st.composite
def circles(draw: DrawFn) -> JSONObject:
    center = draw(points)
    pair: JSONValue = [center["longitude"], center["latitude"]]
    return {"$geoWithin": {"$centerSphere": [draw(st.sampled_from([center, pair])), draw(_radii)]}}


boxes: SearchStrategy[JSONObject] = st.lists(_points_and_beyond, min_size=2, max_size=2).map(
    lambda corners: {"$within": {"$box": cast("JSONValue", corners)}}
)
flat_polygons: SearchStrategy[JSONObject] = st.lists(points, min_size=3, max_size=7).map(
    lambda corners: {"$geoWithin": {"$polygon": cast("JSONValue", corners)}}
)
covering: SearchStrategy[JSONObject] = points.map(
    lambda point: {"$geoIntersects": {"$point": point}}
)
place_conditions: SearchStrategy[JSONObject] = st.one_of(
    circles(), boxes, flat_polygons, points.map(lambda point: {"$geoIntersects": {"$point": point}})
)
shape_conditions: SearchStrategy[JSONObject] = st.one_of(
    covering, covering, circles(), boxes, flat_polygons
)


def combined(field: str, conditions: SearchStrategy[JSONObject]) -> SearchStrategy[JSONObject]:
    """The conditions alone, negated, and beside others."""
    one = conditions.map(lambda condition: cast("JSONObject", {field: condition}))
    several = st.lists(
        one | st.just(cast("JSONObject", {"number": 1})), min_size=1, max_size=3
    ).map(lambda parts: cast("JSONValue", parts))
    logical = st.builds(
        lambda name, parts: cast("JSONObject", {name: parts}),
        st.sampled_from(["$or", "$and", "$nor"]),
        several,
    )
    return one | one | logical
