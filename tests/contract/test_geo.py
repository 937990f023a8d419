"""Places and shapes: found after every kind of write, with and without an index."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import GEO_POINT, POLYGON, FieldType
from parsepy.protocol.operations import Operation, SetValue
from parsepy.query.geometry import Position
from parsepy.query.options import FindOptions
from parsepy.query.tree import EVERYTHING, And, Covers, Near, Path, Where, WithinCircle
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.storage.base import Storage
from parsepy.types import JSONObject
from tests.contract.conftest import StoreOpener
from tests.contract.samples import equal, ids, is_object, path, thing
from tests.query.geo_samples import geo_point, polygon

pytestmark = pytest.mark.anyio

HERE = Position(10, 20)
SQUARE = polygon((9, 19), (9, 21), (11, 21), (11, 19))


def near(limit: float | None = None, key: str = "place") -> Where:
    return Near(path(key), HERE, limit)


def around(radius: float) -> Where:
    return WithinCircle(path("place"), HERE, radius)


async def nearest(
    storage: Storage, where: Where, *, limit: int | None = None, skip: int = 0
) -> list[str]:
    return await ids(storage, where, FindOptions(limit=limit, skip=skip))


@pytest.fixture
async def row(storage: Storage, schema: ClassSchema) -> Storage:
    """Ten objects, each a degree further off, stored in another order."""
    distances = [7, 2, 9, 0, 5, 1, 8, 3, 6, 4]
    things = [thing(f"t{n}", number=n, place=geo_point(10, 20 + n)) for n in distances]
    await storage.insert_many(schema, [*things, thing("none"), thing("null", place=None)])
    return storage


async def test_the_nearest_come_first(row: Storage) -> None:
    assert await nearest(row, near()) == [f"t{n}" for n in range(10)]
    assert await nearest(row, near(0.05)) == ["t0", "t1", "t2"]
    assert await nearest(row, near(), limit=3) == ["t0", "t1", "t2"]
    assert await nearest(row, near(), limit=3, skip=4) == ["t4", "t5", "t6"]
    assert await nearest(row, near(), skip=8) == ["t8", "t9"]
    assert await nearest(row, near(), limit=5, skip=8) == ["t8", "t9"]
    assert await nearest(row, And((near(), equal("number", 6)))) == ["t6"]


async def test_an_order_comes_before_the_distance(row: Storage) -> None:
    down = FindOptions(order=(("number", True),), limit=2)
    assert await ids(row, near(), down) == ["t9", "t8"]
    assert await ids(row, near(0.05), down) == ["t2", "t1"]


async def test_near_is_counted(row: Storage, schema: ClassSchema) -> None:
    assert await row.count(schema, near()) == 10
    assert await row.count(schema, near(0.05)) == 3
    assert await row.count(schema, And((near(0.05), equal("number", 2)))) == 1


async def test_near_finds_nothing_where_no_places_are(row: Storage, schema: ClassSchema) -> None:
    for key in ("text", "missing", "map.place"):
        assert await nearest(row, near(key=key)) == []
        assert await row.count(schema, near(key=key)) == 0


async def test_places_follow_every_write(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", place=geo_point(10, 20)))
    await storage.insert(schema, thing("t2", place=geo_point(50, 20)))
    await storage.insert(schema, thing("t3"))
    assert await ids(storage, around(0.1)) == ["t1"]
    moved: dict[str, Operation] = {"place": SetValue(geo_point(10, 21))}
    await storage.update(schema, is_object("t2"), moved)
    await storage.update(schema, is_object("t3"), moved)
    assert await ids(storage, around(0.1)) == ["t1", "t2", "t3"]
    await storage.update(schema, is_object("t1"), {"text": SetValue("x")})
    await storage.update(schema, is_object("t2"), {"place": SetValue(None)})
    assert await ids(storage, around(0.1)) == ["t1", "t3"]
    assert await storage.delete(schema, around(0.001)) == 1
    assert await nearest(storage, near()) == ["t3"]


async def test_shapes_follow_every_write(storage: Storage, schema: ClassSchema) -> None:
    covers = Covers(path("area"), HERE)
    await storage.insert(schema, thing("t1", area=SQUARE))
    await storage.insert(schema, thing("t2", area=polygon((0, 0), (0, 1), (1, 1))))
    assert await ids(storage, covers) == ["t1"]
    await storage.update(schema, is_object("t2"), {"area": SetValue(SQUARE)})
    await storage.update(schema, is_object("t1"), {"area": SetValue(None)})
    assert await ids(storage, covers) == ["t2"]
    assert await nearest(storage, near(key="area")) == ["t2"]
    await storage.delete(schema, is_object("t2"))
    assert await ids(storage, covers) == []


@pytest.mark.parametrize(
    ("field", "kind", "value", "where"),
    [
        ("spot", GEO_POINT, geo_point(10, 20), Near(Path("spot", GEO_POINT), HERE, None)),
        ("zone", POLYGON, SQUARE, Covers(Path("zone", POLYGON), HERE)),
    ],
)
async def test_a_field_comes_goes_and_comes_again(
    storage: Storage, field: str, kind: FieldType, value: JSONObject, where: Where
) -> None:
    plain = ClassDefinition("Plain", {})
    typed = ClassSchema(ClassDefinition("Plain", {field: Field(kind)}))
    await storage.create_class(plain)
    await storage.insert(ClassSchema(plain), thing("before"))
    await storage.add_field("Plain", field, typed.fields[field])
    await storage.insert(typed, thing("t1", **{field: value}))
    assert await ids(storage, where, FindOptions(), typed) == ["t1"]
    await storage.delete_fields(typed, [field])
    assert await ids(storage, where, FindOptions(), typed) == []
    assert await ids(storage, EVERYTHING, FindOptions(), typed) == ["before", "t1"]
    await storage.add_field("Plain", field, typed.fields[field])
    assert await ids(storage, where, FindOptions(), typed) == []
    await storage.insert(typed, thing("t2", **{field: value}))
    assert await ids(storage, where, FindOptions(), typed) == ["t2"]


async def test_a_class_goes_and_comes_again(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", place=geo_point(10, 20), area=SQUARE))
    assert await nearest(storage, near()) == ["t1"]
    await storage.delete_class(schema)
    assert await nearest(storage, near()) == []
    await storage.create_class(schema.definition)
    assert await nearest(storage, near()) == []
    await storage.insert(schema, thing("t2", place=geo_point(10, 20), area=SQUARE))
    assert await nearest(storage, near()) == ["t2"]
    await storage.erase()
    assert await nearest(storage, near()) == []


async def test_places_are_found_after_a_restart(lasting: StoreOpener) -> None:
    schema = ClassSchema(ClassDefinition("Thing", {"place": Field(GEO_POINT)}))
    first = lasting()
    await first.start()
    await first.create_class(schema.definition)
    await first.insert(schema, thing("t1", place=geo_point(10, 20)))
    await first.close()
    second = lasting()
    await second.start()
    await second.insert(schema, thing("t2", place=geo_point(10, 21)))
    assert await ids(second, near(), FindOptions(), schema) == ["t1", "t2"]
    await second.close()


@pytest.mark.parametrize(
    ("field", "kind"), [("place", "2dsphere"), ("area", "2dsphere"), ("place", "2d")]
)
async def test_an_index_of_the_schema_api(
    storage: Storage, schema: ClassSchema, field: str, kind: str
) -> None:
    await storage.insert(schema, thing("t1", place=geo_point(10, 20), area=SQUARE))
    await storage.create_index(schema, "mine", {field: kind})
    (definition,) = await storage.load_classes()
    assert definition.indexes["mine"] == {field: kind}
    await storage.insert(schema, thing("t2", place=geo_point(10, 21), area=SQUARE))
    assert await nearest(storage, near()) == ["t1", "t2"]
    await storage.drop_index(schema, "mine")
    (definition,) = await storage.load_classes()
    assert "mine" not in definition.indexes
    assert await nearest(storage, near()) == ["t1", "t2"]


async def test_a_geo_index_on_texts_is_refused(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", text="x"))
    with pytest.raises(ParseError) as refused:
        await storage.create_index(schema, "mine", {"text": "2dsphere"})
    assert refused.value.code == 102


async def test_what_is_not_on_earth_does_not_disturb(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", place=geo_point(10, 20)))
    await storage.insert(schema, thing("off", place=geo_point(91, 200)))
    assert await nearest(storage, near()) == ["t1"]
    assert await nearest(storage, near(), limit=5) == ["t1"]
    assert await ids(storage, around(4)) == ["t1"]
    assert await storage.count(schema, near()) == 1


async def test_a_polygon_whose_edges_cross_is_refused(
    storage: Storage, schema: ClassSchema
) -> None:
    crossing = polygon((0, 0), (1, 1), (0, 1), (1, 0))
    with pytest.raises(ParseError) as refused:
        await storage.check_polygons(schema, [SQUARE, crossing])
    assert refused.value.code == 111
    await storage.check_polygons(schema, [SQUARE])


async def test_circles_reach_across_the_antimeridian_and_the_poles(
    storage: Storage, schema: ClassSchema
) -> None:
    places = {"west": (0, 179.9), "east": (0, -179.9), "on": (0, 180), "pole": (89.9, 5)}
    for name, (latitude, longitude) in places.items():
        await storage.insert(schema, thing(name, place=geo_point(latitude, longitude)))
    dateline, pole = Position(0, 179.97), Position(89.9, -175)
    for _ in range(2):
        # The second time there is an index.
        assert await nearest(storage, Near(path("place"), dateline, 0.1)) == ["on", "west", "east"]
        assert await nearest(storage, Near(path("place"), pole, None), limit=1) == ["pole"]
        circle = WithinCircle(path("place"), dateline, 0.1)
        assert await ids(storage, circle) == ["east", "on", "west"]
        assert await ids(storage, WithinCircle(path("place"), pole, 0.01)) == ["pole"]
