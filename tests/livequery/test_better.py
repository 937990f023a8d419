"""What parse-server does wrong, so that no transcript shows it: an event comes exactly where a find
returns the object, and whoever may find is told."""

from dataclasses import dataclass
from typing import Any

import pytest

from parsepy.types import JSONObject, JSONValue
from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import live_client, subscriber
from tests.support.local_app import MASTER_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio


def pointer(object_id: str) -> JSONObject:
    return {"__type": "Pointer", "className": "Team", "objectId": object_id}


def date(day: int) -> JSONObject:
    return {"__type": "Date", "iso": f"2026-01-{day:02}T00:00:00.000Z"}


def place(latitude: float, longitude: float) -> JSONObject:
    return {"__type": "GeoPoint", "latitude": latitude, "longitude": longitude}


FILE: JSONObject = {"__type": "File", "name": "a.txt", "url": "http://files.example/a.txt"}
SQUARE: JSONValue = [[0, 0], [0, 2], [2, 2], [2, 0], [0, 0]]


@dataclass(frozen=True, slots=True)
class Rule:
    """Values of field `f` that match and that do not; `...` is none at all."""

    name: str
    condition: JSONValue
    matching: list[Any]
    others: list[Any]


RULES = [
    Rule("a place", place(1, 2), [place(1, 2)], [place(2, 1), ...]),
    Rule("a file", FILE, [FILE], [{**FILE, "name": "b.txt"}, ...]),
    Rule("$eq in a list", {"$eq": 1}, [[1, 2], [1]], [[2], []]),
    Rule("$eq of a pointer", {"$eq": pointer("a")}, [pointer("a")], [pointer("b"), ...]),
    Rule("$ne in a list", {"$ne": 1}, [[2], [], ...], [[1, 2]]),
    Rule("$ne of a pointer", {"$ne": pointer("a")}, [pointer("b"), ...], [pointer("a")]),
    Rule("null", None, [None, ...], [0, 1]),
    Rule("$ne null", {"$ne": None}, [0, 1], [None, ...]),
    *(
        Rule(name, {name: 5}, matching, [*others, None, ...])
        for name, matching, others in (
            ("$lt", [4], [5]),
            ("$lte", [5], [6]),
            ("$gt", [6], [5]),
            ("$gte", [5], [4]),
        )
    ),
    Rule("$in of dates", {"$in": [date(1), date(2)]}, [date(1)], [date(3), ...]),
    Rule("$in with null", {"$in": [1, None]}, [1, None, ...], [2]),
    Rule("$nin of pointers", {"$nin": [pointer("a")]}, [pointer("b"), ...], [pointer("a")]),
    Rule(
        "$all of pointers",
        {"$all": [pointer("a"), pointer("b")]},
        [[pointer("b"), pointer("a"), pointer("c")]],
        [[pointer("a")], []],
    ),
    Rule(
        "$containedBy and one thing more",
        {"$containedBy": [1, 2, 3], "$ne": 1},
        [[2], [2, 3], ...],
        [[1, 2], [4]],
    ),
    Rule("a pattern", {"$regex": "undefined"}, ["undefined"], ["x", ...]),
    Rule("a pattern in a list", {"$regex": "^b"}, [["a", "b"]], [["a,b"], ["c"]]),
    Rule("a range of dates", {"$gt": date(1), "$lt": date(3)}, [date(2)], [date(1), date(3), ...]),
    Rule("a range of texts", {"$gte": "b"}, ["b", "c"], ["a", ...]),
    Rule(
        "a polygon of pairs",
        {"$geoWithin": {"$polygon": SQUARE}},
        [place(1, 1)],
        [place(3, 3), ...],
    ),
    Rule(
        "kilometres",
        {"$nearSphere": place(1, 1), "$maxDistanceInKilometers": 10},
        [place(1, 1.01)],
        [place(1, 3), ...],
    ),
    Rule("$eq of a list", {"$eq": [1, 2]}, [[1, 2]], [[1], [2, 1], ...]),
]


@pytest.mark.parametrize("rule", RULES, ids=[rule.name for rule in RULES])
async def test_an_event_comes_exactly_where_a_find_returns_the_object(
    stored: LocalApp, rule: Rule
) -> None:
    await stored.create("Game", {"f": rule.matching[0]})
    where: JSONObject = {"f": rule.condition}
    async with subscriber(stored, "Game", where) as client:
        wanted = [await stored.create("Game", body_of(value)) for value in rule.matching]
        for value in rule.others:
            await stored.create("Game", body_of(value))
        told = [frame["object"]["objectId"] for frame in await client.told()]
        found = {row["objectId"] for row in await stored.find("Game", where)}

    assert told == wanted
    assert found >= set(wanted)
    assert len(found) == len(wanted) + 1


def body_of(value: Any) -> JSONObject:
    return {} if value is ... else {"f": value}


async def test_a_path_goes_through_lists_as_in_a_find(stored: LocalApp) -> None:
    await stored.create("Game", {"f": [{"a": 0}]})
    async with subscriber(stored, "Game", {"f.a": 1}) as client:
        wanted = await stored.create("Game", {"f": [{"a": 2}, {"a": 1}]})
        await stored.create("Game", {"f": [{"a": 2}]})
        told = [frame["object"]["objectId"] for frame in await client.told()]

    assert told == [wanted]


async def test_the_times_of_an_object_are_compared(stored: LocalApp) -> None:
    future: JSONObject = {"__type": "Date", "iso": "2200-01-01T00:00:00.000Z"}
    async with live_client(stored) as client:
        await client.connect()
        for number, name in enumerate(("createdAt", "updatedAt")):
            await client.subscribe("Game", {name: {"$lt": future}}, request_id=number)
            await client.subscribe("Game", {name: {"$gt": future}}, request_id=10 + number)
        await stored.create("Game", {})

        assert [frame["requestId"] for frame in await client.told()] == [0, 1]


async def test_an_object_that_loses_the_field_that_is_asked_for_leaves(stored: LocalApp) -> None:
    async with subscriber(stored, "Game", {"n": {"$gt": 1}}) as client:
        path = f"/classes/Game/{await stored.create('Game', {'n': 2})}"
        await stored.ok("PUT", path, {"n": {"__op": "Delete"}})
        await stored.ok("PUT", path, {"n": 3})

        assert [frame["op"] for frame in await client.told()] == ["create", "leave", "enter"]


async def test_a_field_inside_a_map_is_set_in_its_place(stored: LocalApp) -> None:
    game = await stored.create("Game", {"map": {"e": {}}})
    async with subscriber(stored, "Game") as client:
        await stored.ok("PUT", f"/classes/Game/{game}", {"map.e.f": 1})
        (frame,) = await client.told()

    assert frame["object"]["map"] == {"e": {"f": 1}}
    assert frame["original"]["map"] == {"e": {}}


async def test_an_access_list_that_is_taken_off_leaves_nobody_who_may_read(
    stored: LocalApp,
) -> None:
    game = await stored.create("Game", {"ACL": {"*": {"read": True}}}, master=True)
    async with subscriber(stored, "Game") as client:
        body = {"ACL": {"__op": "Delete"}, "secret": 1}
        await stored.ok("PUT", f"/classes/Game/{game}", body, master=True)
        (frame,) = await client.told()
        assert await stored.find("Game", {}) == []

    assert frame["op"] == "leave"
    assert "secret" not in frame["object"]


@pytest.mark.parametrize("by", ["connection", "subscription"])
@pytest.mark.parametrize(
    "rule", [{"requiresAuthentication": True}, {"role:staff": True}, {"ann": True}], ids=str
)
async def test_who_may_find_is_told_by_whichever_token(
    parse: LocalApp, rule: dict[str, bool], by: str
) -> None:
    ann = await parse.sign_up()
    await parse.grant_role("staff", ann)
    opened = {ann.id if name == "ann" else name: value for name, value in rule.items()}
    body = {"classLevelPermissions": {"find": opened, "get": {}, "create": {"*": True}}}
    await parse.ok("POST", "/schemas/Game", body, master=True)
    async with live_client(parse) as client:
        await client.connect(ann if by == "connection" else None)
        answer = await client.subscribe("Game", user=ann if by == "subscription" else None)
        assert answer["op"] == "subscribed"
        await parse.create("Game", {}, master=True)

        assert [frame["op"] for frame in await client.told()] == ["create"]


async def test_a_master_may_watch_closed_classes_and_all_sessions() -> None:
    options = {"keyPairs": {"masterKey": MASTER_KEY}}
    async with (
        local_app(liveQuery=PUBLISHED, liveQueryServerOptions=options) as parse,
        live_client(parse) as client,
    ):
        body: JSONObject = {"classLevelPermissions": {"find": {}, "get": {}, "create": {}}}
        await parse.ok("POST", "/schemas/Game", body, master=True)
        await client.connect(masterKey=MASTER_KEY)
        for number, class_name in enumerate(("Game", "_Session")):
            answer = await client.subscribe(class_name, request_id=number)
            assert answer["op"] == "subscribed", answer
        await parse.create("Game", {}, master=True)
        await parse.sign_up()
        told = [(frame["requestId"], frame["op"]) for frame in await client.told()]

    assert told == [(0, "create"), (1, "create")]
