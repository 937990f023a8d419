"""The write door: a write is done whole or not at all, and shares nothing with another."""

import asyncio
import copy
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from parsepy.errors import ParseError
from parsepy.objects import read, write
from parsepy.objects.write_state import Written
from parsepy.permissions.caller import Caller
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.types import JSONObject
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

MASTER = Caller(is_master=True)


@pytest.fixture
async def on_disk(tmp_path: Path) -> AsyncIterator[LocalApp]:
    """An app whose reads and writes really wait, so that requests overlap."""
    async with local_app(
        databaseURI=f"sqlite:///{tmp_path}/app.sqlite", allowCustomObjectId=True
    ) as running:
        yield running


@pytest.fixture(params=["sqlite", "mongodb"])
async def on_each_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalApp]:
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri, allowCustomObjectId=True) as running:
        yield running


# Requests that are refused although one part of them, a new field, would be fine.
REFUSED: list[tuple[str, str, str, JSONObject]] = [
    ("a wrong type", "POST", "/classes/Game", {"name": 1}),
    ("a bad name", "POST", "/classes/Game", {"1a": 1}),
    ("a bad value", "POST", "/classes/Game", {"day": {"__type": "Date", "iso": "x"}}),
    ("a nested bad key", "POST", "/classes/Game", {"map": {"$a": 1}}),
    ("an unknown operation", "POST", "/classes/Game", {"a": {"__op": "Explode"}}),
    ("a denied keyword", "POST", "/classes/Game", {"map": {"_bsontype": "Code"}}),
    ("no required field", "POST", "/classes/Game", {"must": None}),
    ("an id that is taken", "POST", "/classes/Game", {"objectId": "taken"}),
    ("an internal column", "POST", "/classes/Game", {"_rperm": ["*"]}),
    ("no addField", "POST", "/classes/Fixed", {"name": "x"}),
    ("an operation that does not fit", "PUT", "/classes/Game/taken", {"name.a": 1}),
    (
        "an increment of a text inside",
        "PUT",
        "/classes/Game/taken",
        {"map.text": {"__op": "Increment", "amount": 1}},
    ),
    ("a field and a part of it", "PUT", "/classes/Game/taken", {"map": {}, "map.a": 1}),
    ("an object that is not there", "PUT", "/classes/Game/nothing", {"name": "x"}),
    ("an object of another", "PUT", "/classes/Game/private", {"name": "x"}),
    ("required taken away", "PUT", "/classes/Game/taken", {"must": {"__op": "Delete"}}),
    ("a new class and a bad name", "POST", "/classes/Other", {"1a": 1}),
    ("a new class and a bad value", "POST", "/classes/Other", {"p": {"__type": "Point"}}),
    ("a new class to update", "PUT", "/classes/Other/x", {}),
    ("a user without password", "POST", "/users", {"username": "somebody"}),
    ("a user's name that is taken", "POST", "/users", {"username": "ann", "password": "x"}),
    ("a bad address", "POST", "/users", {"username": "u", "password": "x", "email": "x"}),
    ("a role without name", "POST", "/roles", {"ACL": {}}),
    ("a session without session", "POST", "/sessions", {}),
]


@pytest.mark.parametrize(
    ("method", "path", "body"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
async def test_a_refused_write_leaves_nothing_behind(
    on_each_store: LocalApp, method: str, path: str, body: JSONObject
) -> None:
    parse = on_each_store
    await _furnish(parse)
    before = await _everything(parse)

    answer = await parse.send(method, path, {"brandNew": "x", "alsoNew": 1, **body})

    assert 400 <= answer.status_code < 500
    assert await _everything(parse) == before


async def _furnish(parse: LocalApp) -> None:
    fields = {"name": {"type": "String"}, "day": {"type": "Date"}, "map": {"type": "Object"}}
    must = {"must": {"type": "String", "required": True}}
    await parse.ok("POST", "/schemas/Game", {"fields": {**fields, **must}}, master=True)
    clp = {"create": {"*": True}, "find": {"*": True}}
    body = {"fields": fields, "classLevelPermissions": clp}
    await parse.ok("POST", "/schemas/Fixed", body, master=True)
    await parse.create("Game", {"objectId": "taken", "must": "x", "map": {"text": "x"}})
    await parse.create("Game", {"objectId": "private", "must": "x", "ACL": {}})
    await parse.sign_up(username="ann")


async def _everything(parse: LocalApp) -> JSONObject:
    """All schemas and all objects."""
    schemas = (await parse.ok("GET", "/schemas", master=True))["results"]
    names = [str(schema["className"]) for schema in schemas]
    objects = {name: await parse.find(name, {}, master=True) for name in names}
    return {"schemas": schemas, "objects": objects}


async def test_of_two_creates_with_one_id_one_is_refused(on_each_store: LocalApp) -> None:
    answers = await asyncio.gather(
        *(
            on_each_store.send("POST", "/classes/Game", {"objectId": "one", "n": number})
            for number in range(4)
        )
    )

    assert sorted(answer.status_code for answer in answers) == [201, 400, 400, 400]
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {137}
    assert len(await on_each_store.find("Game", {})) == 1


async def test_first_creates_of_a_class_at_once_are_all_stored(on_each_store: LocalApp) -> None:
    ids = await asyncio.gather(
        *(on_each_store.create("Fresh", {f"f{number}": number, "all": "x"}) for number in range(6))
    )

    found = await on_each_store.find("Fresh", {"all": "x"})
    assert {str(row["objectId"]) for row in found} == set(ids)
    assert {row[f"f{number}"] for number in range(6) for row in found if f"f{number}" in row} == {
        *range(6)
    }


async def test_first_creates_with_two_types_of_a_field_store_one_type(on_disk: LocalApp) -> None:
    answers = await asyncio.gather(
        *(
            on_disk.send("POST", "/classes/Fresh", {"value": value})
            for value in ("text", 1, "other", 2)
        )
    )

    stored = [type(row["value"]) for row in await on_disk.find("Fresh", {})]
    assert len(set(stored)) == 1
    assert sorted(answer.status_code for answer in answers) == [201, 201, 400, 400]
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {111}


async def test_concurrent_increments_are_each_told_their_own_value(on_disk: LocalApp) -> None:
    game = await on_disk.create("Game", {"count": 0})
    increment = {"count": {"__op": "Increment", "amount": 1}}

    answers = await asyncio.gather(
        *(on_disk.ok("PUT", f"/classes/Game/{game}", increment) for _ in range(20))
    )

    assert sorted(answer["count"] for answer in answers) == [*range(1, 21)]


async def test_the_body_of_a_request_is_not_changed(parse: LocalApp) -> None:
    body: JSONObject = {
        "objectId": "",
        "list": {"__op": "Add", "objects": [{"a": [1]}]},
        "day": {"__type": "Date", "iso": "2024-01-02T03:04:05Z"},
        "ACL": {"*": {"read": True, "write": False}},
        "map": {"deep": {"er": 1}},
    }
    given = copy.deepcopy(body)

    written = await write.create(parse.context(MASTER), "Game", body)
    await write.update(parse.context(MASTER), "Game", written.object_id, {"map": body["map"]})

    assert body == given


async def test_what_is_stored_does_not_follow_later_changes_of_the_body(parse: LocalApp) -> None:
    ctx = parse.context(MASTER)
    body: JSONObject = {"map": {"a": [1]}, "list": [{"b": 1}]}
    written = await write.create(ctx, "Game", body)

    assert isinstance(body["map"], dict)
    assert isinstance(body["list"], list)
    body["map"]["a"] = "changed"
    body["list"].append("changed")

    stored = await read.get(ctx, "Game", written.object_id, WHOLE_OBJECT)
    assert (stored["map"], stored["list"]) == ({"a": [1]}, [{"b": 1}])


async def test_default_values_are_not_shared_between_objects(parse: LocalApp) -> None:
    default = {"type": "Object", "defaultValue": {"list": []}}
    acl = {"*": {"read": True}, "role:a": {"write": True}}
    body = {
        "fields": {"map": default},
        "classLevelPermissions": {"create": {"*": True}, "ACL": acl},
    }
    await parse.ok("POST", "/schemas/Game", body, master=True)
    first = await write.create(parse.context(), "Game", {})

    first.answer["map"]["list"].append("mine")  # type: ignore[index, union-attr, call-overload]
    first.answer["ACL"]["role:a"]["read"] = True  # type: ignore[index, call-overload]
    second = await write.create(parse.context(), "Game", {})

    assert second.answer["map"] == {"list": []}
    assert second.answer["ACL"] == acl


async def test_many_creates_are_judged_one_by_one_and_stored_in_one_go(parse: LocalApp) -> None:
    await write.create(parse.context(MASTER), "Game", {"name": "first"})
    parse.storage.taken_calls()

    outcomes = await write.create_many(
        parse.context(),
        "Game",
        [{"name": "a"}, {"name": 1}, {"new": True}, {"1a": 1}, {"new": "x"}, {"name": "b"}],
    )

    codes = [outcome.code if isinstance(outcome, ParseError) else 0 for outcome in outcomes]
    assert codes == [0, 111, 0, 105, 111, 0]
    ids = [outcome.object_id for outcome in outcomes if isinstance(outcome, Written)]
    assert parse.storage.taken_calls().count("insert_many") == 1
    stored = {row["objectId"]: row for row in await parse.find("Game", {})}
    assert [stored[object_id].get("name") for object_id in ids] == ["a", None, "b"]
    assert stored[ids[1]]["new"] is True


async def test_of_many_creates_only_those_with_a_taken_id_fail(on_each_store: LocalApp) -> None:
    bodies: list[JSONObject] = [{"objectId": name} for name in ("a", "b", "a", "c", "b")]
    await on_each_store.create("Game", {"objectId": "c"})

    outcomes = await write.create_many(on_each_store.context(), "Game", bodies)

    codes = [outcome.code if isinstance(outcome, ParseError) else 0 for outcome in outcomes]
    assert codes == [0, 0, 137, 137, 137]
    assert len(await on_each_store.find("Game", {})) == 3


async def test_many_creates_that_are_all_refused_ask_no_store(parse: LocalApp) -> None:
    await parse.create("Game", {"name": "x"})
    parse.storage.taken_calls()

    outcomes = await write.create_many(parse.context(), "Game", [{"name": 1}, {"_x": 1}])

    assert all(isinstance(outcome, ParseError) for outcome in outcomes)
    assert parse.storage.taken_calls() == []


async def test_the_read_only_key_writes_nothing(parse: LocalApp) -> None:
    ctx = parse.context(Caller(is_master=True, is_read_only=True))

    outcomes = await write.create_many(ctx, "Game", [{"a": 1}])
    with pytest.raises(ParseError, match="read-only masterKey"):
        await write.create(ctx, "Game", {"a": 1})
    with pytest.raises(ParseError, match="read-only masterKey"):
        await write.update(ctx, "Game", "x", {"a": 1})

    assert [type(outcome) for outcome in outcomes] == [ParseError]
    assert not (await parse.app.parts.schemas.get("Game")).exists


async def test_a_shape_that_the_store_cannot_index_leaves_no_field(
    on_each_store: LocalApp,
) -> None:
    crossing = {"__type": "Polygon", "coordinates": [[0, 0], [1, 1], [0, 1], [1, 0]]}
    await on_each_store.create("Area", {"name": "a"})
    answer = await on_each_store.send("POST", "/classes/Area", {"shape": crossing})
    described = await on_each_store.ok("GET", "/schemas/Area", master=True)
    accepted = answer.status_code == 201
    assert accepted or answer.json()["code"] == 111
    assert ("shape" in described["fields"]) is accepted


async def test_a_good_shape_makes_its_field(on_each_store: LocalApp) -> None:
    square = {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [1, 0]]}
    await on_each_store.create("Area", {"shape": square})
    described = await on_each_store.ok("GET", "/schemas/Area", master=True)
    assert described["fields"]["shape"] == {"type": "Polygon"}
