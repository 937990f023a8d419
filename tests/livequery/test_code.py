"""Triggers of LiveQuery, and those who watch the server."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy import cloud
from parsepy.cloud.registry import RegistrationError, Registry
from parsepy.errors import ParseError
from tests.livequery.conftest import PUBLISHED
from tests.support.live_client import live_client, subscriber
from tests.support.local_app import MASTER_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.fixture
async def parse() -> AsyncIterator[LocalApp]:
    keys = {"keyPairs": {"applicationId": "app", "masterKey": MASTER_KEY}}
    async with local_app(liveQuery=PUBLISHED, liveQueryServerOptions=keys) as running:
        yield running


@pytest.fixture
def code(parse: LocalApp) -> Registry:
    return parse.app.registry


async def test_a_connection_may_be_refused_with_the_codes_own_error(
    parse: LocalApp, code: Registry
) -> None:
    seen: list[cloud.ConnectRequest] = []

    @code.before_connect
    async def check(request: cloud.ConnectRequest) -> None:
        seen.append(request)
        if request.user is None:
            raise ParseError(9001, "log in first")

    ann = await parse.sign_up()
    async with live_client(parse) as client:
        answer = await client.ask(op="connect", applicationId="app", installationId="i")
        assert answer == {
            "op": "error",
            "error": "log in first",
            "code": 9001,
            "reconnect": False,
            "requestId": None,
        }
        assert (await client.subscribe("Game"))["code"] == 2
        await client.connect(ann, masterKey=MASTER_KEY)

    first, second = seen
    assert (first.event, first.clients, first.subscriptions) == ("connect", 0, 0)
    assert (first.installation_id, first.session_token, first.use_master_key) == ("i", None, False)
    assert second.user is not None
    assert second.user.object_id == ann.id
    assert (second.session_token, second.use_master_key, second.master) == (ann.token, True, False)


async def test_a_subscription_may_be_changed_or_refused(parse: LocalApp, code: Registry) -> None:
    @code.before_subscribe("Game")
    def narrow(request: cloud.SubscribeRequest) -> None:
        if request.query.where.get("n") == 0:
            raise ValueError("not that one")
        assert request.query.to_json()["keys"] == "n,m"
        request.query.equal_to("open", True).json["keys"] = "n"

    async with live_client(parse) as client:
        await client.connect()
        answer = await client.subscribe("Game", {"n": 0}, request_id=4)
        assert (answer["code"], answer["error"]) == (141, "not that one")
        assert (answer["reconnect"], answer["requestId"]) == (False, 4)
        await client.subscribe("Game", keys=["n", "m"])
        await parse.create("Game", {"n": 1})
        await parse.create("Game", {"n": 2, "m": 3, "open": True})
        (frame,) = await client.told()

    assert frame["object"]["n"] == 2
    assert not {"m", "open"} & set(frame["object"])


async def test_another_query_may_be_given(parse: LocalApp, code: Registry) -> None:
    @code.before_subscribe("Game")
    async def other(request: cloud.SubscribeRequest) -> cloud.Query[cloud.Object]:
        return cloud.Query("Game").equal_to("n", 2)

    async with subscriber(parse, "Game", {"n": 1}) as client:
        await parse.create("Game", {"n": 1})
        await parse.create("Game", {"n": 2})

        assert [frame["object"]["n"] for frame in await client.told()] == [2]


async def test_what_code_makes_of_a_query_is_judged_like_any_other(
    parse: LocalApp, code: Registry
) -> None:
    await parse.create("Game", {"secret": 1})
    hidden = {"find": {"*": True}, "protectedFields": {"*": ["secret"]}}
    body = {"className": "Game", "classLevelPermissions": hidden}
    await parse.ok("PUT", "/schemas/Game", body, master=True)

    @code.before_subscribe("Game")
    def ask(request: cloud.SubscribeRequest) -> None:
        request.query.equal_to("secret", 1)

    async with live_client(parse) as client:
        await client.connect()

        assert (await client.subscribe("Game"))["code"] == 119


async def test_an_event_may_be_changed_replaced_and_kept_back(
    parse: LocalApp, code: Registry
) -> None:
    seen: list[cloud.EventRequest] = []

    @code.after_live_query_event("Game")
    async def change(request: cloud.EventRequest) -> None:
        seen.append(request)
        await asyncio.sleep(0)
        match request.object.get("n"):
            case 1:
                request.object.set("said", request.event)
            case 2:
                request.send_event = False
            case 3:
                request.event = "leave"
            case 4:
                request.event = "dance"
            case 5:
                request.object = cloud.Object("Other", state={"objectId": "x", "n": 9})
            case 6:
                raise ParseError(77, "broken")

    ann = await parse.sign_up()
    async with subscriber(parse, "Game", user=ann) as client:
        for number in range(1, 7):
            await parse.create("Game", {"n": number})
        told = await client.told()

    assert [(frame["op"], frame.get("object", {}).get("n")) for frame in told] == [
        ("create", 1),
        ("leave", 3),
        ("create", 9),
        ("error", None),
    ]
    assert told[0]["object"]["said"] == "create"
    assert told[2]["object"]["className"] == "Game"
    assert (told[3]["code"], told[3]["error"], told[3]["requestId"]) == (77, "broken", 1)
    assert seen[0].user is not None
    assert seen[0].user.object_id == ann.id
    assert (seen[0].event, seen[0].clients, seen[0].subscriptions) == ("create", 1, 1)
    assert (seen[0].session_token, seen[0].use_master_key) == (ann.token, False)


async def test_code_sees_what_is_hidden_and_the_subscriber_does_not(
    parse: LocalApp, code: Registry
) -> None:
    await parse.create("Game", {"secret": 0})
    hidden = {"find": {"*": True}, "create": {"*": True}, "protectedFields": {"*": ["secret"]}}
    body = {"className": "Game", "classLevelPermissions": hidden}
    await parse.ok("PUT", "/schemas/Game", body, master=True)
    seen: list[object] = []

    @code.after_live_query_event("Game")
    def look(request: cloud.EventRequest) -> None:
        seen.append(request.object.get("secret"))
        request.object.set("secret", 8)

    async with subscriber(parse, "Game") as client:
        await parse.create("Game", {"secret": 7}, master=True)
        (frame,) = await client.told()

    assert seen == [7]
    assert "secret" not in frame["object"]


async def test_what_code_does_for_one_is_not_seen_by_another(
    parse: LocalApp, code: Registry
) -> None:
    @code.after_live_query_event("Game")
    def mark(request: cloud.EventRequest) -> None:
        request.object.set("marks", [*request.object.get("marks", []), 1])

    async with subscriber(parse, "Game") as one, subscriber(parse, "Game") as two:
        await parse.create("Game", {"marks": []})
        told = [(await client.told())[0]["object"]["marks"] for client in (one, two)]

    assert told == [[1], [1]]


async def test_slow_code_holds_up_nobody_else(parse: LocalApp, code: Registry) -> None:
    free = asyncio.Event()
    slow_is_called = asyncio.Event()

    @code.after_live_query_event("Game")
    async def wait(request: cloud.EventRequest) -> None:
        slow_is_called.set()
        await free.wait()

    async with subscriber(parse, "Game") as slow, subscriber(parse, "ChatRoom") as other:
        await parse.create("Game", {"n": 1})
        await slow_is_called.wait()
        await parse.create("ChatRoom", {"n": 2})
        assert (await other.next())["object"]["n"] == 2
        free.set()

        assert (await slow.next())["object"]["n"] == 1


async def test_validators_hold_before_handlers(parse: LocalApp, code: Registry) -> None:
    needs_user = cloud.Validator(require_user=True)

    @code.before_subscribe("Game", validator=needs_user)
    def never(request: cloud.SubscribeRequest) -> None: ...

    async with live_client(parse) as client:
        await client.connect(masterKey=MASTER_KEY)
        answer = await client.subscribe("Game")
        assert (answer["code"], answer["error"]) == (
            142,
            "Validation failed. Please login to continue.",
        )
        await client.connect(await parse.sign_up())
        assert (await client.subscribe("Game"))["op"] == "subscribed"


async def test_listeners_hear_of_connections_and_subscriptions(
    parse: LocalApp, code: Registry
) -> None:
    heard: asyncio.Queue[cloud.LiveQueryEvent] = asyncio.Queue()

    @code.on_live_query_event
    def broken(event: cloud.LiveQueryEvent) -> None:
        raise RuntimeError("a listener")

    code.on_live_query_event(heard.put_nowait)
    ann = await parse.sign_up()
    async with subscriber(parse, "Game", user=ann) as client:
        await client.ask(op="unsubscribe", requestId=1)
    events: list[cloud.LiveQueryEvent] = []
    async with asyncio.timeout(10):
        while len(events) < 5:
            events.append(await heard.get())

    assert [event.event for event in events] == [
        "ws_connect",
        "connect",
        "subscribe",
        "unsubscribe",
        "ws_disconnect",
    ]
    assert [event.clients for event in events] == [0, 1, 1, 1, 0]
    assert [event.subscriptions for event in events] == [0, 0, 1, 0, 0]
    assert events[0].client is None
    assert events[1].user is not None
    assert events[1].user.object_id == ann.id
    assert {event.session_token for event in events[1:]} == {ann.token}


def test_a_trigger_of_connections_is_of_no_class() -> None:
    with pytest.raises(RegistrationError, match="beforeConnect is no trigger of a class"):
        Registry().trigger("beforeConnect", "Game")(lambda request: None)


async def test_code_tells_of_changes_that_it_has_heard_of(parse: LocalApp) -> None:
    game = await parse.create("Game", {"n": 1})
    async with subscriber(parse, "Game", {"n": {"$gt": 5}}) as client:
        with parse.app.cloud_code():
            before = await cloud.Query("Game").get(game)
            now = await cloud.Query("Game").get(game)
            now.set("n", 9)
            await cloud.publish(now, before)
            await cloud.publish(now, deleted=True)
            with pytest.raises(ParseError) as nameless:
                await cloud.publish(cloud.Object("Game"))
            with pytest.raises(ValueError, match="Changes of Other are not published"):
                await cloud.publish(cloud.Object("Other", "x"))
        told = await client.told()

    assert nameless.value.code == 104
    assert [(frame["op"], frame["object"]["n"]) for frame in told] == [("enter", 9), ("delete", 9)]
    assert told[0]["original"]["n"] == 1


async def test_figures_tell_how_busy_the_server_is(parse: LocalApp) -> None:
    async with subscriber(parse, "Game", {"n": 1}) as client, subscriber(parse, "Game", {"n": 1}):
        await client.subscribe("Game", {"n": 2}, request_id=2)
        with parse.app.cloud_code():
            figures = cloud.live_query_figures()

    assert (figures.clients, figures.subscriptions, figures.queries) == (2, 3, 2)
    assert figures.waiting == 0


async def test_without_live_query_there_is_nothing_to_count() -> None:
    async with local_app() as parse:
        with parse.app.cloud_code():
            assert cloud.live_query_figures().clients == 0
