"""The index that the nearest objects are found by, and what is done without one."""

from typing import Any

import pytest
from pymongo.database import Database

from parsepy.errors import ParseError
from parsepy.query.geometry import Position
from parsepy.query.options import FindOptions
from parsepy.query.tree import Near, Path, WithinCircle
from parsepy.schema.classes import ClassSchema
from parsepy.storage.mongodb import MongoStorage
from tests.contract.samples import EVERY_TYPE, ids, path, thing
from tests.query.geo_samples import geo_point, polygon
from tests.storage.mongodb.samples import Raw

pytestmark = pytest.mark.anyio

HERE = Position(10, 20)
NEAR = Near(path("place"), HERE, None)


def keys(raw: Database[Raw]) -> dict[str, Any]:
    return {name: dict(index["key"]) for name, index in raw["Thing"].index_information().items()}


@pytest.fixture
async def schema(storage: MongoStorage) -> ClassSchema:
    await storage.create_class(EVERY_TYPE.definition)
    await storage.insert(EVERY_TYPE, thing("t1", place=geo_point(10, 20)))
    await storage.insert(EVERY_TYPE, thing("t2", place=geo_point(10, 30)))
    return EVERY_TYPE


async def nearest(storage: MongoStorage, where: Near = NEAR) -> list[str]:
    return await ids(storage, where, FindOptions())


async def test_the_index_is_parse_servers(
    storage: MongoStorage, schema: ClassSchema, raw: Database[Raw]
) -> None:
    assert keys(raw) == {"_id_": {"_id": 1}}
    assert await nearest(storage) == ["t1", "t2"]
    assert keys(raw) == {"_id_": {"_id": 1}, "place_2d": {"place": "2d"}}


async def test_what_needs_no_index_makes_none(
    storage: MongoStorage, schema: ClassSchema, raw: Database[Raw]
) -> None:
    assert await storage.count(schema, NEAR) == 2
    assert await ids(storage, NEAR) == ["t1", "t2"]
    assert await ids(storage, WithinCircle(path("place"), HERE, 0.01)) == ["t1"]
    assert await nearest(storage, Near(Path("missing"), HERE, None)) == []
    assert await nearest(storage, Near(path("text"), HERE, None)) == []
    assert keys(raw) == {"_id_": {"_id": 1}}


async def test_another_geo_index_will_do(
    storage: MongoStorage, schema: ClassSchema, raw: Database[Raw]
) -> None:
    raw["Thing"].create_index([("place", "2dsphere")])
    assert await nearest(storage) == ["t1", "t2"]
    assert keys(raw) == {"_id_": {"_id": 1}, "place_2dsphere": {"place": "2dsphere"}}


async def test_polygons_are_found_by_an_index_on_spheres(
    storage: MongoStorage, schema: ClassSchema, raw: Database[Raw]
) -> None:
    await storage.insert(schema, thing("t3", area=polygon((0, 0), (0, 1), (1, 1))))
    near = Near(path("area"), HERE, None)
    assert await storage.count(schema, near) == 1
    assert keys(raw) == {"_id_": {"_id": 1}, "area_2dsphere": {"area": "2dsphere"}}
    assert await nearest(storage, near) == ["t3"]
    assert await nearest(storage, Near(path("area"), HERE, 0.1)) == []


async def test_places_that_no_index_takes_are_left_out(
    storage: MongoStorage, schema: ClassSchema, raw: Database[Raw]
) -> None:
    await storage.insert(schema, thing("off", place=geo_point(10, 200)))
    assert await nearest(storage) == ["t1", "t2"]
    assert await ids(storage, NEAR, FindOptions(limit=1, skip=1)) == ["t2"]
    assert keys(raw) == {"_id_": {"_id": 1}}


async def test_a_place_that_the_index_does_not_take_is_refused(
    storage: MongoStorage, schema: ClassSchema
) -> None:
    await nearest(storage)
    with pytest.raises(ParseError) as refused:
        await storage.insert(schema, thing("off", place=geo_point(10, 200)))
    assert refused.value.code == 111


async def test_polygons_that_no_index_takes_are_told(
    storage: MongoStorage, schema: ClassSchema
) -> None:
    await storage.insert(schema, thing("t3", area=polygon((0, 0), (1, 1), (0, 1), (1, 0))))
    near = Near(path("area"), HERE, None)
    with pytest.raises(ParseError) as refused:
        await nearest(storage, near)
    assert refused.value.code == 102
    with pytest.raises(ParseError) as refused:
        await storage.count(schema, near)
    assert refused.value.code == 102


async def test_only_asked_fields_are_needed(storage: MongoStorage, schema: ClassSchema) -> None:
    options = FindOptions(fields=frozenset(("objectId", "text")), limit=1)
    (found,) = await storage.find(schema, NEAR, options)
    assert found["objectId"] == "t1"
    around = Near(path("place"), Position(0, 180), None)
    (found,) = await storage.find(schema, around, options)
    assert found == {"objectId": "t2"}
