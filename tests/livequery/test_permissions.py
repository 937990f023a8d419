"""Nobody is told of what he could not have found himself."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any, NamedTuple

import pytest

from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import LiveClient, live_client, subscriber
from tests.support.local_app import MASTER_KEY, LocalApp, User, local_app

pytestmark = pytest.mark.anyio

WITH_MASTER = {"keyPairs": {"applicationId": "app", "masterKey": MASTER_KEY}}


class Actor(NamedTuple):
    """Somebody who is subscribed, and who asks over REST."""

    name: str
    user: User | None = None
    master: bool = False


async def actors_of(parse: LocalApp) -> list[Actor]:
    ann, ben, cid, dan = [await parse.sign_up() for _ in range(4)]
    child = await parse.grant_role("child", dan)
    parent = await parse.grant_role("parent", cid)
    pointer = {"__type": "Pointer", "className": "_Role", "objectId": child}
    await parse.ok(
        "PUT",
        f"/roles/{parent}",
        {"roles": {"__op": "AddRelation", "objects": [pointer]}},
        master=True,
    )
    return [
        Actor("nobody"),
        Actor("ann", ann),
        Actor("ben", ben),
        Actor("cid of the role", cid),
        Actor("dan of its child", dan),
        Actor("master", master=True),
    ]


async def subscribed(
    parse: LocalApp, stack: AsyncExitStack, actor: Actor, where: object = None
) -> LiveClient:
    client = await stack.enter_async_context(live_client(parse))
    await client.connect(actor.user, **({"masterKey": MASTER_KEY} if actor.master else {}))
    answer = await client.subscribe("Game", where)
    assert answer["op"] == "subscribed", answer
    return client


async def found(parse: LocalApp, actor: Actor, where: object = None) -> dict[str, Any] | None:
    rows = await parse.find("Game", where or {}, user=actor.user, master=actor.master)
    return rows[0] if rows else None


def as_shown(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "__type": "Object", "className": "Game"}


@pytest.fixture
async def stored(database_uri: str) -> Any:
    async with local_app(
        databaseURI=database_uri, liveQuery=PUBLISHED, liveQueryServerOptions=WITH_MASTER
    ) as running:
        yield running


async def test_every_actor_is_told_of_every_change_what_finds_would_have_shown() -> None:
    """All changes between access lists, with and without a change of the query's field: a find
    before and one after say what the event has to be."""
    async with local_app(liveQuery=PUBLISHED, liveQueryServerOptions=WITH_MASTER) as parse:
        await _try_all_changes(parse)


async def _try_all_changes(stored: LocalApp) -> None:
    actors = await actors_of(stored)
    ann = actors[1].user
    assert ann is not None
    lists: list[dict[str, object] | None] = [
        None,
        {},
        {"*": {"read": True}},
        {ann.id: {"read": True, "write": True}},
        {"role:parent": {"read": True}},
        {"*": {"write": True}},
    ]
    where = {"n": 1}
    async with AsyncExitStack() as stack:
        clients = [await subscribed(stored, stack, actor, where) for actor in actors]
        for before in lists:
            for after in lists:
                for old, new in ((1, 1), (1, 2), (2, 1), (2, 2)):
                    body = {"n": old, **({} if before is None else {"ACL": before})}
                    game = await stored.create("Game", body, master=True)
                    asked = {"n": 1, "objectId": game}
                    was = [await found(stored, actor, asked) for actor in actors]
                    for client in clients:
                        await client.told()
                    change = {"n": new, "ACL": {"__op": "Delete"} if after is None else after}
                    await stored.ok("PUT", f"/classes/Game/{game}", change, master=True)
                    now = [await found(stored, actor, asked) for actor in actors]
                    bare = [await found(stored, actor, {"objectId": game}) for actor in actors]
                    for index, client in enumerate(clients):
                        told = await client.told()
                        expected = event(was[index], now[index], bare[index])
                        case = (actors[index].name, before, after, old, new)
                        assert [seen(frame) for frame in told] == expected, case
                    await stored.ok("DELETE", f"/classes/Game/{game}", master=True)
                    for index, client in enumerate(clients):
                        told = await client.told()
                        last = now[index]
                        gone = [] if last is None else [("delete", as_shown(last))]
                        assert [(frame["op"], frame["object"]) for frame in told] == gone


def event(
    was: dict[str, Any] | None, now: dict[str, Any] | None, bare: dict[str, Any] | None
) -> list[tuple[object, ...]]:
    """`bare` is the object after the change if he may read it, whether it matches or not."""
    if was is not None and now is not None:
        return [("update", as_shown(now), as_shown(was))]
    if was is not None:
        # Who may not read it any more is shown what he has seen last.
        return [("leave", as_shown(bare or was), as_shown(was))]
    return [] if now is None else [("enter", as_shown(now), None)]


def seen(frame: dict[str, Any]) -> tuple[object, ...]:
    # Of an object that has come by its field, what it was is told as well.
    original = None if frame["op"] == "enter" else frame.get("original")
    return (frame["op"], frame["object"], original)


async def test_an_object_that_came_by_its_access_list_has_no_past(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    game = await parse.create("Game", {"n": 1, "ACL": {}}, master=True)
    async with subscriber(parse, "Game", user=ann) as client:
        access = {ann.id: {"read": True}}
        await parse.ok("PUT", f"/classes/Game/{game}", {"ACL": access, "n": 2}, master=True)
        (frame,) = await client.told()

    assert frame["op"] == "enter"
    assert "original" not in frame


async def test_an_object_that_came_by_its_field_has_one(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1})
    async with subscriber(parse, "Game", {"n": 2}) as client:
        await parse.ok("PUT", f"/classes/Game/{game}", {"n": 2})
        (frame,) = await client.told()

    assert frame["op"] == "enter"
    assert frame["original"]["n"] == 1


async def test_a_subscription_is_judged_by_its_own_token_first(parse: LocalApp) -> None:
    ann, ben = await parse.sign_up(), await parse.sign_up()
    async with live_client(parse) as client:
        await client.connect(ann)
        await client.subscribe("Game", request_id=1, user=ben)
        await client.subscribe("Game", request_id=2)
        for user in (ann, ben):
            await parse.create("Game", {"ACL": {user.id: {"read": True}}}, master=True)
        told = [(frame["requestId"], frame["object"]["ACL"]) for frame in await client.told()]

    assert told == [(2, {ann.id: {"read": True}}), (1, {ben.id: {"read": True}})]


async def test_a_token_that_is_none_is_nobodys(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    async with live_client(parse) as client:
        await client.connect(ann)
        await client.subscribe("Game", user=User("x", "r:0000"))
        await parse.create("Game", {"ACL": {ann.id: {"read": True}}}, master=True)
        await parse.create("Game", {"n": 1})

        assert [frame["object"].get("n") for frame in await client.told()] == [1]


@pytest.mark.parametrize("end", ["log-out", "deleted", "password", "gone"])
async def test_a_session_that_has_ended_sees_nothing_from_the_next_event_on(
    stored: LocalApp, end: str
) -> None:
    ann = await stored.sign_up(username="ann", password="pw")
    private = {"ACL": {ann.id: {"read": True}}}
    async with subscriber(stored, "Game", user=ann) as client:
        await stored.create("Game", private, master=True)
        assert len(await client.told()) == 1
        if end == "log-out":
            await stored.ok("POST", "/logout", {}, user=ann)
        elif end == "deleted":
            (row,) = await stored.find("_Session", {"sessionToken": ann.token}, master=True)
            await stored.ok("DELETE", f"/classes/_Session/{row['objectId']}", master=True)
        elif end == "password":
            await stored.ok("PUT", f"/users/{ann.id}", {"password": "other"}, master=True)
        else:
            await stored.ok("DELETE", f"/users/{ann.id}", user=ann)
        await stored.create("Game", private, master=True)

        assert await client.told() == []


async def test_a_role_counts_from_the_next_event_on_and_no_longer(stored: LocalApp) -> None:
    ann = await stored.sign_up()
    role = await stored.grant_role("staff")
    member = [{"__type": "Pointer", "className": "_User", "objectId": ann.id}]
    for_staff = {"ACL": {"role:staff": {"read": True}}}
    async with subscriber(stored, "Game", user=ann) as client:
        await stored.create("Game", for_staff, master=True)
        assert await client.told() == []
        add = {"users": {"__op": "AddRelation", "objects": member}}
        await stored.ok("PUT", f"/roles/{role}", add, master=True)
        await stored.create("Game", for_staff, master=True)
        assert len(await client.told()) == 1
        remove = {"users": {"__op": "RemoveRelation", "objects": member}}
        await stored.ok("PUT", f"/roles/{role}", remove, master=True)
        await stored.create("Game", for_staff, master=True)

        assert await client.told() == []


async def set_permissions(parse: LocalApp, permissions: dict[str, object]) -> None:
    body = {"className": "Game", "classLevelPermissions": permissions}
    answer = await parse.send("POST", "/schemas/Game", body, master=True)
    if not answer.is_success:
        await parse.ok("PUT", "/schemas/Game", body, master=True)


@pytest.mark.parametrize(
    ("rule", "opens"),
    [
        ({}, ["master"]),
        ({"*": True}, ["nobody", "ann", "ben", "cid of the role", "dan of its child", "master"]),
        (
            {"requiresAuthentication": True},
            ["ann", "ben", "cid of the role", "dan of its child", "master"],
        ),
        ({"role:parent": True}, ["cid of the role", "dan of its child", "master"]),
        ({"{ann}": True}, ["ann", "master"]),
    ],
    ids=str,
)
async def test_a_class_is_open_to_those_who_may_find_in_it(
    stored: LocalApp, rule: dict[str, bool], opens: list[str]
) -> None:
    actors = await actors_of(stored)
    ann = actors[1].user
    assert ann is not None
    rule = {name.format(ann=ann.id): value for name, value in rule.items()}
    await set_permissions(stored, {"find": rule, "get": {}, "create": {"*": True}})
    opened = []
    for actor in actors:
        async with live_client(stored) as client:
            await client.connect(actor.user, **({"masterKey": MASTER_KEY} if actor.master else {}))
            answer = await client.subscribe("Game")
            asked = await stored.send("GET", "/classes/Game", user=actor.user, master=actor.master)
            assert (answer["op"] == "subscribed") is asked.is_success
            if answer["op"] == "subscribed":
                opened.append(actor.name)
            else:
                assert (answer["code"], answer["error"]) == (
                    asked.json()["code"],
                    "Permission denied",
                )
                assert answer["reconnect"] is False

    assert opened == opens


async def test_a_query_for_one_object_needs_get(parse: LocalApp) -> None:
    await set_permissions(
        parse, {"find": {}, "get": {"*": True}, "update": {"*": True}, "create": {"*": True}}
    )
    game = await parse.create("Game", {"n": 1}, master=True)
    async with live_client(parse) as client:
        await client.connect()
        assert (await client.subscribe("Game", {"objectId": game}))["op"] == "subscribed"
        assert (await client.subscribe("Game", {"objectId": {"$in": [game]}}))["code"] == 119
        await parse.ok("PUT", f"/classes/Game/{game}", {"ACL": {"*": {"read": True}}}, master=True)

        assert [frame["op"] for frame in await client.told()] == ["update"]


async def test_a_class_that_is_closed_later_is_told_to_its_subscribers(parse: LocalApp) -> None:
    await parse.create("Game", {"n": 0})
    await set_permissions(parse, {"find": {"*": True}, "create": {"*": True}})
    async with subscriber(parse, "Game") as client:
        await set_permissions(parse, {"find": {}, "create": {"*": True}})
        await parse.create("Game", {"n": 1})
        (frame,) = await client.told()

    assert (frame["op"], frame["code"], frame["requestId"]) == ("error", 119, 1)


@pytest.mark.parametrize("field", ["owner", "owners"])
async def test_users_see_the_objects_that_point_to_them(stored: LocalApp, field: str) -> None:
    ann, ben = await stored.sign_up(), await stored.sign_up()
    pointers = [
        {"__type": "Pointer", "className": "_User", "objectId": user.id} for user in (ann, ben)
    ]
    values: list[Any] = [[each] for each in pointers] if field == "owners" else list(pointers)
    await stored.create("Game", {field: values[0]}, master=True)
    await set_permissions(stored, {"readUserFields": [field], "create": {"*": True}})
    async with AsyncExitStack() as stack:
        clients = [await subscribed(stored, stack, Actor("a user", user)) for user in (ann, ben)]
        game = await stored.create("Game", {field: values[0], "n": 1}, master=True)
        path = f"/classes/Game/{game}"
        await stored.ok("PUT", path, {"n": 2}, master=True)
        await stored.ok("PUT", path, {field: values[1]}, master=True)
        await stored.ok("DELETE", path, master=True)
        told = [[frame["op"] for frame in await client.told()] for client in clients]

    assert told == [["create", "update", "leave"], ["enter", "delete"]]


async def test_hidden_fields_are_in_no_event_and_in_no_condition(stored: LocalApp) -> None:
    ann, ben = await stored.sign_up(), await stored.sign_up()
    await stored.grant_role("staff", ben)
    await stored.create("Game", {"secret": 0}, master=True)
    hidden = {"*": ["secret"], "role:staff": []}
    await set_permissions(
        stored, {"find": {"*": True}, "get": {"*": True}, "protectedFields": hidden}
    )
    async with AsyncExitStack() as stack:
        ann_hears, ben_hears = [
            await subscribed(stored, stack, Actor("a user", user)) for user in (ann, ben)
        ]
        game = await stored.create("Game", {"n": 1, "secret": 1}, master=True)
        await stored.ok("PUT", f"/classes/Game/{game}", {"secret": 2}, master=True)
        for frame in await ann_hears.told():
            assert "secret" not in frame["object"]
            assert "secret" not in frame.get("original", {})
        told = await ben_hears.told()
        assert [frame["object"]["secret"] for frame in told] == [1, 2]
        assert told[1]["original"]["secret"] == 1
        for where in ({"secret": 1}, {"secret.a": 1}, {"$or": [{"n": 1}, {"secret": 1}]}):
            assert (await ann_hears.subscribe("Game", where, request_id=2))["code"] == 119
            assert (await ben_hears.subscribe("Game", where, request_id=2))["op"] == "subscribed"
        for watch in (["secret"], ["n", "secret.a"]):
            answer = await ann_hears.subscribe("Game", request_id=3, watch=watch)
            assert answer["code"] == 119


async def test_the_users_that_an_object_points_to_see_more_of_it(parse: LocalApp) -> None:
    ann, ben = await parse.sign_up(), await parse.sign_up()
    pointer = {"__type": "Pointer", "className": "_User", "objectId": ann.id}
    await parse.create("Game", {"secret": 0, "owner": pointer}, master=True)
    hidden = {"*": ["secret"], "userField:owner": []}
    await set_permissions(parse, {"find": {"*": True}, "protectedFields": hidden})
    async with AsyncExitStack() as stack:
        clients = [await subscribed(parse, stack, Actor("a user", user)) for user in (ann, ben)]
        await parse.create("Game", {"secret": 1, "owner": pointer}, master=True)
        told = [(await client.told())[0]["object"].get("secret") for client in clients]

    assert told == [1, None]


async def test_users_are_told_of_without_what_is_theirs_alone(stored: LocalApp) -> None:
    ann = await stored.sign_up(username="ann", password="pw", email="ann@example.com")
    ben = await stored.sign_up()
    public = {"*": {"read": True}, ann.id: {"read": True, "write": True}}
    await stored.ok("PUT", f"/users/{ann.id}", {"ACL": public}, user=ann)
    async with AsyncExitStack() as stack:
        seen = []
        for user in (ann, ben):
            client = await stack.enter_async_context(live_client(stored))
            await client.connect(user)
            await client.subscribe("_User", {"objectId": ann.id})
            seen.append(client)
        await stored.ok("PUT", f"/users/{ann.id}", {"score": 1}, user=ann)
        told = [await client.told() for client in seen]

    for frames in told:
        assert [frame["op"] for frame in frames] == ["update"]
        for frame in frames:
            for shown in (frame["object"], frame["original"]):
                assert not {"password", "sessionToken", "authData"} & set(shown)
                assert not [name for name in shown if name.startswith("_") and name != "__type"]
    assert told[0][0]["object"]["email"] == "ann@example.com"
    assert "email" not in told[1][0]["object"]


async def test_whose_own_session_has_ended_hears_nothing_of_sessions(stored: LocalApp) -> None:
    account = {"username": "ann", "password": "pw"}
    await stored.sign_up(**account)
    phone = await stored.ok("POST", "/login", account, X_Parse_Installation_Id="phone")
    user = User(phone["objectId"], phone["sessionToken"])
    async with subscriber(stored, "_Session", user=user) as client:
        await stored.ok("POST", "/logout", {}, user=user)
        await client.told()
        await stored.ok("POST", "/login", account)

        assert await client.told() == []


async def test_of_sessions_one_hears_ones_own_and_never_a_token_of_others(
    stored: LocalApp,
) -> None:
    ann = await stored.sign_up(username="ann", password="pw")
    ben = await stored.sign_up(username="ben", password="pw")
    async with live_client(stored) as client:
        await client.connect()
        answer = await client.subscribe("_Session")
        assert (answer["code"], answer["error"]) == (209, "Invalid session token")
        await client.connect(ann)
        assert (await client.subscribe("_Session"))["op"] == "subscribed"
        for user in ("ann", "ben"):
            await stored.ok("POST", "/login", {"username": user, "password": "pw"})
        told = await client.told()

    assert {frame["object"]["user"]["objectId"] for frame in told} <= {ann.id}
    assert told
    assert ben.id not in str(told)
    assert "sessionToken" not in str(told)


@pytest.mark.parametrize("end", ["log-out", "log-in of its installation"])
async def test_that_a_session_has_ended_is_told_to_ones_others(stored: LocalApp, end: str) -> None:
    account = {"username": "ann", "password": "pw"}
    ann = await stored.sign_up(**account)
    phone = await stored.ok("POST", "/login", account, X_Parse_Installation_Id="phone")
    async with subscriber(stored, "_Session", {"installationId": "phone"}, user=ann) as client:
        if end == "log-out":
            user = User(phone["objectId"], phone["sessionToken"])
            await stored.ok("POST", "/logout", {}, user=user)
        else:
            await stored.ok("POST", "/login", account, X_Parse_Installation_Id="phone")
        told = {frame["op"] for frame in await client.told()}

    assert told == ({"delete"} if end == "log-out" else {"create", "delete"})


@pytest.mark.parametrize(
    "class_name", ["_Installation", "_JobStatus", "_Hooks", "_Join:users:_Role", "_GlobalConfig"]
)
async def test_classes_that_are_closed_to_clients_are_closed_here(
    parse: LocalApp, class_name: str
) -> None:
    async with live_client(parse) as client:
        await client.connect(await parse.sign_up())
        answer = await client.subscribe(class_name)

    assert answer["op"] == "error"
    assert answer["code"] in (103, 119)


async def test_no_subscriber_gets_what_was_made_for_another(stored: LocalApp) -> None:
    """Many at once, with different views of one object."""
    users = [await stored.sign_up() for _ in range(8)]
    await stored.create("Game", {"a": 0, "b": 0}, master=True)
    hidden = {"*": ["a", "b"], **{user.id: ["a"] for user in users[:4]}}
    await set_permissions(stored, {"find": {"*": True}, "protectedFields": hidden})
    async with AsyncExitStack() as stack:
        clients = [await subscribed(stored, stack, Actor("a user", user)) for user in users]
        await asyncio.gather(
            *(stored.create("Game", {"a": 1, "b": 1}, master=True) for _ in range(5))
        )
        for index, client in enumerate(clients):
            for frame in await client.told():
                assert "a" not in frame["object"]
                assert ("b" in frame["object"]) is (index < 4)
