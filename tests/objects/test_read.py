"""The read door: what a caller may ask, what he gets, and what never reaches the store."""

import json
from pathlib import Path
from typing import Any

import pytest

from parsepy.objects import read
from parsepy.permissions.caller import Caller
from parsepy.protocol.find_parameters import WHOLE_OBJECT, FindParameters, GetParameters, Selection
from parsepy.protocol.values import date, pointer
from parsepy.types import JSONObject, JSONValue
from tests.permissions.callers import CALLERS, MIGHTY
from tests.support.local_app import LocalApp, local_app
from tests.support.refusals import awaited_refusal

pytestmark = pytest.mark.anyio

MASTER = Caller(is_master=True)


def _asked(where: JSONValue = None, **named: object) -> FindParameters:
    return FindParameters(where or {}, Selection(), **named)  # type: ignore[arg-type]


async def test_an_unreadable_object_is_as_one_that_is_not_there(parse: LocalApp) -> None:
    hidden = await parse.create("Game", {"a": 1, "ACL": {}})

    errors = [
        await awaited_refusal(read.get(parse.context(), "Game", each, WHOLE_OBJECT))
        for each in (hidden, "nothing")
    ]

    assert [(error.code, error.message) for error in errors if error] == [
        (101, "Object not found.")
    ] * 2
    assert (await read.get(parse.context(MASTER), "Game", hidden, WHOLE_OBJECT))["a"] == 1


async def test_unreadable_objects_are_neither_found_nor_counted(parse: LocalApp) -> None:
    for number in range(4):
        await parse.create("Game", {"n": number, **({"ACL": {}} if number % 2 else {})})

    found = await read.find(parse.context(), "Game", _asked(count=True))
    by_master = await read.find(parse.context(MASTER), "Game", _asked(count=True))

    assert ([row["n"] for row in found.results], found.count) == ([0, 2], 2)
    assert (len(by_master.results), by_master.count) == (4, 4)


@pytest.mark.parametrize(
    "name", ["system.users", "_SCHEMA", "1a", "a b", "$cmd", "a\0b", "length", "a/b"]
)
@pytest.mark.parametrize("caller", ["client", "master"])
async def test_a_name_that_is_no_class_never_reaches_the_store(
    parse: LocalApp, caller: str, name: str
) -> None:
    ctx = parse.context(CALLERS[caller])
    parse.storage.taken_calls()

    found = await read.find(ctx, name, _asked(count=True))
    error = await awaited_refusal(read.get(ctx, name, "x", WHOLE_OBJECT))

    assert (found.results, found.count) == ([], 0)
    assert error is not None
    assert error.code == 101
    assert set(parse.storage.taken_calls()) <= {"load_classes"}


async def test_a_result_is_the_reader_s_own(parse: LocalApp) -> None:
    game = await parse.create("Game", {"map": {"list": [1]}})
    ctx = parse.context()

    first = await read.get(ctx, "Game", game, WHOLE_OBJECT)
    first["map"] = "changed"
    first.clear()

    assert (await read.get(ctx, "Game", game, WHOLE_OBJECT))["map"] == {"list": [1]}


EVERY_TYPE: JSONObject = {
    "text": 'é "\u2028 \\ \n \0 𝄞',
    "numbers": [0, -1, 1.5, 1e21, 1e-7, 123456789012345680000, 9007199254740993, -0.0, 2.0],
    "none": None,
    "flags": [True, False],
    "day": date("2024-01-02T03:04:05.678Z"),
    "place": {"__type": "GeoPoint", "latitude": -1.5, "longitude": 2},
    "area": {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 0]]},
    "blob": {"__type": "Bytes", "base64": "AP8="},
    "owner": pointer("_User", "ann"),
    "map": {"deep": [{"a": {}, "day": date("2024-01-02T03:04:05.000Z")}, []], "": 1},
    "ACL": {"*": {"read": True}, "role:a": {"write": True}},
}


@pytest.mark.parametrize("store", ["memory", "file", "mongodb"])
async def test_objects_shown_as_they_are_stored_are_those_of_a_get(
    request: pytest.FixtureRequest, tmp_path: Path, store: str
) -> None:
    """A find for the wire may pass text on from the store; it is the same text."""
    uri = {"memory": "sqlite::memory:", "file": f"sqlite:///{tmp_path}/a.sqlite"}.get(store)
    uri = uri or request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as parse:
        ids = [await parse.create("Game", {**EVERY_TYPE, "n": number}) for number in range(3)]
        ids.append(await parse.create("Game", {}))

        texts = (await parse.send("GET", "/classes/Game?order=createdAt")).json()["results"]
        objects = (await parse.ok("GET", "/classes/Game?order=createdAt&count=1"))["results"]
        got = [await parse.ok("GET", f"/classes/Game/{each}") for each in ids]

    def by_id(rows: list[dict[str, Any]]) -> dict[str, str]:
        return {row["objectId"]: json.dumps(row, sort_keys=True) for row in rows}

    assert by_id(texts) == by_id(objects) == by_id(got)


@pytest.mark.parametrize("caller", CALLERS)
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        (_asked({"$or": [{"$and": [{"a": 1}]}]}), 102),
        (_asked({"a": {"$regex": "x"}}), 102),
        (_asked({"$or": [{"a": 1}]}), 0),
        (FindParameters({}, Selection(include=(("a", "b"),))), 102),
        (FindParameters({}, Selection(include=(("a",), ("b",)))), 102),
        (FindParameters({}, Selection(include=(("a",),))), 0),
        (FindParameters({}, Selection(keys=(("a", "b", "c"),))), 102),
    ],
)
async def test_the_limits_of_a_query_bind_all_but_the_mighty_keys(
    caller: str, asked: FindParameters, code: int
) -> None:
    limits = {"queryDepth": 1, "allowRegex": False, "includeDepth": 1, "includeCount": 1}
    async with local_app(requestComplexity=limits) as parse:
        error = await awaited_refusal(read.find(parse.context(CALLERS[caller]), "Game", asked))

    assert (error.code if error else 0) == (0 if caller in MIGHTY else code)


async def test_the_limits_of_an_include_bind_a_get_too() -> None:
    async with local_app(requestComplexity={"includeDepth": 1}) as parse:
        game = await parse.create("Game", {"a": 1})
        deep = Selection(include=(("a", "b"),))

        error = await awaited_refusal(read.get(parse.context(), "Game", game, GetParameters(deep)))

    assert error is not None
    assert error.code == 102


async def test_a_hidden_field_is_neither_shown_nor_asked_for() -> None:
    async with local_app(protectedFields={"Game": {"*": ["secret"], "role:a": []}}) as parse:
        user = await parse.sign_up()
        await parse.grant_role("a", user)
        await parse.create("Game", {"secret": "x", "open": 1})
        nobody, chief = parse.context(), parse.context(Caller(user={"objectId": user.id}))
        questions = [
            _asked({"secret": "x"}),
            _asked({"$or": [{"secret": {"$regex": "^x"}}]}),
            _asked(order=(("secret", True),)),
        ]

        refused = [await awaited_refusal(read.find(nobody, "Game", each)) for each in questions]
        found = [await read.find(chief, "Game", each) for each in questions]
        shown = (await read.find(nobody, "Game", _asked())).results

    assert [error and error.code for error in refused] == [119] * 3
    assert [[row["secret"] for row in each.results] for each in found] == [["x"]] * 3
    assert [(row["open"], "secret" in row) for row in shown] == [(1, False)]


@pytest.mark.parametrize(
    ("asked", "needed"),
    [
        (_asked(), ["find"]),
        (_asked(count=True), ["find", "count"]),
        (_asked(count=True, limit=0), ["count"]),
        (_asked({"objectId": "x"}), ["get"]),
        (_asked({"objectId": "x"}, count=True), ["get", "count"]),
        (_asked({"objectId": {"$in": ["x"]}}), ["find"]),
        (_asked({"objectId": "x", "a": 1}), ["find"]),
    ],
)
async def test_a_find_needs_the_permissions_of_what_it_does(
    parse: LocalApp, asked: FindParameters, needed: list[str]
) -> None:
    reads = ("find", "get", "count")

    async def is_refused(granted: list[str]) -> bool:
        clp: JSONObject = {name: {"*": True} for name in granted}
        await parse.ok("PUT", "/schemas/Game", {"classLevelPermissions": clp}, master=True)
        return await awaited_refusal(read.find(parse.context(), "Game", asked)) is not None

    await parse.ok("POST", "/schemas/Game", {"fields": {"a": {"type": "Number"}}}, master=True)

    assert not await is_refused(needed)
    for name in reads:
        assert await is_refused([each for each in reads if each != name]) is (name in needed)


@pytest.mark.parametrize(
    ("limits", "asked", "expected"),
    [
        ({}, _asked(), 5),
        ({"defaultLimit": 2}, _asked(), 2),
        ({"defaultLimit": 2}, _asked(limit=4), 4),
        ({"defaultLimit": 2}, _asked(limit=None), 5),
        ({"defaultLimit": 2, "maxLimit": 3}, _asked(limit=4), 3),
        ({"defaultLimit": 2, "maxLimit": 3}, _asked(limit=None), 3),
        ({"defaultLimit": 5, "maxLimit": 3}, _asked(), 3),
        ({"maxLimit": 3}, _asked(limit=0), 0),
    ],
)
async def test_limits_of_the_server_bound_those_of_the_request(
    limits: dict[str, Any], asked: FindParameters, expected: int
) -> None:
    async with local_app(**limits) as parse:
        for number in range(5):
            await parse.create("Game", {"n": number})

        found = await read.find(parse.context(), "Game", asked)

    assert len(found.results) == expected
