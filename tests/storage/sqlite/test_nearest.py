"""Growing circles find exactly the nearest objects, however these are spread."""

from collections.abc import Callable, Iterator
from random import Random

import pytest

from parsepy.protocol.field_types import GEO_POINT, NUMBER
from parsepy.query.geometry import Position, distance_from
from parsepy.query.options import FindOptions
from parsepy.query.tree import And, Equal, Near, Path, Where
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.sqlite.nearest import NearestQuery
from parsepy.storage.sqlite.objects import find_query
from tests.contract.samples import ids, thing
from tests.query.geo_samples import geo_point

pytestmark = pytest.mark.anyio

SCHEMA = ClassSchema(ClassDefinition("Spot", {"place": Field(GEO_POINT), "kind": Field(NUMBER)}))
PLACE = Path("place", GEO_POINT)
NUMBER_OF_SPOTS = 3000

Spread = Callable[[Random], Position]


def everywhere(draw: Random) -> Position:
    return Position(draw.uniform(-90, 90), draw.uniform(-180, 180))


def in_towns(draw: Random) -> Position:
    town = draw.choice([Position(52.5, 13.4), Position(-18.1, 179.9), Position(89.9, 0)])
    return Position(
        min(90.0, town.latitude + draw.gauss(0, 0.02)),
        max(-180.0, min(180.0, town.longitude + draw.gauss(0, 0.02))),
    )


def on_one_spot(draw: Random) -> Position:
    return Position(1, 1) if draw.random() < 0.99 else everywhere(draw)


def pages() -> Iterator[FindOptions]:
    for limit in (1, 10, 300):
        yield FindOptions(limit=limit)
    yield FindOptions(limit=5, skip=20)
    yield FindOptions(skip=NUMBER_OF_SPOTS - 3)


@pytest.mark.parametrize("spread", [everywhere, in_towns, on_one_spot])
async def test_the_nearest_are_found(store: SQLiteStorage, spread: Spread) -> None:
    draw = Random(7)
    spots = [spread(draw) for _ in range(NUMBER_OF_SPOTS)]
    await store.create_class(SCHEMA.definition)
    await store.insert_many(
        SCHEMA,
        [
            thing(f"s{n}", place=geo_point(spot.latitude, spot.longitude), kind=n % 50)
            for n, spot in enumerate(spots)
        ],
    )
    for point in (spread(draw), everywhere(draw), Position(0, 180), Position(-90, 3)):
        away = distance_from(point)
        distances = [away(spot.latitude, spot.longitude) or 0.0 for spot in spots]
        for reach in (None, 0.001, 0.5, 3.0):
            for kind in (None, 7):
                near = Near(PLACE, point, reach)
                where: Where = near
                if kind is not None:
                    where = And((near, Equal(Path("kind", NUMBER), kind)))
                fitting = sorted(
                    (distance, n)
                    for n, distance in enumerate(distances)
                    if (reach is None or distance <= reach) and kind in (None, n % 50)
                )
                for page in pages():
                    end = None if page.limit is None else page.skip + page.limit
                    expected = [f"s{n}" for _, n in fitting[page.skip : end]]
                    assert await ids(store, where, page, SCHEMA) == expected


def test_only_what_is_near_is_looked_at() -> None:
    query = find_query(SCHEMA, Near(PLACE, Position(0, 0), None), FindOptions(limit=10))
    assert isinstance(query, NearestQuery)
    without_limit = find_query(SCHEMA, Near(PLACE, Position(0, 0), None), FindOptions())
    assert not isinstance(without_limit, NearestQuery)
