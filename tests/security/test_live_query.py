"""LiveQuery: nobody is told what a find would not show him, and no frame harms a server."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from itertools import product
from typing import Any

import pytest

from parsepy.protocol import clock
from parsepy.testing.movable_clock import MovableClock
from parsepy.types import JSONObject
from tests.support.live_client import LiveClient, live_client
from tests.support.local_app import MASTER_KEY, LocalApp, User, local_app

pytestmark = pytest.mark.anyio

PUBLISHED = {"classNames": ["Game", "_User", "_Session", "_Role", "_Installation"]}
WITH_MASTER = {"keyPairs": {"applicationId": "app", "masterKey": MASTER_KEY}}
EVERYBODY: JSONObject = {
    operation: {"*": True} for operation in ("find", "get", "create", "update", "delete")
}
CONDITIONS: list[object] = [
    *("gold", None, {"$ne": "x"}, {"$exists": True}, {"$regex": "^g"}, {"$in": ["gold"]}),
    *({"$gt": ""}, {"$all": ["gold"]}, {"$nin": []}, {"$eq": "gold"}, {"$containedBy": ["gold"]}),
]
COSTLY_PATTERNS = ["^(a+)+$", "^(a|a)*$", r"^(a+)+\1$", "^(?=(a+)+$)b", "(.*a){25}"]


@pytest.fixture(params=["sqlite", "mongodb"])
async def live(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = "sqlite::memory:"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(
        databaseURI=uri, liveQuery=PUBLISHED, liveQueryServerOptions=WITH_MASTER
    ) as running:
        yield running


async def dialled(
    app: LocalApp, stack: AsyncExitStack, user: User | None = None, *, master: bool = False
) -> LiveClient:
    client = await stack.enter_async_context(live_client(app))
    await client.connect(user, **({"masterKey": MASTER_KEY} if master else {}))
    return client


async def permit(app: LocalApp, permissions: JSONObject, **fields: str) -> None:
    """Makes class Game."""
    types: JSONObject = {name: {"type": kind} for name, kind in fields.items()}
    body: JSONObject = {"fields": types, "classLevelPermissions": permissions}
    await app.ok("POST", "/schemas/Game", body, master=True)


async def test_rule_a_changed_query_is_judged_like_a_first_one(live: LocalApp) -> None:
    await permit(live, {**EVERYBODY, "protectedFields": {"*": ["secret"]}}, secret="String")
    await live.ok(
        "POST", "/schemas/Shut", {"classLevelPermissions": {"find": {}, "get": {}}}, master=True
    )
    async with live_client(live) as client:
        await client.connect()
        for class_name, where, code in (
            ("Shut", {}, 119),
            ("Game", {"secret": "gold"}, 119),
            ("_Session", {}, 209),
            ("_Installation", {}, 119),
        ):
            await client.subscribe("Game", {"n": 1})
            first = await client.subscribe(class_name, where, request_id=2)
            changed = await client.subscribe(class_name, where, op="update")
            assert (first["code"], changed["code"]) == (code, code), class_name
            await live.create("Game", {"n": 1}, master=True)
            assert [frame["requestId"] for frame in await client.told()] == [1], class_name


async def test_rule_a_session_counts_until_it_expires() -> None:
    moving = MovableClock()
    with clock.using(moving):
        async with local_app(liveQuery=PUBLISHED, sessionLength=3600) as app, AsyncExitStack() as s:
            ann = await app.sign_up()
            client = await dialled(app, s, ann)
            await client.subscribe("Game")
            private = {"ACL": {ann.id: {"read": True}}}
            await app.create("Game", private, master=True)
            assert len(await client.told()) == 1
            moving.move(seconds=3601)
            await app.create("Game", private, master=True)

            assert await client.told() == []


async def test_rule_no_frame_holds_a_token_a_hash_or_an_identity(live: LocalApp) -> None:
    ann = await live.sign_up(username="ann", password="password-of-ann", email="ann@example.com")
    (row,) = await live.find("_Session", {"user": pointer(ann)}, master=True)
    async with AsyncExitStack() as stack:
        actors = [
            await dialled(live, stack),
            await dialled(live, stack, ann),
            await dialled(live, stack, await live.sign_up()),
            await dialled(live, stack, master=True),
        ]
        for client in actors:
            for number, class_name in enumerate(("_User", "_Session", "Game"), 1):
                await client.subscribe(class_name, request_id=number)
        public = {"ACL": {"*": {"read": True}, ann.id: {"read": True, "write": True}}}
        await live.ok("PUT", f"/users/{ann.id}", {**public, "nick": "a"}, user=ann)
        await live.ok("PUT", f"/users/{ann.id}", {"password": "another-one"}, master=True)
        await live.ok("POST", "/login", {"username": "ann", "password": "another-one"})
        await live.create("Game", {"owner": pointer(ann)})
        await live.sign_up(username="ben", password="password-of-ben")
        told = [await client.told() for client in actors]

    for frames in told[:3]:
        text = json.dumps(frames)
        assert len(frames) > 0
        for secret in ("sessionToken", "password-of", "another-one", "$2", "authData", "_hashed"):
            assert secret not in text
    for_master = json.dumps(told[3])
    assert "$2" not in for_master
    assert "_hashed" not in for_master
    assert "ann@example.com" not in json.dumps(told[0])
    assert "ann@example.com" not in json.dumps(told[2])
    assert row["sessionToken"] == ann.token


def pointer(user: User) -> JSONObject:
    return {"__type": "Pointer", "className": "_User", "objectId": user.id}


async def test_rule_a_hidden_field_is_in_no_event_of_any_kind(live: LocalApp) -> None:
    await permit(live, {**EVERYBODY, "protectedFields": {"*": ["secret"]}}, secret="String")
    async with AsyncExitStack() as stack:
        clients = [await dialled(live, stack), await dialled(live, stack, await live.sign_up())]
        for client in clients:
            await client.subscribe("Game", {"n": {"$gt": 1}})
            await client.subscribe("Game", {"n": {"$gt": 1}}, request_id=2, keys=["secret"])
        made = await live.create("Game", {"n": 2, "secret": "hidden-1"}, master=True)
        path = f"/classes/Game/{made}"
        changes: list[JSONObject] = [{"n": 3}, {"n": 0}, {"n": 4}, {"n": 4, "ACL": {}}]
        for number, body in enumerate(changes, 2):
            await live.ok("PUT", path, {**body, "secret": f"hidden-{number}"}, master=True)
        again = {"ACL": {"*": {"read": True}}, "secret": "hidden-9"}
        await live.ok("PUT", path, again, master=True)
        await live.ok("DELETE", path, master=True)
        told = [await client.told() for client in clients]

    for frames in told:
        kinds = [frame["op"] for frame in frames if frame["requestId"] == 1]
        assert kinds == ["create", "update", "leave", "enter", "leave", "enter", "delete"]
        assert "secret" not in json.dumps(frames)
        assert "hidden-" not in json.dumps(frames)


async def test_rule_a_hidden_field_is_in_no_condition_and_not_watched(live: LocalApp) -> None:
    hidden: JSONObject = {**EVERYBODY, "protectedFields": {"*": ["secret", "map"]}}
    await permit(live, hidden, secret="String", map="Object")
    async with live_client(live) as client:
        await client.connect(await live.sign_up())
        for key in ("secret", "map", "map.secret", "secret.x", "map.secret.x"):
            for condition in CONDITIONS:
                for where, op in product(shapes(key, condition), ("subscribe", "update")):
                    answer = await last_answer(client, where, op)
                    assert (answer["code"], answer["error"]) == (119, "Permission denied"), where
            answer = await client.subscribe("Game", watch=["n", key])
            assert answer["code"] == 119, key
        await live.create("Game", {"secret": "gold", "map": {"secret": "gold"}}, master=True)

        assert await client.told() == []


def shapes(key: str, condition: object) -> list[dict[str, object]]:
    """The condition alone and inside logical operators, deep."""
    plain: dict[str, object] = {key: condition}
    return [
        plain,
        {"name": "one", **plain},
        {"$or": [{"name": "one"}, plain]},
        {"$and": [{"$nor": [{"$or": [plain]}]}]},
        {"$nor": [plain]},
    ]


async def last_answer(client: LiveClient, where: object, op: str) -> dict[str, Any]:
    """An update of what is not there is told twice: that, and what becomes of the query."""
    answer = await client.subscribe("Game", where, op=op)
    return await client.next() if op == "update" else answer


async def test_rule_no_frame_tells_of_a_state_that_may_not_be_read(live: LocalApp) -> None:
    """Each state of an object holds a word of its own; whoever may not read it never sees it."""
    ann, ben = await live.sign_up(), await live.sign_up()
    await live.grant_role("staff", ben)
    lists: list[tuple[JSONObject, set[int]]] = [
        ({}, set()),
        ({"*": {"read": True}}, {0, 1, 2}),
        ({ann.id: {"read": True}}, {1}),
        ({"role:staff": {"read": True}}, {2}),
        ({"*": {"write": True}}, set()),
    ]
    async with AsyncExitStack() as stack:
        clients = [await dialled(live, stack, user) for user in (None, ann, ben)]
        for client in clients:
            await client.subscribe("Game", {"n": 1}, request_id=1)
            await client.subscribe("Game", {}, request_id=2)
        for (before, may_before), (after, may_after) in product(lists, lists):
            for old, new in product((1, 2), (1, 2)):
                made = await live.create(
                    "Game", {"n": old, "word": "first-state", "ACL": before}, master=True
                )
                body = {"n": new, "word": "second-state", "ACL": after}
                await live.ok("PUT", f"/classes/Game/{made}", body, master=True)
                await live.ok("DELETE", f"/classes/Game/{made}", master=True)
                for index, client in enumerate(clients):
                    text = json.dumps(await client.told())
                    assert ("first-state" in text) is (index in may_before), (before, after)
                    assert ("second-state" in text) is (index in may_after), (before, after)


async def test_rule_a_costly_pattern_holds_up_nobody(live: LocalApp) -> None:
    async with AsyncExitStack() as stack:
        attacker, other = await dialled(live, stack), await dialled(live, stack)
        for number, pattern in enumerate(COSTLY_PATTERNS):
            answer = await attacker.subscribe(
                "Game", {"name": {"$regex": pattern}}, request_id=number
            )
            assert answer["op"] == "subscribed" or answer["code"] == 102, pattern
        await other.subscribe("Game", {"n": 1})
        async with asyncio.timeout(10):
            for _ in range(3):
                await live.create("Game", {"n": 1, "name": "a" * 60 + "!"})
            told = await other.told()

        assert [frame["op"] for frame in told] == ["create"] * 3


async def test_rule_patterns_that_are_none_end_in_an_error_frame(live: LocalApp) -> None:
    async with live_client(live) as client:
        await client.connect()
        for number, pattern in enumerate(("(", "[", "*", "a{2,1}", "(?<n", "\\", "(?P<a>b)(?P<a>")):
            where = {"$or": [{"n": 1}, {"name": {"$regex": pattern}}]}
            answer = await client.subscribe("Game", where, request_id=number)
            assert (answer["op"], answer["code"], answer["requestId"]) == ("error", 102, number)
        await client.subscribe("Game", {"n": 1})
        await live.create("Game", {"n": 1})

        assert [frame["op"] for frame in await client.told()] == ["create"]
