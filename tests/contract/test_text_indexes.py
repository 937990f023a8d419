"""The text index of a class: made on demand or on purpose, only one, gone with its class."""

import pytest

from parsepy.errors import ParseError
from parsepy.query.options import FindOptions
from parsepy.query.tree import And
from parsepy.schema.classes import ClassSchema
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import ID_INDEX, Storage
from parsepy.types import JSONObject
from tests.contract.conftest import StoreOpener
from tests.contract.drinks import insert_drinks, text
from tests.contract.samples import EVERY_TYPE, ids, thing

pytestmark = pytest.mark.anyio

BY_SCORE = FindOptions(order=(("$score", True), ("objectId", False)), score=True)


async def recorded(storage: Storage) -> dict[str, JSONObject]:
    (definition,) = await storage.load_classes()
    return definition.indexes


@pytest.fixture
async def drinks(storage: Storage, schema: ClassSchema) -> ClassSchema:
    await insert_drinks(storage, schema)
    return schema


async def test_the_first_search_makes_and_records_the_index(
    storage: Storage, drinks: ClassSchema
) -> None:
    assert await ids(storage, text("coffee")) == ["d0", "d1", "d4"]
    assert await recorded(storage) == {**ID_INDEX, "text_text": {"text": "text"}}


async def test_a_distinct_of_a_search_makes_the_index_too(
    storage: Storage, drinks: ClassSchema
) -> None:
    assert sorted(map(str, await storage.distinct(drinks, "number", text("coffee")))) == [
        "0",
        "1",
        "4",
    ]


async def test_a_counted_search_makes_the_index_too(storage: Storage, drinks: ClassSchema) -> None:
    assert await storage.count(drinks, text("coffee")) == 3


@pytest.mark.parametrize("key", ["number", "map", "owner", "day", "objectId"])
async def test_where_no_text_can_be_nothing_is_found_and_no_index_made(
    storage: Storage, drinks: ClassSchema, key: str
) -> None:
    assert await storage.find(drinks, text("coffee", key), BY_SCORE) == []
    assert await storage.count(drinks, text("coffee", key)) == 0
    assert await recorded(storage) == {}


@pytest.mark.parametrize("key", ["nowhere", "map.a"])
async def test_a_field_that_is_not_there(storage: Storage, drinks: ClassSchema, key: str) -> None:
    with pytest.raises(ParseError) as refused:
        await ids(storage, text("coffee", key))
    assert refused.value.code == 102
    assert refused.value.message == f"Field {key} does not exist, cannot add index."


async def test_a_second_field_is_refused_and_not_searched_elsewhere(
    storage: Storage, drinks: ClassSchema
) -> None:
    await ids(storage, text("coffee"))
    for where in (text("coffee", "list"), And((text("coffee"), text("tea", "list")))):
        with pytest.raises(ParseError) as refused:
            await ids(storage, where)
        assert refused.value.code == 102
    assert list(await recorded(storage)) == ["_id_", "text_text"]


async def test_a_compound_index_is_searched_whole(storage: Storage, drinks: ClassSchema) -> None:
    await storage.create_index(drinks, "both", {"text": "text", "list": "text"})
    await storage.insert(drinks, thing("d6", list=["milk", "coffee"]))
    assert await ids(storage, text("milk coffee")) == ["d0", "d1", "d4", "d6"]
    assert await ids(storage, text("milk tea", "list")) == ["d3", "d6"]
    assert await recorded(storage) == {**ID_INDEX, "both": {"list": "text", "text": "text"}}


async def test_a_class_has_one_text_index(storage: Storage, drinks: ClassSchema) -> None:
    await storage.create_index(drinks, "first", {"text": "text"})
    with pytest.raises(ParseError) as refused:
        await storage.create_index(drinks, "second", {"list": "text"})
    assert refused.value.code == 102
    assert list(await recorded(storage)) == ["_id_", "first"]
    await storage.drop_index(drinks, "first")
    await storage.create_index(drinks, "second", {"list": "text"})
    assert await ids(storage, text("coffee", "list")) == []


async def test_a_dropped_index_is_made_again_on_demand(
    storage: Storage, drinks: ClassSchema
) -> None:
    registry = SchemaRegistry(storage, max_age=60)
    await ids(storage, text("coffee"))
    stale = await registry.get("Thing")
    assert "text_text" in stale.definition.indexes
    await storage.drop_index(drinks, "text_text")
    assert await storage.count(stale, text("coffee")) == 3
    assert list(await recorded(storage)) == ["_id_", "text_text"]


async def test_a_new_value_in_a_deleted_field_is_found(
    storage: Storage, drinks: ClassSchema
) -> None:
    await ids(storage, text("coffee"))
    await storage.delete_fields(drinks, ["text"])
    assert await ids(storage, text("coffee")) == []
    await storage.add_field("Thing", "text", EVERY_TYPE.fields["text"])
    await storage.insert(drinks, thing("d6", text="coffee"))
    assert await ids(storage, text("coffee")) == ["d6"]


async def test_a_class_that_comes_again_has_no_index(storage: Storage, drinks: ClassSchema) -> None:
    await ids(storage, text("coffee"))
    await storage.delete_class(drinks)
    again = ClassSchema(drinks.definition)
    await storage.create_class(again.definition)
    await storage.insert(again, thing("d6", list=["coffee"]))
    assert await ids(storage, text("coffee", "list"), schema=again) == ["d6"]


async def test_erasing_the_store_erases_its_text_indexes(
    storage: Storage, drinks: ClassSchema
) -> None:
    await ids(storage, text("coffee"))
    await storage.erase()
    assert await storage.load_classes() == []


async def test_the_index_is_there_after_a_restart_and_for_a_twin(lasting: StoreOpener) -> None:
    first = lasting()
    await first.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", text="coffee"))
    twin = lasting()
    await twin.start()
    assert await ids(first, text("coffee")) == ["t1"]
    await twin.insert(EVERY_TYPE, thing("t2", text="coffee"))
    assert await ids(twin, text("coffee")) == ["t1", "t2"]
    await first.close()
    await twin.close()
    second = lasting()
    await second.start()
    assert await ids(second, text("coffee")) == ["t1", "t2"]
    await second.close()
