"""Places, circles, boxes and flat polygons."""

from math import degrees, pi, radians

import pytest

from parsepy.query.geometry import (
    EARTH_IN_KILOMETRES,
    Bounds,
    Position,
    bounds_of_circle,
    distance_from,
    in_box,
    in_circle,
    in_polygon,
    position_of,
    reaches_around,
)
from parsepy.types import JSONValue

BERLIN, PARIS = Position(52.52, 13.405), Position(48.8566, 2.3522)
SQUARE = (Position(0, 0), Position(0, 10), Position(10, 10), Position(10, 0))
ARROW = (Position(0, 0), Position(10, 10), Position(0, 20))


@pytest.mark.parametrize(
    ("start", "end", "kilometres"),
    [
        (BERLIN, PARIS, 877.5),
        (BERLIN, BERLIN, 0),
        (Position(0, 179), Position(0, -179), 222.4),
        (Position(89, 0), Position(89, 180), 222.4),
        (Position(90, 0), Position(-90, 77), pi * EARTH_IN_KILOMETRES),
        (Position(0, 0), Position(0, 180), pi * EARTH_IN_KILOMETRES),
    ],
)
def test_distances_are_those_on_a_sphere(start: Position, end: Position, kilometres: float) -> None:
    found = distance_from(start)(end.latitude, end.longitude)
    assert found is not None
    assert found * EARTH_IN_KILOMETRES == pytest.approx(kilometres, abs=0.1)


@pytest.mark.parametrize(("latitude", "longitude"), [(90.1, 0), (-91, 0), (0, 180.5), (0, -1e300)])
def test_what_is_not_on_earth_has_no_distance(latitude: float, longitude: float) -> None:
    assert distance_from(BERLIN)(latitude, longitude) is None
    assert not in_circle(BERLIN, 10)(latitude, longitude)


def test_a_circle_of_no_radius_holds_its_centre() -> None:
    assert in_circle(BERLIN, 0)(BERLIN.latitude, BERLIN.longitude)
    assert not in_circle(BERLIN, 0)(BERLIN.latitude, BERLIN.longitude + 1e-9)


def test_a_circle_reaches_across_the_antimeridian_and_the_pole() -> None:
    assert in_circle(Position(0, 179.5), radians(1.1))(0, -179.5)
    assert in_circle(Position(89, 0), radians(2.1))(89, 180)
    assert not in_circle(Position(89, 0), radians(1.9))(89, 180)


@pytest.mark.parametrize("corners", [(0, 2), (2, 0), (1, 3), (3, 1)])
def test_any_opposite_corners_make_a_box(corners: tuple[int, int]) -> None:
    inside = in_box(*(SQUARE[index] for index in corners))
    assert inside(5, 5)
    assert inside(0, 10)
    assert not inside(5, 10.001)
    assert not inside(-0.001, 5)


def test_a_box_ends_at_the_antimeridian() -> None:
    assert not in_box(Position(-10, 170), Position(10, -170))(0, 175)
    assert in_box(Position(-10, 170), Position(10, -170))(0, 0)


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("latitude", "longitude", "expected"),
    [
        (5, 5, True),
        (0, 0, True),
        (10, 10, True),
        (0, 5, True),
        (5, 10, True),
        (5, -0.001, False),
        (5, 10.001, False),
        (10, 11, False),
        (0, -1, False),
        (-1, 5, False),
    ],
)
def test_a_square_holds_its_edges(
    latitude: float, longitude: float, turned: bool, expected: bool
) -> None:
    corners = SQUARE[::-1] if turned else SQUARE
    assert in_polygon(corners)(latitude, longitude) is expected


def test_of_slanting_edges_the_eastern_one_belongs_to_the_polygon() -> None:
    # As MongoDB has it (observed).
    assert in_polygon(ARROW)(5, 15)
    assert not in_polygon(ARROW)(5, 5)


def test_what_is_wound_around_twice_is_outside() -> None:
    bow = (Position(0, 0), Position(10, 10), Position(0, 10), Position(10, 0))
    assert not in_polygon(bow)(2, 5)
    assert in_polygon(bow)(5, 2) is not in_polygon(bow)(8, 5)


def test_bounds_of_a_circle_hold_it() -> None:
    (bounds,) = bounds_of_circle(Position(60, 10), radians(10))
    assert bounds.south < 50 < 70 < bounds.north
    # Towards the pole a degree of longitude is less of a way.
    assert bounds.east - bounds.west > 40


def test_bounds_of_a_circle_end_at_the_antimeridian_and_go_on_behind_it() -> None:
    first, second = bounds_of_circle(Position(0, 175), radians(10))
    assert (first.west, first.east) == pytest.approx((165, 180))
    assert (second.west, second.east) == pytest.approx((-180, -175))


@pytest.mark.parametrize(
    ("center", "radius"), [(Position(85, 0), radians(6)), (Position(-90, 0), 0.1), (BERLIN, 2.0)]
)
def test_every_meridian_goes_through_a_circle_around_a_pole(
    center: Position, radius: float
) -> None:
    (bounds,) = bounds_of_circle(center, radius)
    assert (bounds.west, bounds.east) == (-180, 180)
    assert reaches_around(center, radius)


def test_an_ordinary_circle_does_not_reach_around() -> None:
    assert not reaches_around(BERLIN, 0.1)
    assert reaches_around(Position(0, 179.99), 0.1)


@pytest.mark.parametrize("radius", [0.001, 0.5, 1.0, 1.5, 2.5])
def test_bounds_reach_to_the_widest_place_of_a_circle(radius: float) -> None:
    (bounds, *_) = bounds_of_circle(Position(0, 0), radius)
    assert isinstance(bounds, Bounds)
    assert bounds.north == pytest.approx(min(90.0, degrees(radius)))


@pytest.mark.parametrize(
    "value",
    [
        None,
        5,
        [1, 2],
        {"latitude": 1, "longitude": 2},
        {"__type": "GeoPoint", "latitude": "1", "longitude": 2},
        {"__type": "GeoPoint", "latitude": True, "longitude": 2},
        {"__type": "Polygon", "coordinates": []},
    ],
)
def test_only_a_geo_point_is_a_place(value: JSONValue) -> None:
    assert position_of(value) is None
