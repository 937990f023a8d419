"""Places and shapes: MongoDB, SQLite and the matcher select the same objects, nearest first.

`PARSEPY_AGREEMENT_EXAMPLES` sets how many classes of objects are tried (40).
"""

import math
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.query.geometry import distance_from
from parsepy.query.match import compile_matcher
from parsepy.query.nearest import split
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.query.polygon_check import checked
from parsepy.query.spherical_polygon import SphericalPolygon
from parsepy.query.tree import EVERYTHING, Near, Where
from parsepy.storage.base import Storage
from parsepy.types import JSONObject, ParseObject
from tests.query.conftest import Stores
from tests.query.geo_samples import (
    areas,
    combined,
    nears,
    place_conditions,
    placed_objects,
    shape_conditions,
    shaped_objects,
    strayed_objects,
)
from tests.query.samples import SCHEMA
from tests.query.test_stores_agree import agreement

pytestmark = pytest.mark.anyio

_ROUNDING = 1e-9


def is_polygon(value: JSONObject) -> bool:
    try:
        checked(value)
    except ParseError:
        return False
    return True


def parsed(where: JSONObject) -> Where:
    return parse_where(where, SCHEMA.types)


def distance_of(near: Near, document: ParseObject) -> float:
    place, area = document.get("place"), document.get("area")
    if isinstance(place, dict):
        found = distance_from(near.point)(place["latitude"], place["longitude"])  # type: ignore[arg-type]
        return math.nan if found is None else found
    polygon = SphericalPolygon.of(area)
    if polygon is None:
        return math.nan
    return polygon.distance(near.point)


async def found_distances(
    store: Storage, where: Where, documents: Sequence[ParseObject], options: FindOptions
) -> list[float]:
    near, _ = split(where)
    assert near is not None
    by_id = {document["objectId"]: document for document in documents}
    found = await store.find(SCHEMA, where, options)
    return [distance_of(near, by_id[document["objectId"]]) for document in found]


async def check_nearest_first(
    stores: Stores, documents: list[ParseObject], where: Where, options: FindOptions
) -> None:
    near, _ = split(where)
    assert near is not None
    matches = compile_matcher(where)
    every = sorted(distance_of(near, each) for each in documents if matches(each))
    limit = None if options.limit is None else options.skip + options.limit
    expected = every[options.skip : limit]
    for store in (stores.sqlite, stores.mongodb):
        found = await found_distances(store, where, documents, options)
        assert found == pytest.approx(expected, abs=_ROUNDING)
        assert await store.count(SCHEMA, where) == len(every)


pages = st.builds(
    lambda skip, limit: FindOptions(skip=skip, limit=limit),
    st.sampled_from([0, 0, 1, 3]),
    st.sampled_from([None, 1, 2, 5, 100]),
)


@agreement
@given(documents=strayed_objects, asked=st.lists(combined("place", place_conditions), max_size=8))
async def test_conditions_on_places_select_the_same_objects(
    stores: Stores, documents: list[ParseObject], asked: list[JSONObject]
) -> None:
    await stores.hold(documents)
    for where in asked:
        assert not await stores.disagreement(documents, parsed(where)), where


@agreement
@given(documents=placed_objects, asked=st.lists(st.tuples(nears(), pages), max_size=8))
async def test_the_nearest_places_come_first(
    stores: Stores, documents: list[ParseObject], asked: list[tuple[JSONObject, FindOptions]]
) -> None:
    await stores.hold(documents)
    for near, page in asked:
        await check_nearest_first(stores, documents, parsed({"place": near}), page)
        other: JSONObject = {"$and": [{"place": near}, {"number": 1}]}
        await check_nearest_first(stores, documents, parsed(other), page)
        assert not await stores.disagreement(documents, parsed(other)), other


@agreement
@given(documents=strayed_objects, near=nears(), page=pages)
async def test_places_that_are_not_on_earth_do_not_disturb(
    stores: Stores, documents: list[ParseObject], near: JSONObject, page: FindOptions
) -> None:
    await stores.hold(documents)
    await check_nearest_first(stores, documents, parsed({"place": near}), page)


@agreement
@given(
    documents=shaped_objects(is_polygon),
    asked=st.lists(combined("area", shape_conditions), max_size=8),
)
async def test_conditions_on_shapes_select_the_same_objects(
    stores: Stores, documents: list[ParseObject], asked: list[JSONObject]
) -> None:
    await stores.hold(documents)
    for where in asked:
        assert not await stores.disagreement(documents, parsed(where)), where


@agreement
@given(documents=shaped_objects(is_polygon), asked=st.lists(nears(), max_size=4), page=pages)
async def test_the_nearest_shapes_come_first(
    stores: Stores, documents: list[ParseObject], asked: list[JSONObject], page: FindOptions
) -> None:
    await stores.hold(documents)
    for near in asked:
        await check_nearest_first(stores, documents, parsed({"area": near}), page)


@agreement
@given(lines=st.lists(areas(), min_size=4, max_size=4), order=st.permutations(range(8)))
async def test_both_stores_take_the_same_polygons(
    stores: Stores, lines: list[JSONObject], order: list[int]
) -> None:
    await stores.hold([{"objectId": "one", "createdAt": "2020-01-01T00:00:00.000Z"}])
    for line in lines:
        around = list(line["coordinates"])[:-1]  # type: ignore[arg-type]
        corners = [around[index] for index in order if index < len(around)]
        mixed: JSONObject = {"__type": "Polygon", "coordinates": [*corners, corners[0]]}
        taken = is_polygon(mixed)
        for store in (stores.sqlite, stores.mongodb):
            assert await is_taken(store, mixed) == taken, mixed
    assert await stores.sqlite.count(SCHEMA, EVERYTHING) == 1


async def is_taken(store: Storage, polygon: JSONObject) -> bool:
    try:
        await store.check_polygons(SCHEMA, [polygon])
    except ParseError:
        return False
    return True
