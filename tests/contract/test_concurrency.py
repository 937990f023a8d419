"""Check and change are one step, whoever else writes at the same time."""

import asyncio

import pytest

from parsepy.errors import DuplicateValue
from parsepy.protocol.operations import Add, AddUnique, Changes, Increment, SetValue
from parsepy.query.tree import both
from parsepy.schema.classes import ClassSchema
from parsepy.storage.base import Index, Storage
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, equal, ids, is_object, thing

pytestmark = pytest.mark.anyio

TIMES = 60


async def test_concurrent_increments_lose_nothing(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", number=0))
    answers = await asyncio.gather(
        *(storage.update(schema, is_object("t1"), {"number": Increment(1)}) for _ in range(TIMES))
    )
    assert sorted(int(str(answer["number"])) for answer in answers if answer) == [
        *range(1, TIMES + 1)
    ]
    assert await storage.get(schema, "t1", None) == thing("t1", number=TIMES)


async def test_concurrent_additions_lose_nothing(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", list=[]))
    changes: list[Changes] = [{"list": Add([number])} for number in range(TIMES)]
    changes += [{"list": AddUnique(["same"])} for _ in range(10)]
    await asyncio.gather(*(storage.update(schema, is_object("t1"), each) for each in changes))
    found = await storage.get(schema, "t1", None)
    assert found is not None
    assert isinstance(found["list"], list)
    assert sorted(map(str, found["list"])) == sorted([*map(str, range(TIMES)), "same"])


async def test_only_one_of_many_meets_the_condition(storage: Storage, schema: ClassSchema) -> None:
    await storage.insert(schema, thing("t1", text="free"))
    free = both(is_object("t1"), equal("text", "free"))
    answers = await asyncio.gather(
        *(storage.update(schema, free, {"text": SetValue(f"taken {n}")}) for n in range(20))
    )
    winners = [answer for answer in answers if answer is not None]
    assert len(winners) == 1
    assert await storage.get(schema, "t1", None) == winners[0]


async def test_only_one_of_many_takes_a_unique_value(storage: Storage, schema: ClassSchema) -> None:
    await storage.ensure_indexes([Index("Thing", "text_1", ("text",), unique=True)])
    results = await asyncio.gather(
        *(storage.insert(schema, thing(f"t{n}", text="same")) for n in range(20)),
        return_exceptions=True,
    )
    assert results.count(None) == 1
    assert all(result is None or isinstance(result, DuplicateValue) for result in results)
    assert len(await ids(storage)) == 1


async def test_two_servers_on_one_store_lose_nothing(lasting: StoreOpener) -> None:
    first, second = lasting(), lasting()
    await first.start()
    await second.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", number=0))
    await asyncio.gather(
        *(
            (first, second)[n % 2].update(EVERY_TYPE, is_object("t1"), {"number": Increment(1)})
            for n in range(TIMES)
        )
    )
    for store in (first, second):
        assert await store.get(EVERY_TYPE, "t1", None) == thing("t1", number=TIMES)
        await store.close()


async def test_a_read_after_an_answered_write_sees_it(
    storage: Storage, schema: ClassSchema
) -> None:
    async def write_and_read(number: int) -> None:
        await storage.insert(schema, thing(f"t{number}", number=number))
        assert await storage.get(schema, f"t{number}", None) is not None
        assert await ids(storage, equal("number", number)) == [f"t{number}"]

    await asyncio.gather(*(write_and_read(number) for number in range(30)))
