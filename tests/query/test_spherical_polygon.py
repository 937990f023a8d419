"""Polygons on the sphere, and which lines are polygons."""

from math import radians

import pytest

from parsepy.errors import ParseError
from parsepy.query.geometry import EVERYWHERE, Position
from parsepy.query.polygon_check import checked
from parsepy.query.spherical_polygon import SphericalPolygon
from parsepy.types import JSONValue
from tests.query.geo_samples import polygon

SQUARE = ((0, 0), (0, 10), (10, 10), (10, 0))
DATELINE = ((-10, 170), (-10, -170), (10, -170), (10, 170))
POLE = ((80, 0), (80, 90), (80, 180), (80, -90))
HOOK = ((0, 0), (0, 10), (10, 10), (10, 5), (5, 5), (5, 0))


def line(*corners: tuple[float, float]) -> SphericalPolygon:
    return SphericalPolygon([Position(*corner) for corner in corners])


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize(
    ("corners", "inside", "outside"),
    [
        (SQUARE, [(5, 5), (0, 0), (0, 5), (10.03, 5)], [(5, 11), (10.1, 5), (-5, -5), (0, 180)]),
        (DATELINE, [(0, 180), (0, -180), (0, 175), (5, -175)], [(0, 0), (0, 169), (20, 180)]),
        (POLE, [(90, 0), (89, 45), (85, -135)], [(79, 0), (-90, 0), (0, 0)]),
        (HOOK, [(2, 2), (8, 8), (2, 8)], [(8, 2)]),
    ],
)
def test_the_inside_is_the_smaller_side(
    corners: tuple[tuple[float, float], ...],
    inside: list[tuple[float, float]],
    outside: list[tuple[float, float]],
    turned: bool,
) -> None:
    shape = line(*(corners[::-1] if turned else corners))
    assert all(shape.contains(Position(*place)) for place in inside)
    assert not any(shape.contains(Position(*place)) for place in outside)


def test_a_repeated_last_corner_changes_nothing() -> None:
    assert line(*SQUARE, SQUARE[0]).corners == line(*SQUARE).corners


def test_a_line_that_goes_back_its_way_has_no_inside() -> None:
    flat = line((10, 20), (40, 20), (25, 20))
    assert flat.contains(Position(30, 20))
    assert not flat.contains(Position(0, 0))
    assert not flat.contains(Position(-30, -160))


@pytest.mark.parametrize(
    ("center", "radius", "expected"),
    [
        (Position(5, 5), radians(7.2), True),
        (Position(5, 5), radians(6.9), False),
        (Position(5, 5), radians(179), True),
        (Position(5, -175), radians(176), True),
        (Position(5, -175), radians(174), False),
        (Position(-5, -175), radians(179), False),
        (Position(5, -175), radians(100), False),
    ],
)
def test_within_a_circle_is_the_whole_polygon(
    center: Position, radius: float, expected: bool
) -> None:
    assert line(*SQUARE).is_within(center, radius) is expected


def test_distance_is_to_the_nearest_edge() -> None:
    square = line(*SQUARE)
    assert square.distance(Position(5, 5)) == 0
    assert square.distance(Position(-2, 5)) == pytest.approx(radians(2))
    assert square.distance(Position(0, -3)) == pytest.approx(radians(3))


def test_bounds_hold_the_bulging_edges() -> None:
    bounds = line(*SQUARE).bounds()
    assert (bounds.west, bounds.east, bounds.south) == pytest.approx((0, 10, 0), abs=1e-8)
    assert 10.03 < bounds.north < 10.05


def test_bounds_go_on_past_the_antimeridian() -> None:
    bounds = line(*DATELINE).bounds()
    assert (bounds.west, bounds.east) == pytest.approx((170, 190))
    turned = line((-10, -170), (10, -170), (10, 170), (-10, 170)).bounds()
    assert (turned.west, turned.east) == pytest.approx((170, 190))


@pytest.mark.parametrize("corners", [POLE, ((89.995, 0), (80, 0), (80, 10))])
def test_around_a_pole_the_bounds_are_the_earth(corners: tuple[tuple[float, float], ...]) -> None:
    assert line(*corners).bounds() == EVERYWHERE


@pytest.mark.parametrize(
    "value",
    [
        None,
        [[0, 0], [0, 1], [1, 1]],
        {"__type": "Polygon"},
        {"__type": "Polygon", "coordinates": 5},
        {"__type": "Polygon", "coordinates": [[0, 0], [0], [1, 1]]},
        polygon((0, 0), (0, 1)),
    ],
)
def test_what_is_no_polygon_is_none(value: JSONValue) -> None:
    assert SphericalPolygon.of(value) is None


@pytest.mark.parametrize("corners", [SQUARE, DATELINE, POLE, HOOK, SQUARE[:3]])
def test_lines_that_do_not_meet_themselves_are_polygons(
    corners: tuple[tuple[float, float], ...],
) -> None:
    assert checked(polygon(*corners)).corners == [Position(*corner) for corner in corners]


@pytest.mark.parametrize(
    "value",
    [
        polygon((0, 0), (0, 10), (10, 0), (10, 10)),
        polygon((-5, 175), (5, -175), (-5, -175), (5, 175)),
        polygon((0, 0), (0, 10), (5, 5), (10, 10), (10, 0), (5, 5)),
        polygon((0, 0), (0, 1)),
        {"__type": "Polygon", "coordinates": 5},
    ],
)
def test_lines_that_meet_themselves_are_refused(value: JSONValue) -> None:
    with pytest.raises(ParseError) as refused:
        checked(value)
    assert refused.value.code == 111


def test_a_line_of_thousands_of_corners_can_be_judged() -> None:
    round_line = [(10 * (1 - abs(n - 2000) / 2000), 0.01 * n) for n in range(4000)]
    assert len(checked(polygon(*round_line)).corners) == 4000
