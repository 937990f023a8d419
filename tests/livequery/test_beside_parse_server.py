"""A real parse-server and parsepy on one database and one Redis tell each other of changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import httpx
import pytest
import websockets

from parsepy.livequery.class_permissions import permissions_of
from parsepy.livequery.publications import Publication
from parsepy.livequery.publishing import Publishing
from parsepy.livequery.redis_channels import RedisChannels
from parsepy.pubsub.redis import RedisPubSub
from parsepy.types import JSONObject
from tests.support.availability import MissingComponentError, component_missing
from tests.support.local_app import LocalApp, local_app
from tests.support.mongod import RunningMongod
from tests.support.node import ensure_node_modules
from tests.support.redis_server import running_redis
from tests.support.reference import FOLDER, RunningReference, running_reference

pytestmark = pytest.mark.anyio

SECONDS = 20.0
LONG_MS = 120_000
"""What parse-server remembers it believes for longer than a test lasts."""
CLASSES = ["Game", "Closed", "Secretive", "_User", "_Role"]

EVERY_TYPE: JSONObject = {
    "text": "é",
    "number": 1.5,
    "whole": 3,
    "flag": True,
    "day": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"},
    "map": {"a": {"b": [1, None]}, "day": {"__type": "Date", "iso": "2024-01-02T03:04:05.678Z"}},
    "list": [1, "x", {"a": 1}, {"__type": "Pointer", "className": "_User", "objectId": "u1"}],
    "place": {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
    "area": {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [0, 0]]},
    "blob": {"__type": "Bytes", "base64": "aGVsbG8="},
    "file": {"__type": "File", "name": "x.png", "url": "http://files.example/x.png"},
    "owner": {"__type": "Pointer", "className": "_User", "objectId": "u1"},
    "ACL": {"*": {"read": True}, "role:Admins": {"write": True}},
    "fans": {
        "__op": "AddRelation",
        "objects": [{"__type": "Pointer", "className": "_User", "objectId": "u1"}],
    },
}
CHANGES: JSONObject = {
    "whole": {"__op": "Increment", "amount": 2},
    "list": {"__op": "AddUnique", "objects": [1, "new"]},
    "text": {"__op": "Delete"},
    "day": {"__type": "Date", "iso": "2025-01-02T03:04:05.678Z"},
    "ACL": {"*": {"read": True, "write": True}},
}


@dataclass(frozen=True, slots=True)
class Both:
    """What the two share, and the parse-server."""

    reference: RunningReference
    database_uri: str
    redis_uri: str

    async def ask(
        self, method: str, path: str, body: object = None, session: str | None = None
    ) -> dict[str, Any]:
        """An answer of parse-server's, that has to be a success."""
        headers = {"X-Parse-Application-Id": "app"}
        headers |= (
            {"X-Parse-Session-Token": session} if session else {"X-Parse-Master-Key": "master"}
        )
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            url = f"{self.reference.url}{path}"
            answer = await client.request(method, url, json=body, headers=headers)
        assert answer.is_success, answer.text
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture(scope="module")
def both(
    mongod: RunningMongod, redis_installed: None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Both]:
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    database = f"parsepy_test_{uuid4().hex}"
    uri = mongod.database_uri(database)
    with running_redis(tmp_path_factory.mktemp("redis")) as redis:
        options: JSONObject = {
            "allowClientClassCreation": True,
            "cacheTTL": LONG_MS,
            "liveQuery": {"classNames": [*CLASSES], "redisURL": redis.uri},
            "startLiveQueryServer": True,
            "liveQueryServerOptions": {"redisURL": redis.uri, "cacheTimeout": LONG_MS},
        }
        with running_reference(uri, options) as reference:
            yield Both(reference, uri, redis.uri)
    mongod.drop_database(database)


@dataclass(slots=True)
class Ours:
    """The parsepy of a test, and what it has received."""

    parse: LocalApp
    received: list[Publication] = field(default_factory=list)
    role_changes: int = 0
    joined: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def receive(self, publication: Publication) -> None:
        self.received.append(publication)
        self.changed.set()

    async def forget_roles(self) -> None:
        self.role_changes += 1
        self.changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                self.changed.clear()
                await self.changed.wait()


@pytest.fixture
async def ours(both: Both) -> AsyncIterator[Ours]:
    async with local_app(databaseURI=both.database_uri) as parse:
        found = Ours(parse)
        pubsub = RedisPubSub(both.redis_uri)
        objects = parse.app.parts.objects
        channels = RedisChannels(
            pubsub,
            "app",
            receive=found.receive,
            permissions_of=partial(permissions_of, objects),
            roles_changed=found.forget_roles,
        )
        objects.publisher = Publishing(CLASSES, channels.deliver, objects.storage)
        parse.app.parts.roles.tell_others = channels.tell_roles_changed
        pubsub.when_joined(found.joined.set)
        await pubsub.start()
        channels.start()
        async with asyncio.timeout(SECONDS):
            await found.joined.wait()
        yield found
        await channels.close()
        await pubsub.close()


class Client:
    """A client of parse-server's LiveQuery."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket

    async def ask(self, **frame: object) -> dict[str, Any]:
        await self._socket.send(json.dumps(frame))
        return await self.next()

    async def next(self) -> dict[str, Any]:
        async with asyncio.timeout(SECONDS):
            found: dict[str, Any] = json.loads(await self._socket.recv())
        return found


@asynccontextmanager
async def subscribed(both: Both, *class_names: str, session: str = "") -> AsyncIterator[Client]:
    url = f"ws://127.0.0.1:{both.reference.port}/"
    async with websockets.connect(url) as socket:
        client = Client(socket)
        answer = await client.ask(op="connect", applicationId="app", sessionToken=session)
        assert answer["op"] == "connected", answer
        for number, class_name in enumerate(class_names):
            query = {"className": class_name, "where": {}}
            answer = await client.ask(op="subscribe", requestId=number, query=query)
            assert answer["op"] == "subscribed", answer
        yield client


def without_url(document: Any) -> Any:
    """Each server has its own address for a file."""
    if "file" not in document:
        return document
    return {**document, "file": {**document["file"], "url": "…"}}


async def test_what_parse_server_changes_is_heard_as_it_is_stored(both: Both, ours: Ours) -> None:
    async def stored() -> Any:
        return without_url(await ours.parse.ok("GET", f"/classes/Game/{game}", master=True))

    game = (await both.ask("POST", "/classes/Game", EVERY_TYPE))["objectId"]
    created = await stored()
    await both.ask("PUT", f"/classes/Game/{game}", CHANGES)
    updated = await stored()
    await both.ask("DELETE", f"/classes/Game/{game}")
    await ours.until(lambda: len(ours.received) == 3)

    heard = [
        (each.deleted, without_url(each.original or {}), without_url(each.current))
        for each in ours.received
    ]
    assert heard == [(False, {}, created), (False, created, updated), (True, {}, updated)]
    assert [each.class_name for each in ours.received] == ["Game"] * 3


async def test_what_is_changed_here_reaches_parse_servers_clients(both: Both, ours: Ours) -> None:
    async with subscribed(both, "Game") as client:
        game = await ours.parse.create("Game", EVERY_TYPE)
        created = await ours.parse.ok("GET", f"/classes/Game/{game}", master=True)
        await ours.parse.ok("PUT", f"/classes/Game/{game}", CHANGES, master=True)
        updated = await ours.parse.ok("GET", f"/classes/Game/{game}", master=True)
        await ours.parse.ok("DELETE", f"/classes/Game/{game}")
        frames = [await client.next() for _ in range(3)]

    assert [frame["op"] for frame in frames] == ["create", "update", "delete"]
    assert [seen(frame["object"]) for frame in frames] == [created, updated, updated]
    assert seen(frames[1]["original"]) == created
    assert [each.current["objectId"] for each in ours.received] == [game] * 3


def seen(document: dict[str, Any]) -> dict[str, Any]:
    """An object of an event as a find shows it."""
    assert document.pop("className") == "Game"
    return document


async def test_parse_server_keeps_to_the_permissions_of_a_class(both: Both, ours: Ours) -> None:
    everybody: JSONObject = {"*": True}
    open_to_all: JSONObject = dict.fromkeys(("create", "find", "get"), everybody)
    for class_name in ("Closed", "Secretive"):
        body: JSONObject = {"fields": {"n": {"type": "Number"}, "secret": {"type": "String"}}}
        await both.ask(
            "POST", f"/schemas/{class_name}", {**body, "classLevelPermissions": open_to_all}
        )
    narrowed: dict[str, JSONObject] = {
        "Closed": {"create": everybody},
        "Secretive": {**open_to_all, "protectedFields": {"*": ["secret"]}},
    }
    async with subscribed(both, "Closed", "Secretive") as client:
        # Now changed here: parse-server hears of it by the message alone.
        for class_name, permissions in narrowed.items():
            await ours.parse.ok(
                "PUT",
                f"/schemas/{class_name}",
                {"classLevelPermissions": permissions},
                master=True,
            )
        await ours.parse.create("Closed", {"n": 1, "secret": "s"})
        await ours.parse.create("Secretive", {"n": 2, "secret": "s"})
        frames = [await client.next() for _ in range(2)]

    refused, told = sorted(frames, key=lambda frame: bool(frame["op"] == "create"))
    assert (refused["op"], refused["requestId"]) == ("error", 0)
    assert (told["op"], told["requestId"], told["object"]["n"]) == ("create", 1, 2)
    assert "secret" not in json.dumps(frames)


async def test_changes_of_users_come_without_secrets(both: Both, ours: Ours) -> None:
    body = {"username": f"user{uuid4().hex}", "password": "secret", "nick": "x"}
    user = await both.ask("POST", "/users", {**body, "authData": {"anonymous": {"id": "a"}}})
    await both.ask("PUT", f"/users/{user['objectId']}", {"nick": "y", "password": "other"})
    await ours.until(lambda: len(ours.received) == 2)

    for publication in ours.received:
        for document in (publication.current, publication.original or {}):
            assert not {"password", "authData", "sessionToken"} & document.keys()
            assert not [name for name in document if name.startswith("_")]
    assert [each.current["nick"] for each in ours.received] == ["x", "y"]


async def test_a_change_of_roles_there_is_heard_here(both: Both, ours: Ours) -> None:
    body = {"username": f"user{uuid4().hex}", "password": "secret"}
    await both.ask("POST", "/users", body)
    user = await both.ask("POST", "/login", body)
    role = {"name": f"role{uuid4().hex}", "ACL": {"*": {"read": True}}}

    await both.ask("POST", "/roles", role, session=user["sessionToken"])

    await ours.until(lambda: ours.role_changes == 1)


async def test_a_change_of_roles_here_is_seen_by_parse_server_at_once(
    both: Both, ours: Ours
) -> None:
    user = await ours.parse.sign_up()
    role = await ours.parse.grant_role("readers")
    secret = {"text": "s", "ACL": {"role:readers": {"read": True}}}
    member = {"__type": "Pointer", "className": "_User", "objectId": user.id}

    async with subscribed(both, "Game", session=user.token) as client:
        # Its roles are looked up, and remembered, for an object that he may not read.
        await ours.parse.create("Game", secret, master=True)
        await ours.parse.create("Game", {"text": "public"}, master=True)
        seen_before = (await client.next())["object"]["text"]
        body = {"users": {"__op": "AddRelation", "objects": [member]}}
        await ours.parse.ok("PUT", f"/roles/{role}", body, master=True)
        seen_after = await first_frame(client, ours, secret)

    assert seen_before == "public"
    assert seen_after["object"]["text"] == "s"


async def first_frame(client: Client, ours: Ours, body: object) -> dict[str, Any]:
    """The first event of objects that are made until there is one: parse-server first asks
    itself for the sessions whose roles it is to forget."""
    waiting = asyncio.create_task(client.next())
    while not waiting.done():
        await ours.parse.create("Game", body, master=True)
        await asyncio.wait([waiting], timeout=0.1)
    return await waiting
