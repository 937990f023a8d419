"""Definitions applied to real stores: as defined afterwards, and nothing to do the next time."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.schema.api import SchemaApi
from parsepy.schema.definitions import Definitions, read_definitions
from parsepy.schema.migration import Migration
from parsepy.storage.base import Storage
from parsepy.storage.mongodb import MongoStorage
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.types import JSONObject, JSONValue
from tests.schema.stores import Server, server

pytestmark = pytest.mark.anyio

GAME: JSONObject = {
    "className": "Game",
    "fields": {
        "score": {"type": "Number", "required": True, "defaultValue": 0},
        "owner": {"type": "Pointer", "targetClass": "_User"},
        "fans": {"type": "Relation", "targetClass": "_User"},
        "area": {"type": "Polygon"},
        "title": {"type": "String"},
    },
    "indexes": {"by_score": {"score": -1, "title": 1}, "by_owner": {"_p_owner": 1}},
    "indexOptions": {"by_owner": {"unique": True, "sparse": True}},
    "classLevelPermissions": {"find": {"*": True}, "protectedFields": {"*": ["title"]}},
}


@pytest.fixture(params=["sqlite", "mongodb"])
def opener(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Storage]:
    if request.param == "mongodb":
        uri: str = request.getfixturevalue("mongodb_database_uri")
        return lambda: MongoStorage(uri)
    return lambda: SQLiteStorage(str(tmp_path / "app.sqlite"))


@pytest.fixture
async def store(opener: Callable[[], Storage]) -> AsyncIterator[Server]:
    async with server(opener) as running:
        yield running


def _api(running: Server) -> SchemaApi:
    return SchemaApi(running.registry, custom_ids=False, check_index_fields=True, protected={})


def _migration(running: Server, *classes: JSONObject, **settings: Any) -> Migration:
    definitions = Definitions(tuple(classes), **settings)
    return Migration(definitions, _api(running), running.registry)


async def _steps(migration: Migration) -> list[JSONObject]:
    return [step.body for plan in await migration.plan() for step in plan.steps]


async def test_a_class_is_made_as_it_is_defined(store: Server) -> None:
    await _migration(store, GAME).apply()

    found = await _api(store).get("Game")
    fields, indexes = found["fields"], found["indexes"]
    assert isinstance(fields, dict)
    assert isinstance(indexes, dict)
    wanted = GAME["fields"]
    assert isinstance(wanted, dict)
    assert {name: fields[name] for name in wanted} == wanted
    assert {name: key for name, key in indexes.items() if name.startswith("by_")} == GAME["indexes"]
    assert found["indexOptions"] == GAME["indexOptions"]


async def test_the_second_time_there_is_nothing_to_do(store: Server) -> None:
    await store.registry.ensure_class(await store.registry.get("_User"))
    await _migration(store, GAME).apply()
    before = await _api(store).all()
    store.storage.taken_calls()

    await _migration(store, GAME).apply()

    changes = set(store.storage.taken_calls()) - {"load_classes", "index_options"}
    assert changes == set()
    assert await _api(store).all() == before
    assert await _steps(_migration(store, GAME)) == []


async def test_the_sessions_class_is_there_after_a_migration(store: Server) -> None:
    await _migration(store).apply()

    assert [schema.name for schema in store.registry.known()] == ["_Session"]


async def test_changes_reach_the_store_step_by_step(store: Server) -> None:
    await _migration(store, GAME).apply()
    changed: JSONObject = {
        "className": "Game",
        "fields": {
            "score": {"type": "String"},
            "owner": {"type": "Pointer", "targetClass": "_User"},
            "fresh": {"type": "Date"},
        },
        "indexes": {"by_owner": {"_p_owner": 1}, "gone": {"fresh": 1}},
        "indexOptions": {"gone": {"expireAfterSeconds": 60}},
        "classLevelPermissions": {"get": {"*": True}},
    }
    migration = _migration(store, changed, delete_extra_fields=True, recreate_modified_fields=True)

    await migration.apply()

    found = await _api(store).get("Game")
    fields = found["fields"]
    assert isinstance(fields, dict)
    assert {name: field for name, field in fields.items() if name in ("score", "fresh")} == {
        "score": {"type": "String"},
        "fresh": {"type": "Date"},
    }
    assert "fans" not in fields
    assert found["indexOptions"] == {"gone": {"expireAfterSeconds": 60}}
    assert await _steps(migration) == []


async def test_values_go_with_a_field_that_is_made_anew(store: Server) -> None:
    old: JSONObject = {"className": "Game", "fields": {"score": {"type": "String"}}}
    new: JSONObject = {"className": "Game", "fields": {"score": {"type": "Number"}}}
    time = "2024-01-02T03:04:05.678Z"
    row: JSONObject = {"objectId": "g", "createdAt": time, "updatedAt": time}
    await _migration(store, old).apply()
    schema = await store.registry.get("Game")
    await store.storage.storage.insert(schema, {**row, "score": "high"})

    await _migration(store, new, recreate_modified_fields=True).apply()

    schema = await store.registry.get("Game")
    assert await store.storage.storage.get(schema, "g", None) == row


async def test_servers_that_start_together_agree(opener: Callable[[], Storage]) -> None:
    async with server(opener) as one, server(opener) as two, server(opener) as three:
        servers = (one, two, three)
        await asyncio.gather(*(_migration(each, GAME, strict=True).run() for each in servers))
        await asyncio.gather(*(each.registry.load() for each in servers))

        plans = [await _steps(_migration(each, GAME)) for each in servers]

        assert plans == [[], [], []]
        assert (await one.registry.get("Game")).definition == (
            await three.registry.get("Game")
        ).definition


async def test_duplicates_keep_a_unique_index_from_being_made(store: Server) -> None:
    plain: JSONObject = {"className": "Game", "fields": {"title": {"type": "String"}}}
    unique: JSONObject = {
        **plain,
        "indexes": {"once": {"title": 1}},
        "indexOptions": {"once": {"unique": True}},
    }
    await _migration(store, plain).apply()
    schema = await store.registry.get("Game")
    time = "2024-01-02T03:04:05.678Z"
    for object_id in ("a", "b"):
        row: JSONObject = {"objectId": object_id, "createdAt": time, "updatedAt": time}
        await store.storage.storage.insert(schema, {**row, "title": "x"})

    with pytest.raises(ParseError) as refused:
        await _migration(store, unique).apply()

    assert refused.value.code == 137
    assert refused.value.message.startswith("Game: ")
    indexes = (await _api(store).get("Game")).get("indexes", {})
    assert "once" not in indexes  # type: ignore[operator]


# -- around it


@pytest.fixture
async def small() -> AsyncIterator[Server]:
    async with server(lambda: SQLiteStorage(":memory:")) as running:
        yield running


async def test_hooks_run_before_and_after(small: Server) -> None:
    seen: list[list[str]] = []

    def before() -> None:
        seen.append([schema.name for schema in small.registry.known()])

    async def after() -> None:
        seen.append(sorted(schema.name for schema in small.registry.known()))

    await _migration(small, {"className": "Game"}, before=before, after=after).run()

    assert seen == [[], ["Game", "_Session"]]


async def test_a_failure_is_told_and_the_server_goes_on(
    small: Server, caplog: pytest.LogCaptureFixture
) -> None:
    bad: JSONObject = {"className": "Bad", "fields": {"a": {"type": "Wonder"}}}

    await _migration(small, bad).run()

    assert "the schema migration failed: Bad: invalid field type: Wonder" in caplog.text
    assert not (await small.registry.get("Bad")).exists


async def test_with_strict_a_failure_ends_the_start(small: Server) -> None:
    bad: JSONObject = {"className": "Bad", "fields": {"a": {"type": "Wonder"}}}

    with pytest.raises(ParseError, match="The schema migration failed: Bad: invalid field type"):
        await _migration(small, bad, strict=True).run()


async def test_a_hook_that_fails_keeps_the_schema_as_it_is(small: Server) -> None:
    def before() -> None:
        raise ValueError("not now")

    with pytest.raises(ParseError, match="not now"):
        await _migration(small, {"className": "Game"}, before=before, strict=True).run()
    assert small.registry.known() == []


async def test_what_changes_and_what_stays_different_is_logged(
    small: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    old: JSONObject = {"className": "Game", "fields": {"a": {"type": "String"}}}
    new: JSONObject = {"className": "Game", "fields": {"b": {"type": "String"}}}

    await _migration(small, old).run()
    await _migration(small, new, strict=True).run()

    assert "schema: Game: creates the class with a" in caplog.messages
    assert "schema: Game: adds field b (String)" in caplog.messages
    assert "schema: fields of Game without a definition: a" in caplog.messages


async def test_a_class_without_a_name_is_refused(small: Server) -> None:
    with pytest.raises(ParseError, match="needs a className"):
        await _migration(small, {"fields": {}}).apply()


# -- any definitions

_TYPES: list[JSONValue] = [
    {"type": "String"},
    {"type": "String", "required": True},
    {"type": "Number", "defaultValue": 1.0},
    {"type": "Date", "defaultValue": {"__type": "Date", "iso": "2024-01-01T00:00:00Z"}},
    {"type": "Pointer", "targetClass": "_User"},
    {"type": "Relation", "targetClass": "Game"},
    {"type": "Array"},
]
_FIELDS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(_TYPES), max_size=3)
_KEYS: dict[str, list[JSONObject]] = {
    "i": [{"_created_at": 1}, {"_created_at": 1, "_updated_at": 1}],
    "j": [{"_updated_at": -1}, {"_updated_at": 1, "_created_at": 1}],
}
_OPTIONS: list[JSONObject] = [{}, {"unique": True}, {"sparse": True}, {"expireAfterSeconds": 9}]
_PERMISSIONS: list[JSONValue] = [None, {}, {"find": {"*": True}}, {"addField": {"*": True}}]


@st.composite
def _definitions(draw: st.DrawFn) -> JSONObject:
    names = draw(st.sets(st.sampled_from(["i", "j"])))
    indexes: JSONObject = {name: draw(st.sampled_from(_KEYS[name])) for name in names}
    options: JSONObject = {}
    for name, key in indexes.items():
        alone = isinstance(key, dict) and len(key) == 1
        options[name] = draw(st.sampled_from(_OPTIONS if alone else _OPTIONS[:-1]))
    return {
        "className": "Game",
        "fields": draw(_FIELDS),
        "indexes": indexes,
        "indexOptions": options,
        "classLevelPermissions": draw(st.sampled_from(_PERMISSIONS)),
    }


@given(
    first=_definitions(),
    second=_definitions(),
    delete=st.booleans(),
    recreate=st.booleans(),
    keep=st.booleans(),
)
@settings(max_examples=40, deadline=None)
async def test_after_any_definition_nothing_is_left_to_do(
    first: JSONObject, second: JSONObject, delete: bool, recreate: bool, keep: bool
) -> None:
    async with server(lambda: SQLiteStorage(":memory:")) as running:
        for definition in (first, second):
            option = {
                "definitions": [definition],
                "deleteExtraFields": delete,
                "recreateModifiedFields": recreate,
                "keepUnknownIndexes": keep,
            }
            migration = Migration(read_definitions(option), _api(running), running.registry)
            await migration.apply()
            assert await _steps(migration) == []
