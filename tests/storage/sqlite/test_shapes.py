"""The R*Trees in the file: how they come, what they hold, and that nothing is left of them."""

import apsw
import pytest

from parsepy.protocol.field_types import GEO_POINT, POLYGON
from parsepy.protocol.operations import SetValue
from parsepy.query.geometry import Position
from parsepy.query.options import FindOptions
from parsepy.query.tree import Covers, Near, WithinCircle
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.sqlite import SQLiteStorage
from tests.contract.samples import ids, is_object, path, thing
from tests.query.geo_samples import geo_point, polygon

pytestmark = pytest.mark.anyio

SCHEMA = ClassSchema(ClassDefinition("Thing", {"place": Field(GEO_POINT), "area": Field(POLYGON)}))
HERE = Position(10, 20)
SQUARE = polygon((9, 19), (9, 21), (11, 21), (11, 19))
NEAR = Near(path("place"), HERE, None)


def outside(location: str, *statements: str) -> list[tuple[object, ...]]:
    """What another program does to the file, and what it reads last."""
    connection = apsw.Connection(location)
    rows: list[tuple[object, ...]] = []
    for sql in statements:
        rows = connection.execute(sql).fetchall()
    connection.close()
    return rows


def trees(location: str) -> list[str]:
    sql = "SELECT name FROM sqlite_schema WHERE name LIKE '%@shapes%' ORDER BY name"
    return [str(name) for (name,) in outside(location, sql)]


async def found(store: SQLiteStorage) -> list[str]:
    return await ids(store, NEAR, FindOptions(), SCHEMA)


async def test_a_tree_stays_whole(store: SQLiteStorage, location: str) -> None:
    await store.create_class(SCHEMA.definition)
    things = [thing(f"t{n}", place=geo_point(n % 90, n), area=SQUARE) for n in range(150)]
    await store.insert_many(SCHEMA, things)
    await store.delete(SCHEMA, WithinCircle(path("place"), HERE, 0.5))
    await store.close()
    for field in ("place", "area"):
        checked = outside(location, f"SELECT rtreecheck('Thing~1/{field}~0@shapes')")
        assert checked == [("ok",)]
    counted = 'SELECT (SELECT count(*) FROM "Thing~1/place~0@shapes"), count(*) FROM "Thing~1"'
    ((in_tree, in_class),) = outside(location, counted)
    assert in_tree == in_class
    await store.start()


async def test_a_file_without_trees_gets_them_when_it_is_opened(
    store: SQLiteStorage, location: str
) -> None:
    await store.create_class(SCHEMA.definition)
    await store.insert(SCHEMA, thing("t1", place=geo_point(10, 20), area=SQUARE))
    await store.insert(SCHEMA, thing("off", place=geo_point(91, 200)))
    await store.insert(SCHEMA, thing("none"))
    await store.close()
    triggers = [f'DROP TRIGGER "{name}"' for name in trees(location) if name.count("/") == 2]
    tables = [f'DROP TABLE "Thing~1/{field}~0@shapes"' for field in ("place", "area")]
    outside(location, *triggers, *tables)
    assert not trees(location)
    await store.start()
    assert await found(store) == ["t1"]
    assert await ids(store, Covers(path("area"), HERE), FindOptions(), SCHEMA) == ["t1"]
    await store.insert(SCHEMA, thing("t2", place=geo_point(10, 21)))
    assert await found(store) == ["t1", "t2"]


async def test_nothing_is_left_of_a_field_and_of_a_class(
    store: SQLiteStorage, location: str
) -> None:
    await store.create_class(SCHEMA.definition)
    await store.insert(SCHEMA, thing("t1", place=geo_point(10, 20), area=SQUARE))
    assert any("/place~0@" in name for name in trees(location))
    await store.delete_fields(SCHEMA, ["place"])
    assert not any("/place~0@" in name for name in trees(location))
    assert any("/area~0@" in name for name in trees(location))
    await store.delete_class(SCHEMA)
    assert not trees(location)


async def test_a_field_that_another_process_deleted_holds_nothing(
    store: SQLiteStorage, location: str
) -> None:
    await store.create_class(SCHEMA.definition)
    await store.insert(SCHEMA, thing("t1", place=geo_point(10, 20)))
    other = SQLiteStorage(location)
    await other.start()
    await other.delete_fields(SCHEMA, ["place"])
    await other.close()
    assert await found(store) == []
    assert await store.count(SCHEMA, NEAR) == 0


async def test_classes_whose_names_differ_in_case_have_their_own_trees(
    store: SQLiteStorage,
) -> None:
    other = ClassSchema(ClassDefinition("THING", {"place": Field(GEO_POINT)}))
    await store.create_class(SCHEMA.definition)
    await store.create_class(other.definition)
    await store.insert(SCHEMA, thing("t1", place=geo_point(10, 20)))
    await store.insert(other, thing("t2", place=geo_point(10, 20)))
    await store.delete_class(other)
    assert await found(store) == ["t1"]


async def test_an_update_of_something_else_leaves_the_tree_alone(
    store: SQLiteStorage, location: str
) -> None:
    await store.create_class(SCHEMA.definition)
    await store.insert(SCHEMA, thing("t1", place=geo_point(10, 20)))
    tree = '"Thing~1/place~0@shapes"'
    outside(location, f"DELETE FROM {tree}")
    await store.update(SCHEMA, is_object("t1"), {"text": SetValue("x")})
    assert outside(location, f"SELECT count(*) FROM {tree}") == [(0,)]
    await store.update(SCHEMA, is_object("t1"), {"place": SetValue(geo_point(10, 21))})
    assert outside(location, f"SELECT count(*) FROM {tree}") == [(1,)]
