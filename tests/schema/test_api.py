"""The schema API: a change is made whole or not at all, and read back as it was given."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.schema.api import SchemaApi
from parsepy.schema.classes import ClassDefinition, Field
from parsepy.schema.registry import SchemaRegistry
from parsepy.storage.sqlite import SQLiteStorage
from parsepy.types import JSONObject, JSONValue
from tests.schema.stores import Server, server
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

GOOD: JSONObject = {"good": {"type": "String"}}
OPEN_TO_ALL: JSONObject = {"*": True}

BAD_PARTS: list[tuple[str, int, JSONObject]] = [
    ("fields that are no object", 107, {"fields": "all"}),
    ("a bad name", 105, {"fields": {**GOOD, "1a": {"type": "String"}}}),
    ("a bad type", 111, {"fields": {**GOOD, "b": {"type": "Text"}}}),
    ("no target", 135, {"fields": {**GOOD, "b": {"type": "Pointer"}}}),
    ("a bad target", 103, {"fields": {**GOOD, "b": {"type": "Pointer", "targetClass": "1"}}}),
    ("a bad default", 111, {"fields": {**GOOD, "b": {"type": "Number", "defaultValue": "1"}}}),
    ("a common column", 136, {"fields": {**GOOD, "createdAt": {"__op": "Delete"}}}),
    ("two points", 111, {"fields": {"p": {"type": "GeoPoint"}, "q": {"type": "GeoPoint"}}}),
    ("bad permissions", 107, {"fields": GOOD, "classLevelPermissions": {"find": {"*": 1}}}),
    ("an unknown operation", 107, {"fields": GOOD, "classLevelPermissions": {"read": {}}}),
    ("permissions as text", 107, {"fields": GOOD, "classLevelPermissions": "all"}),
    ("an index on nothing", 102, {"fields": GOOD, "indexes": {"i": {"nothing": 1}}}),
    ("an index to drop", 102, {"fields": GOOD, "indexes": {"i": {"__op": "Delete"}}}),
    ("an index as text", 102, {"fields": GOOD, "indexes": {"i": "good"}}),
    ("an index on no field", 102, {"fields": GOOD, "indexes": {"i": {}}}),
    (
        "options of no index",
        102,
        {"fields": GOOD, "indexes": {"i": {"good": 1}}, "indexOptions": {"j": {"unique": True}}},
    ),
    (
        "an index that the store refuses",
        102,
        {"fields": GOOD, "indexes": {"i": {"good": 1}, "j": {"good": "hashed"}}},
    ),
]
PARTS = [(code, body) for _, code, body in BAD_PARTS]
NAMES = [name for name, _, _ in BAD_PARTS]


@pytest.fixture
async def store() -> AsyncIterator[Server]:
    async with server(lambda: SQLiteStorage(":memory:")) as running:
        yield running


@pytest.fixture
def api(store: Server) -> SchemaApi:
    return _api(store.registry)


def _api(registry: SchemaRegistry) -> SchemaApi:
    return SchemaApi(registry, custom_ids=False, check_index_fields=True, protected={})


def _protected_in(described: JSONObject) -> JSONValue:
    permissions = described["classLevelPermissions"]
    assert isinstance(permissions, dict)
    return permissions["protectedFields"]


async def _stored(store: Server) -> list[ClassDefinition]:
    return await store.storage.storage.load_classes()


@pytest.mark.parametrize(("code", "body"), PARTS, ids=NAMES)
async def test_a_create_with_one_bad_part_makes_nothing(
    store: Server, api: SchemaApi, code: int, body: JSONObject
) -> None:
    error = await awaited_refusal(api.create("Game", body))

    assert error is not None
    assert error.code == code
    assert await _stored(store) == []
    assert not (await store.registry.get("Game")).exists


@pytest.mark.parametrize(("code", "body"), PARTS, ids=NAMES)
async def test_an_update_with_one_bad_part_changes_nothing(
    store: Server, api: SchemaApi, code: int, body: JSONObject
) -> None:
    await api.create(
        "Game",
        {
            "fields": {"old": {"type": "String"}, "kept": {"type": "Number"}},
            "classLevelPermissions": {"find": OPEN_TO_ALL},
            "indexes": {"by_old": {"old": 1}},
        },
    )
    before = await _stored(store)
    fields = body.get("fields")
    whole: JSONObject = {
        "classLevelPermissions": {"get": OPEN_TO_ALL},
        **body,
        "fields": {
            **fields,
            "old": {"__op": "Delete"},
            "kept": {"type": "Number", "required": True},
        }
        if isinstance(fields, dict)
        else fields,
    }

    error = await awaited_refusal(api.update("Game", whole))

    assert error is not None
    assert error.code == code
    assert await _stored(store) == before
    assert [(await store.registry.get("Game")).definition] == before


async def test_an_update_does_all_it_was_asked_for(store: Server, api: SchemaApi) -> None:
    await api.create(
        "Game",
        {
            "fields": {"old": {"type": "String"}, "kept": {"type": "Number"}},
            "indexes": {"by_kept": {"kept": 1}},
        },
    )

    answer = await api.update(
        "Game",
        {
            "fields": {
                "old": {"__op": "Delete"},
                "kept": {"type": "Number", "required": True},
                "new": {"type": "String", "defaultValue": "x"},
            },
            "classLevelPermissions": {"find": OPEN_TO_ALL},
            "indexes": {"by_kept": {"__op": "Delete"}, "by_new": {"new": -1}},
        },
    )

    assert answer["fields"] == {
        "objectId": {"type": "String"},
        "createdAt": {"type": "Date"},
        "updatedAt": {"type": "Date"},
        "ACL": {"type": "ACL"},
        "kept": {"type": "Number", "required": True},
        "new": {"type": "String", "defaultValue": "x"},
    }
    assert answer["classLevelPermissions"] == {
        **{operation: {} for operation in ("count", "get", "create", "update", "delete")},
        "addField": {},
        "find": OPEN_TO_ALL,
        "protectedFields": {},
    }
    assert isinstance(answer["indexes"], dict)
    assert answer["indexes"]["by_new"] == {"new": -1}
    assert "by_kept" not in answer["indexes"]
    assert await api.get("Game") == answer


async def test_values_of_a_deleted_field_are_gone(store: Server, api: SchemaApi) -> None:
    await api.create("Game", {"fields": {"a": {"type": "String"}, "b": {"type": "Number"}}})
    schema = await store.registry.get("Game")
    time = "2024-01-02T03:04:05.678Z"
    stored: JSONObject = {"objectId": "x", "createdAt": time, "updatedAt": time}
    await store.storage.storage.insert(schema, {**stored, "a": "text", "b": 1})

    await api.update("Game", {"fields": {"a": {"__op": "Delete"}}})
    await api.update("Game", {"fields": {"a": {"type": "Number"}}})

    schema = await store.registry.get("Game")
    assert await store.storage.storage.get(schema, "x", None) == {**stored, "b": 1}


async def test_of_two_creates_of_one_class_one_is_refused(store: Server) -> None:
    outcomes = await asyncio.gather(
        *(_api(store.registry).create("Game", {}) for _ in range(2)), return_exceptions=True
    )

    refused = [outcome for outcome in outcomes if isinstance(outcome, ParseError)]
    assert [(error.code, error.message) for error in refused] == [
        (103, "Class Game already exists.")
    ]
    assert len(await _stored(store)) == 1


async def test_a_class_of_another_server_is_not_made_again(store: Server, api: SchemaApi) -> None:
    await store.storage.storage.create_class(ClassDefinition("Game"))

    error = await awaited_refusal(api.create("Game", {}))

    assert error is not None
    assert error.code == 103


@pytest.mark.parametrize(
    ("class_name", "code"),
    [("1a", 103), ("_Other", 103), ("_Hooks", 103), ("_Join:a:B", 103), ("_JobStatus", 103)],
)
async def test_internal_names_get_no_schema(
    store: Server, api: SchemaApi, class_name: str, code: int
) -> None:
    errors = [
        await awaited_refusal(api.create(class_name, {})),
        await awaited_refusal(api.update(class_name, {"fields": GOOD})),
    ]

    assert [error and error.code for error in errors] == [code, code]
    assert await _stored(store) == []


async def test_a_class_with_objects_is_not_dropped(store: Server, api: SchemaApi) -> None:
    await api.create("Game", {})

    error = await awaited_refusal(api.delete("Game", 2))

    assert error is not None
    assert (error.code, error.message) == (
        255,
        "Class Game is not empty, contains 2 objects, cannot drop schema.",
    )
    assert (await store.registry.get("Game")).exists


async def test_a_dropped_class_is_gone_at_once(store: Server, api: SchemaApi) -> None:
    await api.create("Game", {"fields": GOOD})

    await api.delete("Game", 0)

    assert not (await store.registry.get("Game")).exists
    assert await api.all() == []


@pytest.mark.parametrize(
    ("value", "stored"), [(1, {}), (True, {}), ([], {}), (0, None), (False, None), ("", None)]
)
async def test_what_is_no_object_closes_the_class_unless_it_is_false(
    store: Server, api: SchemaApi, value: JSONValue, stored: JSONValue
) -> None:
    await api.create("Game", {"classLevelPermissions": value})

    assert (await store.registry.get("Game")).definition.permissions == stored


async def test_null_in_place_of_permissions_opens_the_class_again(
    store: Server, api: SchemaApi
) -> None:
    await api.create("Game", {"classLevelPermissions": {"find": {}}})

    await api.update("Game", {"classLevelPermissions": None})

    assert all(
        rule.public for rule in (await store.registry.get("Game")).permissions.rules.values()
    )


async def test_an_update_tells_fields_that_the_server_hides_with_those_of_the_class(
    store: Server,
) -> None:
    protected = {"Game": {"*": ["email"], "role:x": ["a"]}}
    hiding = SchemaApi(
        store.registry, custom_ids=False, check_index_fields=True, protected=protected
    )
    clp: JSONObject = {"protectedFields": {"*": ["good", "email"]}}
    fields: JSONObject = {**GOOD, "email": {"type": "String"}}

    created = await hiding.create("Game", {"fields": fields, "classLevelPermissions": clp})
    updated = await hiding.update("Game", {})

    assert (
        _protected_in(created)
        == _protected_in(await hiding.get("Game"))
        == {"*": ["good", "email"]}
    )
    assert _protected_in(updated) == {"*": ["good", "email"], "role:x": ["a"]}
    assert (await store.registry.get("Game")).definition.permissions == clp


async def test_a_default_value_is_kept_as_it_was_sent(store: Server, api: SchemaApi) -> None:
    default: JSONObject = {"__type": "Date", "iso": "2024-01-02T03:04:05Z"}

    await api.create("Game", {"fields": {"day": {"type": "Date", "defaultValue": default}}})

    stored: Field = (await store.registry.get("Game")).definition.fields["day"]
    assert stored.default == default
