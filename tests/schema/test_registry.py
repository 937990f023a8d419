"""The classes of one app: one snapshot, many requests, and other servers on the same store."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path

import pytest
from anyio.lowlevel import checkpoint

from parsepy.cache import Changes
from parsepy.errors import ParseError
from parsepy.protocol.field_types import NUMBER, STRING
from parsepy.schema.class_permissions import UNRESTRICTED, Rule
from parsepy.schema.classes import ClassSchema, missing_class
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from tests.schema.stores import Server, server
from tests.support.recording_storage import RecordingStorage

pytestmark = pytest.mark.anyio


@pytest.fixture
async def alone(tmp_path: Path) -> AsyncIterator[Server]:
    """One server on a store where reads and writes really wait."""
    async with server(lambda: SQLiteStorage(str(tmp_path / "app.sqlite"))) as running:
        yield running


@pytest.fixture(params=["sqlite", "mongodb"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Storage]:
    """Opens one and the same store as often as it is called."""
    if request.param == "mongodb":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        return lambda: MongoStorage(uri)
    return lambda: SQLiteStorage(str(tmp_path / "app.sqlite"))


async def _make(registry: SchemaRegistry, name: str = "Game") -> ClassSchema:
    return await registry.ensure_class(await registry.get(name))


async def test_a_known_class_is_handed_out_without_asking_the_store(alone: Server) -> None:
    made = await _make(alone.registry)
    alone.storage.taken_calls()

    assert await alone.registry.get("Game") is made
    assert alone.storage.taken_calls() == []


async def test_a_class_is_made_once(alone: Server) -> None:
    made = await _make(alone.registry)
    alone.storage.taken_calls()

    assert made.exists
    assert await alone.registry.ensure_class(made) is made
    assert alone.storage.taken_calls() == []


@pytest.mark.parametrize("name", ["", "1a", "_Other", "a b", "length", "system.users"])
async def test_a_class_with_a_bad_name_is_not_made(alone: Server, name: str) -> None:
    schema = await alone.registry.get(name)
    alone.storage.taken_calls()

    with pytest.raises(ParseError) as caught:
        await alone.registry.ensure_class(schema)

    assert caught.value.code == 107
    assert alone.storage.taken_calls() == []


async def test_a_volatile_class_needs_no_store(alone: Server) -> None:
    schema = await alone.registry.get("_JobStatus")

    assert schema.exists
    assert await alone.registry.ensure_fields(schema, {"jobName": STRING}) is schema
    assert alone.storage.taken_calls() == []


async def test_a_volatile_class_gets_no_fields(alone: Server) -> None:
    schema = await alone.registry.get("_JobSchedule")

    with pytest.raises(ParseError, match="Could not add field color") as caught:
        await alone.registry.ensure_fields(schema, {"jobName": STRING, "color": STRING})

    assert caught.value.code == 107
    assert alone.storage.taken_calls() == []


async def test_fields_that_are_there_need_no_store(alone: Server) -> None:
    schema = await alone.registry.ensure_fields(await _make(alone.registry), {"a": STRING})
    alone.storage.taken_calls()

    assert await alone.registry.ensure_fields(schema, {"a": STRING}) is schema
    assert alone.storage.taken_calls() == []


async def test_a_snapshot_that_was_handed_out_never_changes(alone: Server) -> None:
    before = await _make(alone.registry)

    after = await alone.registry.ensure_fields(before, {"a": STRING})

    assert (before.type_of("a"), after.type_of("a")) == (None, STRING)


async def test_requests_that_make_one_class_at_once_all_get_it(alone: Server) -> None:
    made = await asyncio.gather(*(_make(alone.registry) for _ in range(8)))

    assert all(schema.exists and schema.name == "Game" for schema in made)
    assert [each.name for each in await alone.storage.storage.load_classes()] == ["Game"]


async def test_requests_that_add_one_field_at_once_all_get_it(alone: Server) -> None:
    schema = await _make(alone.registry)

    grown = await asyncio.gather(
        *(alone.registry.ensure_fields(schema, {"a": STRING, f"b{n}": NUMBER}) for n in range(8))
    )

    assert all(each.type_of("a") == STRING for each in grown)
    assert all(each.type_of(f"b{n}") == NUMBER for n, each in enumerate(grown))
    assert {f"b{n}" for n in range(8)} < (await alone.registry.get("Game")).types.keys()


async def test_requests_that_add_one_field_with_two_types_cannot_both_have_it(
    alone: Server,
) -> None:
    schema = await _make(alone.registry)

    outcomes = await asyncio.gather(
        *(alone.registry.ensure_fields(schema, {"a": each}) for each in (STRING, NUMBER)),
        return_exceptions=True,
    )

    assert _winning_type(outcomes) == str((await alone.registry.get("Game")).type_of("a"))


async def test_servers_that_make_one_class_at_once_both_get_it(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener) as second:
        made = await asyncio.gather(_make(first.registry), _make(second.registry))

        assert [schema.exists for schema in made] == [True, True]
        assert [each.name for each in await first.storage.storage.load_classes()] == ["Game"]


async def test_servers_that_add_one_field_with_two_types_cannot_both_have_it(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener) as second:
        schemas = [await _make(each.registry) for each in (first, second)]

        outcomes = await asyncio.gather(
            first.registry.ensure_fields(schemas[0], {"a": STRING}),
            second.registry.ensure_fields(schemas[1], {"a": NUMBER}),
            return_exceptions=True,
        )

        winning = _winning_type(outcomes)
        for each in (first, second):
            await each.registry.load()
            assert str((await each.registry.get("Game")).type_of("a")) == winning


async def test_a_write_that_loses_to_another_server_leaves_no_field_behind(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener) as second:
        schemas = [await _make(each.registry) for each in (first, second)]
        held = first.storage.hold_next("load_classes")
        losing = asyncio.create_task(
            first.registry.ensure_fields(schemas[0], {"a": STRING, "b": NUMBER})
        )
        await held.reached.wait()
        await second.registry.ensure_fields(schemas[1], {"a": NUMBER})
        held.release()

        with pytest.raises(ParseError) as caught:
            await losing

        assert caught.value.message == "schema mismatch for Game.a; expected Number but got String"
        (stored,) = await first.storage.storage.load_classes()
        assert set(stored.fields) == {"a"}


async def test_a_field_that_came_with_the_class_is_of_the_wanted_type(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener) as second:
        missing = await first.registry.get("Game")
        await second.registry.ensure_fields(await _make(second.registry), {"a": NUMBER})

        with pytest.raises(ParseError) as caught:
            await first.registry.ensure_fields(
                await first.registry.ensure_class(missing), {"a": STRING}
            )

        assert caught.value.message == "schema mismatch for Game.a; expected Number but got String"


async def test_a_write_that_is_overtaken_adds_what_is_left(opener: Callable[[], Storage]) -> None:
    async with server(opener) as first, server(opener) as second:
        schemas = [await _make(each.registry) for each in (first, second)]
        held = first.storage.hold_next("load_classes")
        overtaken = asyncio.create_task(
            first.registry.ensure_fields(schemas[0], {"a": STRING, "b": NUMBER})
        )
        await held.reached.wait()
        await second.registry.ensure_fields(schemas[1], {"a": STRING})
        held.release()

        grown = await overtaken

        assert (grown.type_of("a"), grown.type_of("b")) == (STRING, NUMBER)


async def test_a_class_of_another_server_is_seen_at_once(opener: Callable[[], Storage]) -> None:
    async with server(opener) as first, server(opener) as second:
        await _make(first.registry)

        assert (await second.registry.get("Game")).exists


async def test_a_field_of_another_server_is_seen_before_one_is_added(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener) as second:
        known = [await _make(each.registry) for each in (first, second)]
        await first.registry.ensure_fields(known[0], {"a": STRING})

        with pytest.raises(ParseError) as caught:
            await second.registry.ensure_fields(known[1], {"a": NUMBER})

        assert caught.value.message == "schema mismatch for Game.a; expected String but got Number"


async def test_permissions_of_another_server_are_seen_when_the_snapshot_is_old(
    opener: Callable[[], Storage],
) -> None:
    async with server(opener) as first, server(opener, max_age=0) as second:
        await _make(first.registry)
        before = await second.registry.get("Game")
        await first.storage.storage.set_permissions("Game", {"find": {}})

        after = await _next_snapshot(second.registry, before)

        assert not after.permissions.rules["find"].public


async def test_a_young_snapshot_is_not_read_again(opener: Callable[[], Storage]) -> None:
    async with server(opener) as first, server(opener) as second:
        await _make(first.registry)
        known = await second.registry.get("Game")
        await first.storage.storage.set_permissions("Game", {"find": {}})
        second.storage.taken_calls()

        assert await second.registry.get("Game") is known
        assert second.storage.taken_calls() == []


async def test_requests_do_not_wait_for_a_new_snapshot_and_share_it(tmp_path: Path) -> None:
    async with server(lambda: SQLiteStorage(str(tmp_path / "a.sqlite")), max_age=0) as running:
        known = await _make(running.registry)
        running.storage.taken_calls()
        held = running.storage.hold_next("load_classes")

        answers = [await running.registry.get("Game")]
        await held.reached.wait()
        answers += [await running.registry.get("Game") for _ in range(10)]

        assert all(answer is known for answer in answers)
        assert running.storage.taken_calls() == ["load_classes"]
        held.release()
        await _next_snapshot(running.registry, known)


async def test_an_old_snapshot_serves_on_while_the_store_fails(tmp_path: Path) -> None:
    async with server(lambda: SQLiteStorage(str(tmp_path / "a.sqlite")), max_age=0) as running:
        known = await _make(running.registry)
        closed = RecordingStorage(SQLiteStorage(":memory:"))
        await closed.storage.start()
        await closed.storage.close()
        running.registry.store = closed.storage

        attempts = 0
        async with asyncio.timeout(10):
            while attempts < 3:
                assert await running.registry.get("Game") is known
                await checkpoint()
                attempts += len(closed.taken_calls())

        running.registry.store = running.storage.storage
        assert await _next_snapshot(running.registry, known) is not known


async def test_a_read_that_took_long_does_not_undo_a_later_one(alone: Server) -> None:
    await _make(alone.registry)
    held = alone.storage.hold_next("load_classes")
    slow = asyncio.create_task(alone.registry.load())
    await held.reached.wait()

    await alone.storage.storage.set_permissions("Game", {"find": {}})
    await alone.registry.load()
    held.release()
    await slow

    assert not (await alone.registry.get("Game")).permissions.rules["find"].public


async def test_closing_ends_a_reading_that_is_under_way(tmp_path: Path) -> None:
    async with server(lambda: SQLiteStorage(str(tmp_path / "a.sqlite")), max_age=0) as running:
        await _make(running.registry)
        held = running.storage.hold_next("load_classes")
        await running.registry.get("Game")
        await held.reached.wait()

        async with asyncio.timeout(10):
            await running.registry.close()


async def _next_snapshot(registry: SchemaRegistry, known: ClassSchema) -> ClassSchema:
    """The class as the first request sees it that gets another snapshot."""
    async with asyncio.timeout(10):
        while (schema := await registry.get(known.name)) is known:
            await checkpoint()
    return schema


def _winning_type(outcomes: Sequence[ClassSchema | BaseException]) -> str:
    """The type of the field `a` for the one that got it; the other was told so."""
    won = [outcome for outcome in outcomes if isinstance(outcome, ClassSchema)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ParseError)]
    assert (len(won), len(lost)) == (1, 1)
    assert lost[0].code == 111
    winning = str(won[0].type_of("a"))
    assert f"expected {winning}" in lost[0].message
    return winning


async def test_a_change_that_was_told_is_read_before_the_next_class_is_handed_out(
    opener: Callable[[], Storage],
) -> None:
    changes = Changes()
    async with server(opener, changes=changes) as one, server(opener, changes=changes) as other:
        await one.registry.ensure_class(missing_class("Game"))
        assert (await other.registry.get("Game")).permissions == UNRESTRICTED
        other.storage.taken_calls()

        await one.storage.storage.set_permissions("Game", {})
        await one.registry.changed()

        seen = await asyncio.gather(*(other.registry.get("Game") for _ in range(5)))
        assert {schema.permissions.rules["find"] for schema in seen} == {Rule(public=False)}
        assert other.storage.taken_calls() == ["load_classes"]
        await other.registry.get("Game")
        assert other.storage.taken_calls() == []
