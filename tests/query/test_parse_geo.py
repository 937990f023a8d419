"""Conditions on places, from JSON to the tree."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import GEO_POINT, POLYGON, STRING
from parsepy.query import nearest, tree
from parsepy.query.geometry import Position
from parsepy.query.parse import parse_where
from parsepy.query.tree import Near, Path, Where
from parsepy.types import JSONObject, JSONValue
from tests.query.geo_samples import geo_point

FIELDS = {"place": GEO_POINT, "area": POLYGON, "name": STRING}
PLACE, AREA = Path("place", GEO_POINT), Path("area", POLYGON)
HERE: JSONValue = geo_point(1, 2)
AT = Position(1.0, 2.0)
CORNERS = (Position(0, 0), Position(0, 1), Position(1, 1))


def parsed(where: JSONObject) -> Where:
    return parse_where(where, FIELDS)


@pytest.mark.parametrize(
    ("distance", "radians"),
    [
        ({}, None),
        ({"$maxDistance": 0.5}, 0.5),
        ({"$maxDistance": 0}, 0),
        ({"$maxDistanceInRadians": 0.5}, 0.5),
        ({"$maxDistanceInMiles": 3959}, 1),
        ({"$maxDistanceInKilometers": 12742}, 2),
        ({"$maxDistanceInMiles": 1, "$maxDistanceInKilometers": 6371}, 1),
        ({"$maxDistanceInRadians": 3, "$maxDistanceInMiles": 3959}, 1),
        ({"$maxDistanceInKilometers": 1, "$maxDistance": 2}, 2),
    ],
)
def test_near_takes_every_unit(distance: JSONObject, radians: float | None) -> None:
    near = parsed({"place": {"$nearSphere": HERE, **distance}})
    assert near == Near(PLACE, AT, radians)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (
            {"$within": {"$box": [HERE, geo_point(300, 400)]}},
            tree.WithinBox(PLACE, AT, Position(300, 400)),
        ),
        (
            {"$geoWithin": {"$polygon": [geo_point(0, 0), geo_point(0, 1), geo_point(1, 1)]}},
            tree.WithinPolygon(PLACE, CORNERS),
        ),
        (
            {"$geoWithin": {"$polygon": [[0, 0], [1, 0], geo_point(1, 1)]}},
            tree.WithinPolygon(PLACE, CORNERS),
        ),
        (
            {
                "$geoWithin": {
                    "$polygon": {"__type": "Polygon", "coordinates": [[0, 0], [1, 0], [1, 1]]}
                }
            },
            tree.WithinPolygon(PLACE, CORNERS),
        ),
        ({"$geoWithin": {"$centerSphere": [HERE, 0.5]}}, tree.WithinCircle(PLACE, AT, 0.5)),
        ({"$geoWithin": {"$centerSphere": [[2, 1], 4, "more"]}}, tree.WithinCircle(PLACE, AT, 4)),
        ({"$geoIntersects": {"$point": HERE}}, tree.Equal(PLACE, HERE)),
    ],
)
def test_conditions_on_places(condition: JSONObject, expected: Where) -> None:
    assert parsed({"place": condition}) == expected


def test_a_polygon_covers_points() -> None:
    assert parsed({"area": {"$geoIntersects": {"$point": HERE}}}) == tree.Covers(AREA, AT)


OFF_EARTH = "A GeoPoint's latitude lies between -90 and 90, its longitude between -180 and 180"
NOT_NEGATIVE = "value must be a number that is not negative"
POINTS = "bad $geoWithin value; $polygon should be Polygon object or Array of Parse.GeoPoint's"


@pytest.mark.parametrize(
    ("condition", "code", "message"),
    [
        ({"$nearSphere": None}, 102, "$nearSphere value must be a GeoPoint"),
        (
            {"$nearSphere": {"latitude": True, "longitude": 0}},
            102,
            "$nearSphere value must be a GeoPoint",
        ),
        ({"$nearSphere": geo_point(91, 0)}, 102, OFF_EARTH),
        ({"$nearSphere": HERE, "$maxDistance": -1}, 102, f"$maxDistance {NOT_NEGATIVE}"),
        (
            {"$nearSphere": HERE, "$maxDistanceInMiles": "1"},
            102,
            f"$maxDistanceInMiles {NOT_NEGATIVE}",
        ),
        ({"$maxDistance": 1}, 102, "$maxDistance needs a $nearSphere"),
        (
            {"$geoWithin": {"$centerSphere": [HERE, 1]}, "$maxDistance": 1},
            102,
            "$maxDistance needs a $nearSphere",
        ),
        ({"$within": {"$box": [HERE]}}, 107, "malformatted $within arg"),
        ({"$within": {"$box": [HERE, [1, 2]]}}, 107, "malformatted $within arg"),
        (
            {"$geoWithin": {"$polygon": [HERE, HERE]}},
            107,
            "bad $geoWithin value; $polygon should contain at least 3 GeoPoints",
        ),
        (
            {"$geoWithin": {"$polygon": {"__type": "Polygon"}}},
            107,
            "bad $geoWithin value; Polygon.coordinates should contain at least 3 lon/lat pairs",
        ),
        ({"$geoWithin": {"$polygon": None}}, 107, POINTS),
        ({"$geoWithin": {"$polygon": [HERE, HERE, [1, "2"]]}}, 107, "bad $geoWithin value"),
        ({"$geoWithin": {"$polygon": [HERE, HERE, [0, 91]]}}, 102, OFF_EARTH),
        (
            {"$geoWithin": {"$centerSphere": HERE}},
            107,
            "bad $geoWithin value; $centerSphere should be an array of Parse.GeoPoint and distance",
        ),
        (
            {"$geoWithin": {"$centerSphere": ["here", 1]}},
            107,
            "bad $geoWithin value; $centerSphere geo point invalid",
        ),
        (
            {"$geoWithin": {"$centerSphere": [HERE, None]}},
            107,
            "bad $geoWithin value; $centerSphere distance invalid",
        ),
        ({"$geoWithin": {"$centerSphere": [geo_point(0, 181), 1]}}, 102, OFF_EARTH),
        ({"$geoWithin": {}}, 107, "bad $geoWithin value"),
        (
            {"$geoIntersects": {"$point": [1, 2]}},
            107,
            "bad $geoIntersect value; $point should be GeoPoint",
        ),
        ({"$geoIntersects": {"$point": geo_point(91, 0)}}, 102, OFF_EARTH),
    ],
)
def test_what_is_malformed_is_refused(condition: JSONObject, code: int, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        parsed({"place": condition})
    assert (refused.value.code, refused.value.message) == (code, message)


NEAR: JSONObject = {"place": {"$nearSphere": HERE}}
OTHER: JSONObject = {"name": "x"}


@pytest.mark.parametrize(
    "where",
    [
        {"$or": [NEAR, OTHER]},
        {"$nor": [NEAR]},
        {"$and": [NEAR, {"$or": [NEAR, OTHER]}]},
        {"$and": [NEAR, NEAR]},
        {**NEAR, "name": {"$text": {"$search": {"$term": "x"}}}},
    ],
)
def test_near_stands_once_and_in_a_conjunction(where: JSONObject) -> None:
    with pytest.raises(ParseError) as refused:
        parsed(where)
    assert refused.value.code == 102


@pytest.mark.parametrize(
    "where",
    [NEAR, {"$or": [NEAR]}, {**NEAR, **OTHER}, {"$and": [OTHER, {"$and": [{"$or": [NEAR]}]}]}],
)
def test_near_is_found_wherever_it_may_stand(where: JSONObject) -> None:
    near, rest = nearest.split(parsed(where))
    assert near == Near(PLACE, AT, None)
    assert nearest.split(rest) == (None, rest)


def test_a_where_without_near_stays_as_it_is() -> None:
    where = parsed({"$or": [{"$and": [OTHER]}]})
    assert nearest.split(where) == (None, where)
