"""The database as the source of events: what anybody writes is told, to whom it may be."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from pymongo import MongoClient
from pymongo.database import Database

from parsepy.app import create_app
from parsepy.errors import ParseError
from parsepy.objects.ports import NoPublisher
from parsepy.types import JSONObject
from tests.livequery.conftest import PUBLISHED
from tests.livequery.live_process import PARSEPY, asked, ended, heard, live_process, subscribed
from tests.livequery.test_beside_parse_server import CHANGES, EVERY_TYPE, without_url
from tests.support.availability import MissingComponentError, component_missing
from tests.support.live_client import LiveClient, live_client, subscriber
from tests.support.local_app import OPTIONS, LocalApp, local_app
from tests.support.node import ensure_node_modules
from tests.support.processes import RunningProcess
from tests.support.reference import FOLDER, RunningReference, running_reference

pytestmark = pytest.mark.anyio

ON_STREAM = {**PUBLISHED, "source": "changeStream"}
Raw = dict[str, Any]


@asynccontextmanager
async def app_on(uri: str, **live: object) -> AsyncIterator[LocalApp]:
    """`live` are options of the LiveQuery server."""
    options: Any = {"databaseURI": uri, "liveQuery": ON_STREAM, "liveQueryServerOptions": live}
    async with local_app(**options) as running:
        yield running


@pytest.fixture
async def streaming(mongodb_database_uri: str) -> AsyncIterator[LocalApp]:
    async with app_on(mongodb_database_uri) as running:
        yield running


@pytest.fixture
def raw(mongodb_uri: str, database_name: str) -> Iterator[Database[Raw]]:
    """The database as another programme sees it."""
    with MongoClient[Raw](mongodb_uri) as client:
        yield client[database_name]


def briefly(frames: list[dict[str, Any]]) -> list[tuple[str, Any]]:
    return [(frame["op"], frame["object"].get("n")) for frame in frames]


async def define_game(parse: LocalApp) -> None:
    fields = {"n": {"type": "Number"}}
    await parse.ok("POST", "/schemas/Game", {"className": "Game", "fields": fields}, master=True)


async def test_what_another_programme_writes_is_told_to_whom_it_may_be(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    await define_game(streaming)
    ann, bob = await streaming.sign_up(), await streaming.sign_up()
    async with (
        subscriber(streaming, "Game", {"n": {"$gt": 0}}, user=ann) as for_ann,
        subscriber(streaming, "Game", {"n": {"$gt": 0}}, user=bob) as for_bob,
    ):
        game = raw["Game"]
        game.insert_one({"_id": "a", "n": 1, "_rperm": [ann.id, bob.id], "_wperm": []})
        game.update_one({"_id": "a"}, {"$inc": {"n": 1}})
        game.update_one({"_id": "a"}, {"$set": {"_rperm": [ann.id]}})
        game.update_one({"_id": "a"}, {"$set": {"n": -1}})
        game.update_one({"_id": "a"}, {"$set": {"n": 3}})
        game.delete_one({"_id": "a"})

        both = [("create", 1), ("update", 2)]
        assert briefly(await for_ann.told()) == [
            *both,
            ("update", 2),
            ("leave", -1),
            ("enter", 3),
            ("delete", 3),
        ]
        assert briefly(await for_bob.told()) == [*both, ("leave", 2)]


async def test_the_doors_tell_nothing_besides(streaming: LocalApp) -> None:
    assert isinstance(streaming.app.parts.objects.publisher, NoPublisher)
    async with subscriber(streaming, "Game") as client:
        await streaming.create("Game", {"n": 1})

        assert briefly(await client.told()) == [("create", 1)]


async def test_of_a_transaction_nothing_is_told_or_all(streaming: LocalApp) -> None:
    path = "/parse/classes/Game"
    requests = [{"method": "POST", "path": path, "body": {"n": number}} for number in range(3)]
    bad = {"method": "PUT", "path": f"{path}/nothing", "body": {"n": 1}}
    async with subscriber(streaming, "Game") as client:
        refused = {"requests": [*requests, bad], "transaction": True}
        assert not (await streaming.send("POST", "/batch", refused)).is_success
        assert await client.told() == []
        await streaming.ok("POST", "/batch", {"requests": requests, "transaction": True})

        assert sorted(briefly(await client.told())) == [("create", number) for number in range(3)]


async def test_secrets_of_users_and_sessions_are_not_told(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    async with live_client(streaming) as client:
        await client.connect()
        user = await streaming.sign_up(ACL={"*": {"read": True}})
        await client.subscribe("_User", request_id=1, user=user)
        await client.subscribe("_Session", request_id=2, user=user)
        await client.told()
        secrets = {"_hashed_password": "h", "_auth_data_x": {"id": "i"}, "_perishable_token": "p"}
        raw["_User"].update_one({"_id": user.id}, {"$set": {**secrets, "nick": "a"}})
        raw["_Session"].update_one({"_p_user": f"_User${user.id}"}, {"$set": {"restricted": True}})
        frames = await client.told()

    assert [frame["object"]["className"] for frame in frames] == ["_User", "_Session"]
    for frame in frames:
        for shown in (frame["object"], frame["original"]):
            assert not {"authData", "password", "sessionToken"} & shown.keys()
            assert not [name for name in shown if name.startswith("_") and name != "__type"]


async def test_a_change_that_nobody_is_shown_is_none(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    user = await streaming.sign_up(ACL={"*": {"read": True}})
    async with subscriber(streaming, "_User") as client:
        raw["_User"].update_one({"_id": user.id}, {"$set": {"_failed_login_count": 3}})
        assert await client.told() == []
        raw["_User"].update_one({"_id": user.id}, {"$set": {"nick": "a"}})

        assert [frame["op"] for frame in await client.told()] == ["update"]


async def test_a_state_before_that_is_not_known_makes_no_object_new(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    await define_game(streaming)
    raw["Game"].insert_many([{"_id": "a", "n": 0}, {"_id": "b", "n": 1}])
    raw.command("collMod", "Game", changeStreamPreAndPostImages={"enabled": False})
    async with subscriber(streaming, "Game", {"n": {"$gt": 0}}) as client:
        raw["Game"].update_one({"_id": "a"}, {"$set": {"n": 1}})
        raw["Game"].update_one({"_id": "b"}, {"$set": {"n": 0}})
        raw["Game"].delete_one({"_id": "a"})

        # The first is known to match now, no more; who could see the last is not known.
        assert briefly(await client.told()) in ([("update", 1)], [])


async def test_roles_that_another_programme_gives_and_takes_count_at_the_next_event(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    ann = await streaming.sign_up()
    role = await streaming.grant_role("staff", await streaming.sign_up())
    row = {"_id": "row", "owningId": role, "relatedId": ann.id}
    await define_game(streaming)
    async with subscriber(streaming, "Game", user=ann) as client:
        told = []
        for change in (lambda: None, lambda: raw["_Join:users:_Role"].insert_one(row)):
            change()
            raw["Game"].insert_one({"n": 1, "_rperm": ["role:staff"]})
            told.append(briefly(await client.told()))
        raw["_Join:users:_Role"].delete_one({"_id": "row"})
        raw["Game"].insert_one({"n": 2, "_rperm": ["role:staff"]})
        told.append(briefly(await client.told()))

    assert told == [[], [("create", 1)], []]


async def test_a_session_that_another_programme_ends_counts_no_more(
    streaming: LocalApp, raw: Database[Raw]
) -> None:
    ann = await streaming.sign_up()
    await define_game(streaming)
    async with subscriber(streaming, "Game", user=ann) as client:
        raw["Game"].insert_one({"n": 1, "_rperm": [ann.id]})
        assert briefly(await client.told()) == [("create", 1)]
        raw["_Session"].delete_one({"_session_token": ann.token})
        raw["Game"].insert_one({"n": 2, "_rperm": [ann.id]})

        assert await client.told() == []


# -- beside a real parse-server


@pytest.fixture
def reference(mongodb_database_uri: str) -> Iterator[RunningReference]:
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    with running_reference(mongodb_database_uri, {"allowClientClassCreation": True}) as running:
        yield running


async def test_what_parse_server_writes_is_told_as_a_find_shows_it(
    reference: RunningReference, streaming: LocalApp
) -> None:
    """Into a class, and fields, that were not there before."""

    async def shown() -> Any:
        return without_url(await streaming.ok("GET", f"/classes/ChatRoom/{room}", master=True))

    headers = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master"}
    async with (
        httpx.AsyncClient(base_url=f"{reference.url}/classes/", headers=headers) as asking,
        subscriber(streaming, "ChatRoom") as client,
    ):
        room = (
            (await asking.post("ChatRoom", json=EVERY_TYPE)).raise_for_status().json()["objectId"]
        )
        # What is told has been read with the schema that it needs.
        told, created = await client.told(), await shown()
        more: JSONObject = {"second": {"__type": "Pointer", "className": "Team", "objectId": "t"}}
        (await asking.put(f"ChatRoom/{room}", json={**CHANGES, **more})).raise_for_status()
        told += await client.told()
        updated = await shown()
        (await asking.delete(f"ChatRoom/{room}")).raise_for_status()
        told += await client.told()

    assert updated["second"] == more["second"]
    for frame in told:
        for part in (frame["object"], frame.get("original", {})):
            part.pop("__type", None)
            part.pop("className", None)
    assert [frame["op"] for frame in told] == ["create", "update", "delete"]
    assert [without_url(frame["object"]) for frame in told] == [created, updated, updated]
    assert without_url(told[1]["original"]) == created


# -- positions


async def resumed(client: LiveClient, since: str, request_id: int = 1) -> tuple[bool, list[Any]]:
    """Whether it could, and what was told."""
    answer = await client.subscribe("Game", since=since, request_id=request_id)
    return answer["resumed"], briefly(await client.told())


async def test_a_position_holds_for_every_server_and_beyond_its_end(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    async with app_on(mongodb_database_uri) as first, subscriber(first, "Game", since="") as client:
        game = await first.create("Game", {"n": 1})
        (frame,) = await client.told()
        position = frame["position"]
        await first.ok("PUT", f"/classes/Game/{game}", {"n": 2})
        async with app_on(mongodb_database_uri) as second, live_client(second) as other:
            await other.connect()
            assert await resumed(other, position) == (True, [("update", 2)])
            await first.ok("PUT", f"/classes/Game/{game}", {"n": 3})
            assert briefly(await other.told()) == [("update", 3)]
    raw["Game"].update_one({"_id": game}, {"$set": {"n": 4}})
    raw["Other"].insert_one({"n": 4})
    raw["Game"].delete_one({"_id": game})
    async with app_on(mongodb_database_uri) as third, live_client(third) as client:
        await client.connect()
        await third.create("Game", {"n": 5})
        missed = [("update", 2), ("update", 3), ("update", 4), ("delete", 4), ("create", 5)]
        assert await resumed(client, position) == (True, missed)
        # Known in memory now.
        assert await resumed(client, position, request_id=2) == (True, missed)


async def test_who_comes_from_a_faster_server_hears_nothing_twice(
    mongodb_database_uri: str,
) -> None:
    async with (
        app_on(mongodb_database_uri) as fast,
        app_on(mongodb_database_uri) as slow,
        subscriber(fast, "Game", since="") as client,
        live_client(slow) as other,
    ):
        await other.connect()
        for number in range(20):
            await fast.create("Game", {"n": number})
            position = (await client.told())[-1]["position"]
            assert await resumed(other, position) == (True, [])
            await other.ask(op="unsubscribe", requestId=1)


async def test_more_than_is_kept_is_not_told_again(
    mongodb_database_uri: str, raw: Database[Raw]
) -> None:
    async with app_on(mongodb_database_uri) as parse, subscriber(parse, "Game", since="") as client:
        positions = []
        for number in range(4):
            await parse.create("Game", {"n": number})
            positions.append((await client.told())[-1]["position"])
    async with app_on(mongodb_database_uri, resumeEvents=2) as parse, live_client(parse) as client:
        await client.connect()
        assert await resumed(client, positions[0]) == (False, [])
        assert await resumed(client, positions[1]) == (True, [("create", 2), ("create", 3)])
        await parse.create("Game", {"n": 4})
        assert await client.told() != []
        assert await resumed(client, positions[1]) == (False, [])
        assert await resumed(client, positions[2]) == (True, [("create", 3), ("create", 4)])


@pytest.mark.parametrize("since", ["x", "82", "5f1c03ab-417", "82" + "0" * 40, "82" + "F" * 40])
async def test_what_is_no_position_is_not_known(streaming: LocalApp, since: str) -> None:
    async with live_client(streaming) as client:
        await client.connect()
        await streaming.create("Game", {"n": 1})

        assert (await client.subscribe("Game", since=since))["resumed"] is False


# -- processes


async def test_a_server_that_ends_tells_what_it_has_acknowledged(
    mongodb_database_uri: str, tmp_path: Path
) -> None:
    with live_process(tmp_path, mongodb_database_uri, source="changeStream") as server:
        async with subscribed(server) as live, server.client() as asking:
            answers = [await asking.post("/classes/Game", json={"n": n}) for n in range(20)]
            psutil.Process(server.process.pid).terminate()
            _, frames = await ended(live)
        assert server.process.wait() == 0

    made = [answer.raise_for_status().json()["objectId"] for answer in answers]
    assert [frame["object"]["objectId"] for frame in frames] == made


async def test_a_cluster_needs_no_redis(mongodb_database_uri: str, tmp_path: Path) -> None:
    with live_process(
        tmp_path, mongodb_database_uri, source="changeStream", more={"cluster": 2}
    ) as server:
        async with server.client() as asking, asyncio.timeout(60):
            # Sockets come to either worker; an object is told by each once.
            lives = [subscribed(server) for _ in range(8)]
            opened = [await live.__aenter__() for live in lives]
            try:
                made = await asking.post("/classes/Game", json={"n": 1})
                told = [(await heard(live))["object"]["objectId"] for live in opened]
                answers = [await asked(live, op="unsubscribe", requestId=1) for live in opened]
            finally:
                for live in lives:
                    await live.__aexit__(None, None, None)

    assert told == [made.json()["objectId"]] * 8
    assert [answer["op"] for answer in answers] == ["unsubscribed"] * 8


def test_a_store_that_cannot_is_refused_at_the_start(standalone_uri: str, tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        '{"appId":"a","masterKey":"m","port":0,"liveQuery":{"classNames":["Game"],'
        f'"source":"changeStream"}},"databaseURI":"{standalone_uri}"}}'
    )
    command = [PARSEPY, "serve", str(config)]
    with RunningProcess(command, folder=tmp_path, environment={"PORT": ""}) as process:
        assert process.wait() != 0

    assert "it needs MongoDB 6.0 or later, as a replica set" in process.output
    assert "Traceback" not in process.output


async def test_so_it_is_in_an_app_that_another_programme_runs(standalone_uri: str) -> None:
    options = {**OPTIONS, "databaseURI": standalone_uri, "liveQuery": ON_STREAM}
    app = create_app(options)
    try:
        with pytest.raises(ParseError, match=r"Set liveQuery\.source to doors"):
            await app.parts.start()
    finally:
        await app.parts.stop()
