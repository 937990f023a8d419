"""A transaction keeps all that its block does, or nothing, and nobody sees the middle."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from parsepy.errors import Code, DuplicateValue, ParseError
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import Increment, SetValue
from parsepy.query.tree import EVERYTHING
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field, missing_class
from parsepy.storage.base import Storage
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.storage.transaction import all_or_nothing
from tests.contract.conftest import StoreOpener
from tests.contract.samples import EVERY_TYPE, ids, is_object, thing

pytestmark = pytest.mark.anyio

JOIN = "_Join:members:Thing"


class Fault(Exception):
    """What stops a block in the middle."""


def stop() -> None:
    raise Fault


@asynccontextmanager
async def taken_back(storage: Storage, error: type[Exception] = Fault) -> AsyncIterator[None]:
    """A transaction whose block has to end with `error`."""
    raised = False
    try:
        async with storage.transaction():
            yield
    except error:
        raised = True
    assert raised


async def change_everything(storage: Storage) -> None:
    """One change of each kind; `t1` and `t2` are there before it."""
    await storage.insert(EVERY_TYPE, thing("t3"))
    assert await storage.insert_many(EVERY_TYPE, [thing("t4"), thing("t5")]) == [None, None]
    await storage.update(EVERY_TYPE, is_object("t1"), {"number": SetValue(2)})
    assert await storage.delete(EVERY_TYPE, is_object("t2")) == 1
    await storage.change_relation(JOIN, "t1", ["u2"], ["u1"])
    await storage.insert(missing_class("Fresh"), thing("f1"))


async def state(storage: Storage) -> tuple[object, ...]:
    first = await storage.get(EVERY_TYPE, "t1", None)
    assert first is not None
    return (
        await ids(storage),
        first["number"],
        await storage.related_ids(JOIN, "t1"),
        await ids(storage, schema=missing_class("Fresh")),
    )


BEFORE: tuple[object, ...] = (["t1", "t2"], 1, ["u1"], [])
AFTER: tuple[object, ...] = (["t1", "t3", "t4", "t5"], 2, ["u2"], ["f1"])


@pytest.fixture
async def filled(storage: Storage, schema: ClassSchema) -> Storage:
    await storage.insert(schema, thing("t1", number=1))
    await storage.insert(schema, thing("t2"))
    await storage.change_relation(JOIN, "t1", ["u1"], [])
    assert await state(storage) == BEFORE
    return storage


async def test_what_a_block_did_is_kept(filled: Storage) -> None:
    async with filled.transaction():
        await change_everything(filled)
    assert await state(filled) == AFTER


async def test_of_a_block_that_fails_nothing_is_kept(filled: Storage) -> None:
    async with taken_back(filled):
        await change_everything(filled)
        stop()
    assert await state(filled) == BEFORE


async def test_a_block_reads_what_it_has_written(filled: Storage) -> None:
    async with filled.transaction():
        await change_everything(filled)
        assert await state(filled) == AFTER
        assert await filled.count(EVERY_TYPE, EVERYTHING) == 4
        assert len(await filled.find_texts(EVERY_TYPE, EVERYTHING)) == 4
        assert await filled.owning_ids(JOIN, ["u2"]) == ["t1"]


async def test_others_see_nothing_before_the_end_and_all_after(filled: Storage) -> None:
    changed, go_on = asyncio.Event(), asyncio.Event()

    async def change_and_wait() -> None:
        async with filled.transaction():
            await change_everything(filled)
            changed.set()
            await go_on.wait()

    changing = asyncio.create_task(change_and_wait())
    await changed.wait()
    # In memory a reader waits for the end instead: it must not see the middle either.
    reading = asyncio.create_task(state(filled))
    await asyncio.wait([reading], timeout=0.05)
    go_on.set()
    await changing
    assert await reading in (BEFORE, AFTER)
    assert await state(filled) == AFTER


async def test_others_see_nothing_of_what_is_taken_back(filled: Storage) -> None:
    changed, go_on = asyncio.Event(), asyncio.Event()

    async def change_and_fail() -> None:
        async with taken_back(filled):
            await change_everything(filled)
            changed.set()
            await go_on.wait()
            stop()

    changing = asyncio.create_task(change_and_fail())
    await changed.wait()
    reading = asyncio.create_task(state(filled))
    await asyncio.wait([reading], timeout=0.05)
    go_on.set()
    await changing
    assert await reading == BEFORE


async def test_an_operation_that_fails_ends_it_even_when_its_error_is_caught(
    filled: Storage,
) -> None:
    async with taken_back(filled, DuplicateValue):
        await change_everything(filled)
        with pytest.raises(DuplicateValue):
            await filled.insert(EVERY_TYPE, thing("t1"))
    assert await state(filled) == BEFORE


async def test_a_refused_row_among_many_ends_it(filled: Storage) -> None:
    async with taken_back(filled, DuplicateValue):
        [kept, refused] = await filled.insert_many(EVERY_TYPE, [thing("t3"), thing("t1")])
        assert kept is None
        assert isinstance(refused, DuplicateValue)
    assert await state(filled) == BEFORE


async def test_a_block_that_is_cancelled_keeps_nothing(filled: Storage) -> None:
    changed = asyncio.Event()

    async def change_and_wait() -> None:
        async with filled.transaction():
            await change_everything(filled)
            changed.set()
            await asyncio.Event().wait()

    changing = asyncio.create_task(change_and_wait())
    await changed.wait()
    changing.cancel()
    await asyncio.wait([changing])
    assert changing.cancelled()
    assert await state(filled) == BEFORE
    await filled.insert(EVERY_TYPE, thing("t9"))


async def test_one_that_is_cancelled_in_an_operation_keeps_nothing(filled: Storage) -> None:
    async def change() -> None:
        async with filled.transaction():
            while True:
                await filled.update(EVERY_TYPE, is_object("t1"), {"number": Increment(1)})
                await asyncio.sleep(0)

    changing = asyncio.create_task(change())
    for _ in range(20):
        await asyncio.sleep(0)
    changing.cancel()
    await asyncio.wait([changing])
    assert await state(filled) == BEFORE


async def test_tasks_of_a_block_take_part(filled: Storage) -> None:
    async with taken_back(filled):
        await asyncio.gather(
            *(filled.insert(EVERY_TYPE, thing(f"n{number}")) for number in range(20)),
            *(
                filled.update(EVERY_TYPE, is_object("t1"), {"number": Increment(1)})
                for _ in range(10)
            ),
        )
        assert len(await ids(filled)) == 22
        stop()
    assert await state(filled) == BEFORE


async def test_a_task_that_outlives_the_block_writes_nothing(filled: Storage) -> None:
    go_on = asyncio.Event()

    async def write_late() -> None:
        await go_on.wait()
        await filled.insert(EVERY_TYPE, thing("late"))

    async with filled.transaction():
        late = asyncio.create_task(write_late())
        await asyncio.sleep(0)
    go_on.set()
    with pytest.raises(ParseError) as raised:
        await late
    assert raised.value.code == Code.INTERNAL
    assert await state(filled) == BEFORE


async def test_transactions_that_meet_lose_nothing(filled: Storage) -> None:
    async def count_up() -> None:
        found = await filled.get(EVERY_TYPE, "t1", None)
        assert found is not None
        number = found["number"]
        assert isinstance(number, int)
        await filled.update(EVERY_TYPE, is_object("t1"), {"number": SetValue(number + 1)})

    await asyncio.gather(*(all_or_nothing(filled, count_up) for _ in range(5)))
    found = await filled.get(EVERY_TYPE, "t1", None)
    assert found is not None
    assert found["number"] == 6


async def test_plain_writes_beside_transactions_are_neither_lost_nor_taken_back(
    filled: Storage,
) -> None:
    async def write_plainly(number: int) -> None:
        await filled.insert(EVERY_TYPE, thing(f"plain{number}"))

    async def fail(number: int) -> None:
        async with taken_back(filled):
            await filled.insert(EVERY_TYPE, thing(f"failed{number}"))
            stop()

    async def keep(number: int) -> None:
        async with filled.transaction():
            await filled.insert(EVERY_TYPE, thing(f"kept{number}"))

    await asyncio.gather(*(step(n) for n in range(10) for step in (write_plainly, fail, keep)))
    names = {f"{kind}{number}" for kind in ("plain", "kept") for number in range(10)}
    assert set(await ids(filled)) == {"t1", "t2", *names}


async def test_a_transaction_holds_no_other(filled: Storage) -> None:
    with pytest.raises(ParseError) as raised:
        async with filled.transaction(), filled.transaction():
            raise AssertionError
    assert raised.value.code == Code.COMMAND_UNAVAILABLE
    assert await state(filled) == BEFORE


async def test_a_transaction_of_one_store_is_none_of_another(
    filled: Storage,
) -> None:
    other = SQLiteStorage(":memory:")
    await other.start()
    async with taken_back(filled):
        assert filled.current_transaction is not None
        assert other.current_transaction is None
        await other.insert(EVERY_TYPE, thing("mine"))
        stop()
    assert await ids(other) == ["mine"]
    await other.close()


async def test_new_classes_and_fields_are_part_of_it(filled: Storage) -> None:
    async def classes() -> set[str]:
        return {definition.name for definition in await filled.load_classes()}

    async with taken_back(filled):
        await filled.create_class(ClassDefinition("Fresh", {"text": Field(STRING)}))
        await filled.add_fields("Thing", {"added": Field(STRING)})
        assert "Fresh" in await classes()
        stop()
    assert await classes() == {"Thing"}
    [definition] = await filled.load_classes()
    assert "added" not in definition.fields


@pytest.mark.parametrize(
    "change",
    [
        lambda storage: storage.delete_class(EVERY_TYPE),
        lambda storage: storage.delete_fields(EVERY_TYPE, ["text"]),
        lambda storage: storage.create_index(EVERY_TYPE, "text_1", {"text": 1}),
        lambda storage: storage.drop_index(EVERY_TYPE, "text_1"),
        lambda storage: storage.set_permissions("Thing", {}),
        lambda storage: storage.set_field_options("Thing", "text", Field(STRING)),
        lambda storage: storage.ensure_indexes([]),
        lambda storage: storage.erase(),
    ],
)
async def test_other_changes_of_the_schema_are_refused(filled: Storage, change: object) -> None:
    assert callable(change)
    with pytest.raises(ParseError) as raised:
        async with filled.transaction():
            await change(filled)
    assert raised.value.code == Code.COMMAND_UNAVAILABLE
    assert await state(filled) == BEFORE


async def test_what_waits_for_the_end_runs_after_it(filled: Storage) -> None:
    seen: list[object] = []

    async def look() -> None:
        assert filled.current_transaction is None
        seen.append(await state(filled))

    async with filled.transaction():
        assert filled.current_transaction is not None
        filled.current_transaction.at_end(look)
        filled.current_transaction.at_end(look)
        await change_everything(filled)
        assert seen == []
    assert seen == [AFTER]


async def test_a_store_may_be_closed_with_a_transaction_open(
    lasting: StoreOpener,
) -> None:
    storage = lasting()
    await storage.start()
    opened = asyncio.Event()

    async def stay() -> None:
        async with storage.transaction():
            await storage.insert(EVERY_TYPE, thing("t1"))
            opened.set()
            await asyncio.Event().wait()

    staying = asyncio.create_task(stay())
    await opened.wait()
    staying.cancel()
    await storage.close()
    await asyncio.wait([staying])
    again = lasting()
    await again.start()
    assert await ids(again) == []
    await again.close()


async def test_an_end_goes_on_when_its_request_goes_away(filled: Storage) -> None:
    ending, go_on, seen = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def stay() -> None:
        ending.set()
        await go_on.wait()
        seen.set()

    async def change() -> None:
        async with filled.transaction():
            assert filled.current_transaction is not None
            filled.current_transaction.at_end(stay)
            await change_everything(filled)

    changing = asyncio.create_task(change())
    await ending.wait()
    changing.cancel()
    await asyncio.wait([changing])
    go_on.set()
    await asyncio.wait_for(seen.wait(), 30)
    assert changing.cancelled()
    assert await state(filled) == AFTER


async def test_two_servers_with_transactions_lose_nothing(lasting: StoreOpener) -> None:
    first, second = lasting(), lasting()
    await first.start()
    await second.start()
    await first.create_class(EVERY_TYPE.definition)
    await first.insert(EVERY_TYPE, thing("t1", number=0))

    async def count_up(storage: Storage) -> None:
        async def work() -> None:
            found = await storage.get(EVERY_TYPE, "t1", None)
            assert found is not None
            assert isinstance(found["number"], int)
            number = found["number"] + 1
            await storage.update(EVERY_TYPE, is_object("t1"), {"number": SetValue(number)})
            await storage.insert(EVERY_TYPE, thing(f"n{number}"))

        await all_or_nothing(storage, work)

    for _ in range(5):
        await asyncio.gather(count_up(first), count_up(second))
    for store in (first, second):
        assert await store.get(EVERY_TYPE, "t1", None) == thing("t1", number=10)
        assert len(await ids(store)) == 11
        await store.close()


async def test_a_fault_of_its_own_is_not_tried_again(filled: Storage) -> None:
    attempts = 0

    async def work() -> None:
        nonlocal attempts
        attempts += 1
        await filled.insert(EVERY_TYPE, thing("t1"))

    with pytest.raises(DuplicateValue):
        await all_or_nothing(filled, work)
    assert attempts == 1
