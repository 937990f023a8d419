"""Connecting and subscribing, and what is answered to whom does it wrongly."""

import pytest

from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import live_client, subscriber
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

KEYS = {"applicationId": "app", "javascriptKey": "js", "masterKey": "master-key"}


async def test_nothing_can_be_asked_before_a_connect(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        answer = await client.subscribe("Game")
        assert answer == {
            "op": "error",
            "error": "Can not find this client, make sure you connect to server before subscribing",
            "code": 2,
            "reconnect": True,
            "requestId": None,
        }
        answer = await client.ask(op="unsubscribe", requestId=1)
        assert answer["error"].endswith("connect to server before unsubscribing")
        # iOS does so, and subscribes again afterwards.
        await client.connect()
        assert (await client.subscribe("Game"))["op"] == "subscribed"


async def test_an_update_takes_the_place_of_the_query(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": 1}) as client:
        answer = await client.subscribe("Game", {"n": 2}, op="update")
        assert answer["op"] == "subscribed"
        assert answer["requestId"] == 1
        await parse.create("Game", {"n": 1})
        await parse.create("Game", {"n": 2})

        assert [frame["object"]["n"] for frame in await client.told()] == [2]


async def test_an_update_that_is_refused_leaves_the_query(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": 1}) as client:
        answer = await client.subscribe("Game", {"n": {"$regex": "("}}, op="update")
        assert answer["op"] == "error"
        await parse.create("Game", {"n": 1})

        assert len(await client.told()) == 1


async def test_an_update_of_nothing_says_so_and_subscribes(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        connected = await client.connect()
        answer = await client.subscribe("Game", request_id=5, op="update")
        assert answer["code"] == 2
        assert answer["error"] == (
            f"Cannot find subscription with clientId {connected['clientId']} subscriptionId 5."
            " Make sure you subscribe to live query server before unsubscribing."
        )
        assert (await client.next())["op"] == "subscribed"


async def test_a_second_query_under_one_id_replaces_the_first(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": 1}) as client:
        await client.subscribe("Game", {"n": 2})
        await parse.create("Game", {"n": 1})
        await parse.create("Game", {"n": 2})

        assert [frame["object"]["n"] for frame in await client.told()] == [2]


async def test_after_an_unsubscribe_nothing_comes(parse: LocalApp) -> None:
    async with subscriber(parse, "Game") as client:
        answer = await client.ask(op="unsubscribe", requestId=1)
        assert answer["op"] == "unsubscribed"
        assert answer["requestId"] == 1
        await parse.create("Game", {"n": 1})

        assert await client.told() == []
        assert (await client.ask(op="unsubscribe", requestId=1))["code"] == 2


async def test_a_second_connect_makes_a_new_client(parse: LocalApp) -> None:
    async with subscriber(parse, "Game") as client:
        again = await client.connect()
        await parse.create("Game", {"n": 1})
        assert await client.told() == []
        await client.subscribe("Game")
        await parse.create("Game", {"n": 1})

        (frame,) = await client.told()
    assert frame["clientId"] == again["clientId"]
    live = parse.app.parts.live
    assert live is not None
    assert live.server.is_idle


async def test_a_closed_socket_leaves_nothing_behind(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": 1}) as client:
        await client.subscribe("Game", {"n": {"$gt": 1}}, request_id=2)
        await client.subscribe("Other", request_id=3)
        live = parse.app.parts.live
        assert live is not None
        assert not live.server.is_idle

    assert live.server.is_idle


@pytest.mark.parametrize(
    ("keys", "is_let_in"),
    [
        ({}, False),
        ({"applicationId": "app"}, True),
        ({"applicationId": "other", "javascriptKey": "js"}, True),
        ({"applicationId": "other", "javascriptKey": "app"}, False),
        ({"applicationId": "other", "clientKey": "js"}, False),
    ],
)
async def test_one_of_the_configured_keys_opens(keys: dict[str, object], is_let_in: bool) -> None:
    async with (
        local_app(liveQuery=PUBLISHED, liveQueryServerOptions={"keyPairs": KEYS}) as parse,
        live_client(parse) as client,
    ):
        answer = await client.ask(**{"op": "connect", "applicationId": "no", **keys})

    if is_let_in:
        assert answer["op"] == "connected"
    else:
        assert answer == {
            "op": "error",
            "error": "Key in request is not valid",
            "code": 4,
            "reconnect": True,
            "requestId": None,
        }


async def test_frames_that_are_none_are_told_and_end_nothing(parse: LocalApp) -> None:
    async with live_client(parse) as client:
        await client.send("no json")
        answer = await client.ask(op="dance")
        assert (answer["code"], answer["reconnect"], answer["requestId"]) == (1, True, None)
        await client.send('{"op":"connect",' + '"a":[' * 8000)
        await client.send("[" * 8000 + "]" * 8000)
        frame = await client.next()
        assert frame["op"] == "error"
        assert (await client.connect())["op"] == "connected"


@pytest.mark.parametrize(
    ("where", "code"),
    [
        ({"a": {"$regex": "("}}, 102),
        ({"a": {"$regex": {"$ne": 1}}}, 102),
        ({"$or": {}}, 102),
        ({"a": {"$inQuery": {"where": {}, "className": "Team"}}}, 102),
        ({"a": {"$notInQuery": {"where": {}, "className": "Team"}}}, 102),
        ({"a": {"$select": {"query": {"className": "Team", "where": {}}, "key": "b"}}}, 102),
        (
            {
                "$relatedTo": {
                    "object": {"__type": "Pointer", "className": "T", "objectId": "x"},
                    "key": "k",
                }
            },
            102,
        ),
        ({"a": {"$text": {"$search": {"$term": "x"}}}}, 102),
        ({"$or": [{"a": {"$inQuery": {"where": {}, "className": "Team"}}}]}, 102),
        ({"a": {"$none": 1}}, 107),
        ({"_hashed_password": "x"}, 105),
        ({"$where": "1"}, 105),
    ],
    ids=str,
)
async def test_what_cannot_be_judged_right_is_refused(
    parse: LocalApp, where: dict[str, object], code: int
) -> None:
    async with live_client(parse) as client:
        await client.connect()
        answer = await client.subscribe("Game", where, request_id=3)
        assert (answer["op"], answer["code"]) == ("error", code), answer
        assert (answer["reconnect"], answer["requestId"]) == (False, 3)
        assert (await client.subscribe("Game", request_id=3))["op"] == "subscribed"


async def test_a_condition_on_a_relation_is_refused(parse: LocalApp) -> None:
    team = await parse.create("Team", {"n": 1})
    pointer = {"__type": "Pointer", "className": "Team", "objectId": team}
    await parse.create("Game", {"r": {"__op": "AddRelation", "objects": [pointer]}})
    async with live_client(parse) as client:
        await client.connect()
        answer = await client.subscribe("Game", {"r": pointer})

    assert (answer["code"], answer["error"]) == (
        102,
        "LiveQuery judges each object by itself: r is a relation",
    )


async def test_the_limits_of_queries_hold_for_subscriptions_too() -> None:
    limits = {"queryDepth": 2, "allowRegex": False}
    deep = {"$or": [{"$and": [{"$or": [{"a": 1}]}]}]}
    async with (
        local_app(liveQuery=PUBLISHED, requestComplexity=limits) as parse,
        live_client(parse) as client,
    ):
        await client.connect()
        assert (await client.subscribe("Game", deep))["error"].endswith("depth of 2")
        answer = await client.subscribe("Game", {"a": {"$regex": "x"}})
        assert answer["error"] == "$regex operator is not allowed"


async def test_the_conditions_of_one_client_are_bounded_together() -> None:
    options = {"maxFrameSize": 1000}
    async with (
        local_app(liveQuery=PUBLISHED, liveQueryServerOptions=options) as parse,
        live_client(parse) as client,
    ):
        await client.connect()
        large = {"a": "x" * 900}
        for number in range(8):
            answer = await client.subscribe("Game", large, request_id=number)
            assert answer["op"] == "subscribed"
        answer = await client.subscribe("Game", large, request_id=8)
        assert (answer["code"], answer["error"]) == (
            155,
            "The conditions of this connection are too large",
        )
        # One that takes the place of another, or that comes when one has gone, is none more.
        assert (await client.subscribe("Game", large, request_id=7))["op"] == "subscribed"
        await client.ask(op="unsubscribe", requestId=0)
        assert (await client.subscribe("Game", large, request_id=8))["op"] == "subscribed"


async def test_one_client_cannot_subscribe_without_end() -> None:
    options = {"maxSubscriptionsPerClient": 3}
    async with (
        local_app(liveQuery=PUBLISHED, liveQueryServerOptions=options) as parse,
        live_client(parse) as client,
    ):
        await client.connect()
        for number in range(3):
            answer = await client.subscribe("Game", {"n": number}, request_id=number)
            assert answer["op"] == "subscribed"
        answer = await client.subscribe("Game", {"n": 3}, request_id=3)
        assert (answer["code"], answer["requestId"]) == (155, 3)
        assert (await client.subscribe("Game", {"n": 9}, request_id=1))["op"] == "subscribed"
