"""Steps of a write that no recorded exchange reaches: internal columns, times, ids, answers."""

import re

import pytest

from parsepy.objects import write
from parsepy.objects.write_begin import MAINTENANCE_COLUMNS
from parsepy.protocol.values import date
from parsepy.types import JSONObject, JSONValue
from tests.permissions.callers import CALLERS
from tests.support.local_app import LocalApp, local_app
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

OTHER_COLUMNS = ("_rperm", "_wperm", "_tombstone", "_session_token", "_id", "_created_at", "_x")


@pytest.mark.parametrize("column", [*sorted(MAINTENANCE_COLUMNS), *OTHER_COLUMNS])
@pytest.mark.parametrize("caller", ["client", "user", "master", "maintenance"])
async def test_only_the_maintenance_key_writes_some_internal_columns(
    parse: LocalApp, caller: str, column: str
) -> None:
    game = await parse.create("Game", {"a": 1})
    ctx = parse.context(CALLERS[caller])
    value = date("2024-01-02T03:04:05.678Z") if column.endswith(("_at", "At")) else "x"

    errors = [
        await awaited_refusal(write.create(ctx, "Game", {column: value})),
        await awaited_refusal(write.update(ctx, "Game", game, {column: value})),
    ]

    allowed = caller == "maintenance" and column in MAINTENANCE_COLUMNS
    assert [error and error.code for error in errors] == [None if allowed else 105] * 2


@pytest.mark.parametrize("caller", ["client", "master", "maintenance"])
@pytest.mark.parametrize("name", ["createdAt", "updatedAt"])
async def test_the_server_s_times_are_not_written_by_an_update(
    parse: LocalApp, caller: str, name: str
) -> None:
    game = await parse.create("Game", {"a": 1})
    before = await parse.ok("GET", f"/classes/Game/{game}")

    written = await write.update(
        parse.context(CALLERS[caller]), "Game", game, {name: date("2001-01-01T00:00:00.000Z")}
    )

    after = await parse.ok("GET", f"/classes/Game/{game}")
    assert after["createdAt"] == before["createdAt"]
    assert after["updatedAt"] == written.answer["updatedAt"] >= before["updatedAt"]


async def test_created_and_updated_begin_as_one_time(parse: LocalApp) -> None:
    created = await parse.ok("POST", "/classes/Game", {"a": 1})

    stored = await parse.ok("GET", f"/classes/Game/{created['objectId']}")

    assert stored["createdAt"] == stored["updatedAt"] == created["createdAt"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", created["createdAt"])


@pytest.mark.parametrize(
    ("body", "echoed"),
    [
        ({"a": 1, "b": "x", "c": {"__op": "Delete"}}, {}),
        ({"n": {"__op": "Increment", "amount": 2}}, {"n": 3}),
        ({"list": {"__op": "Add", "objects": [2]}}, {"list": [1, 2]}),
        ({"list": {"__op": "Remove", "objects": [1]}, "b": "y"}, {"list": []}),
        ({"map.deep.n": {"__op": "Increment", "amount": 1}}, {"map": {"deep": {"n": 2}}}),
        (
            {
                "map.deep.n": {"__op": "Increment", "amount": 1},
                "map.other": {"__op": "Increment", "amount": 1},
            },
            {"map": {"deep": {"n": 2}, "other": 1}},
        ),
        ({"fresh": {"__op": "AddUnique", "objects": ["x", "x"]}}, {"fresh": ["x"]}),
    ],
)
async def test_an_update_tells_what_operations_made(
    parse: LocalApp, body: JSONObject, echoed: JSONObject
) -> None:
    game = await parse.create("Game", {"n": 1, "list": [1], "map": {"deep": {"n": 1}, "x": 1}})

    answer = await parse.ok("PUT", f"/classes/Game/{game}", body)

    answer.pop("updatedAt")
    assert answer == echoed


@pytest.mark.parametrize(
    ("object_id", "code"),
    [
        ("mine", 0),
        ("with/slash and space", 0),
        ("", 104),
        (None, 104),
        (3, 111),
        ({"$ne": 1}, 111),
        (["x"], 111),
        ("a\0b", 111),
    ],
)
async def test_an_id_of_the_client_s_own_is_a_text(object_id: JSONValue, code: int) -> None:
    async with local_app(allowCustomObjectId=True) as parse:
        error = await awaited_refusal(
            write.create(parse.context(), "Game", {"objectId": object_id})
        )

    assert (error.code if error else 0) == code


@pytest.mark.parametrize("size", [1, 10, 40])
async def test_ids_are_as_long_as_the_server_says(size: int) -> None:
    async with local_app(objectIdSize=size) as parse:
        game = await parse.create("Game", {})

    assert re.fullmatch(f"[A-Za-z0-9]{{{size}}}", game)


async def test_a_relation_is_changed_with_its_object(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    pointers = [
        {"__type": "Pointer", "className": "_User", "objectId": user.id} for user in (ann, bob)
    ]
    added = {"__op": "AddRelation", "objects": pointers}

    game = await parse.create("Game", {"fans": added})
    removed = {"fans": {"__op": "RemoveRelation", "objects": pointers[:1]}, "a": 1}
    await parse.ok("PUT", f"/classes/Game/{game}", removed)

    stored = await parse.ok("GET", f"/classes/Game/{game}")
    assert stored["fans"] == {"__type": "Relation", "className": "_User"}
    assert stored["a"] == 1
