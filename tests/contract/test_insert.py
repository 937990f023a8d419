"""`insert` and `insert_many`: what is refused stays out, everything else is in."""

import pytest

from parsepy.errors import DuplicateValue
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.storage.base import Index, Storage
from parsepy.types import ParseObject
from tests.contract.samples import ids, thing

pytestmark = pytest.mark.anyio

UNIQUE_TEXT = Index("Thing", "text_1", ("text",), unique=True)


async def test_an_id_is_taken_once(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", number=1))
    with pytest.raises(DuplicateValue):
        await storage.insert(schema, thing("t1", number=2))
    assert await storage.get(schema, "t1", None) == thing("t1", number=1)


async def test_ids_differ_by_case(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert_many(schema, [thing("t1"), thing("T1")])
    assert await ids(storage) == ["T1", "t1"]


async def test_a_unique_field_is_named_when_it_refuses(
    storage: Storage, schema: ClassSchema
) -> None:
    await storage.ensure_indexes([UNIQUE_TEXT])
    await storage.insert(schema, thing("t1", text="x"))
    with pytest.raises(DuplicateValue) as refused:
        await storage.insert(schema, thing("t2", text="x"))
    assert refused.value.field == "text"
    assert await ids(storage) == ["t1"]


async def test_many_are_inserted_each_on_its_own(storage: Storage, schema: ClassSchema) -> None:
    await storage.ensure_indexes([UNIQUE_TEXT])
    await storage.insert(schema, thing("t0", text="taken"))
    given: list[ParseObject] = [
        thing("t1", text="a"),
        thing("t2", text="taken"),
        thing("t3", text="b"),
        thing("t1", text="c"),
        thing("t4", text="a"),
        thing("t5"),
    ]
    results = await storage.insert_many(schema, given)
    assert [result is None for result in results] == [True, False, True, False, False, True]
    assert [result.field for result in results if result][::2] == ["text", "text"]
    assert await ids(storage) == ["t0", "t1", "t3", "t5"]
    assert await storage.get(schema, "t1", None) == given[0]


async def test_many_may_be_none(storage: Storage, schema: ClassSchema) -> None:
    assert await storage.insert_many(schema, []) == []


async def test_hundreds_are_inserted_at_once(storage: Storage, schema: ClassSchema) -> None:
    given = [thing(f"t{number:04}", number=number) for number in range(600)]
    assert await storage.insert_many(schema, given) == [None] * 600
    assert await ids(storage) == [f"t{number:04}" for number in range(600)]


async def test_a_class_without_schema_entry_takes_objects(storage: Storage) -> None:
    jobs = missing_class("_JobStatus")
    await storage.insert(jobs, thing("j1", jobName="clean", status="running"))
    assert await storage.get(jobs, "j1", None) == thing("j1", jobName="clean", status="running")
    assert await storage.load_classes() == []
