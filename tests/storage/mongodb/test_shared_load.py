"""Both servers under a random load at once; afterwards they, and a parse-server that is started
alone on what they left, say the same."""

import asyncio
import json
import random
from typing import Any, cast

import httpx
import pytest

from parsepy.doctor.base import Severity
from parsepy.protocol.values import date, pointer
from parsepy.types import JSONObject, JSONValue
from tests.doctor.samples import diagnose
from tests.storage.mongodb.reference_client import Reference, reference_on_own_database
from tests.storage.mongodb.samples import AREA, BLOB, PICTURE, PLACE
from tests.storage.mongodb.two_servers import (
    PARSE_SERVER,
    PARSEPY,
    SHARED_OPTIONS,
    Servers,
    eventually,
)
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio

CLASSES = ("Game", "Team")
PER_WORKER = 120
WORKERS = (PARSE_SERVER, PARSEPY, PARSE_SERVER, PARSEPY)
KEPT = 12
"""Objects that nobody deletes; every change of a counter on them must survive."""


class Load:
    """One client's random walk; `added` sums what its increments were acknowledged with."""

    def __init__(self, servers: Servers, server: str, seed: int, kept: list[str]) -> None:
        self._servers = servers
        self._server = server
        self._random = random.Random(seed)
        self._kept = kept
        self._own: list[str] = []
        self.added = dict.fromkeys(kept, 0)

    async def run(self) -> None:
        steps = [self._create, self._change, self._count, self._relate, self._delete, self._find]
        for _ in range(PER_WORKER):
            await self._random.choice(steps)()

    async def _create(self) -> None:
        fields = self._fields()
        made = await self._servers.ask(self._server, "POST", "/classes/Game", fields)
        self._own.append(made["objectId"])

    async def _change(self) -> None:
        target = self._random.choice(self._kept + self._own)
        changes = self._fields()
        special: list[JSONObject] = [
            {"list": {"__op": "Add", "objects": [self._value(), 1]}},
            {"list": {"__op": "AddUnique", "objects": [1, "x", pointer("Team", "t1")]}},
            {"list": {"__op": "Remove", "objects": [1, pointer("Team", "t1")]}},
            {"map.k": self._value()},
            {"map.d": date("2030-01-01T00:00:00.000Z")},
            {"text": {"__op": "Delete"}, "team": {"__op": "Delete"}},
        ]
        changes |= self._random.choice(special)
        if any("." in name for name in changes):
            changes.pop("map", None)
        await self._servers.ask(self._server, "PUT", f"/classes/Game/{target}", changes)

    async def _count(self) -> None:
        target, amount = self._random.choice(self._kept), self._random.randint(-3, 9)
        change: JSONObject = {"count": {"__op": "Increment", "amount": amount}}
        await self._servers.ask(self._server, "PUT", f"/classes/Game/{target}", change)
        self.added[target] += amount

    async def _relate(self) -> None:
        target = self._random.choice(self._kept)
        members: list[JSONValue] = [
            pointer("Team", f"t{number}") for number in self._random.sample(range(9), 3)
        ]
        operation = self._random.choice(["AddRelation", "RemoveRelation"])
        change: JSONObject = {"members": {"__op": operation, "objects": members}}
        await self._servers.ask(self._server, "PUT", f"/classes/Game/{target}", change)

    async def _delete(self) -> None:
        if self._own:
            target = self._own.pop(self._random.randrange(len(self._own)))
            await self._servers.ask(self._server, "DELETE", f"/classes/Game/{target}")

    async def _find(self) -> None:
        where = self._random.choice(
            [
                {"number": {"$gt": 3}},
                {"list": 1},
                {"team": pointer("Team", "t1")},
                {"day": {"$lt": date("2031-01-01T00:00:00.000Z")}},
                {"members": pointer("Team", "t2")},
                {"place": {"$nearSphere": PLACE, "$maxDistanceInKilometers": 5000}},
            ]
        )
        await self._servers.ask(
            self._server, "GET", "/classes/Game", where=json.dumps(where), include="team", limit="5"
        )

    def _fields(self) -> JSONObject:
        every: JSONObject = {
            "text": self._random.choice(["", "a", "Zoë \U0001f600", "$where", "a.b"]),
            "number": self._random.choice([0, 1.5, -(2**31), 2**40, 4]),
            "flag": self._random.choice([True, False]),
            "day": date(f"20{self._random.randint(10, 60)}-01-02T03:04:05.678Z"),
            "map": {"k": self._value(), "z": {"y": [1, None]}},
            "list": [self._value() for _ in range(3)],
            "place": PLACE,
            "area": AREA,
            "blob": BLOB,
            "file": PICTURE,
            "team": pointer("Team", f"t{self._random.randint(0, 8)}"),
            "ACL": {"*": {"read": True}, f"u{self._random.randint(0, 3)}": {"write": True}},
        }
        return {name: every[name] for name in self._random.sample(sorted(every), 4)}

    def _value(self) -> JSONValue:
        values: list[JSONValue] = [0, 1, "x", None, True, 1.5, {"a": 1}, [[]], PLACE]
        values += [date("2020-01-01T00:00:00.000Z"), pointer("Team", "t1")]
        return self._random.choice(values)


@pytest.fixture
async def loaded(servers: Servers) -> Servers:
    """After the load, whose counters are right."""
    for number in range(9):
        team: JSONObject = {"objectId": f"t{number}", "name": f"Team {number}"}
        await servers.ask(WORKERS[number % 4], "POST", "/classes/Team", team)
    kept = [f"kept{number:02}" for number in range(KEPT)]
    for object_id in kept:
        new: JSONObject = {"objectId": object_id, "count": 0, "map": {}, "list": []}
        await servers.ask(PARSEPY, "POST", "/classes/Game", new)
    loads = [Load(servers, server, seed, kept) for seed, server in enumerate(WORKERS)]

    await asyncio.gather(*(load.run() for load in loads))

    for object_id in kept:
        for row in await servers.both("GET", f"/classes/Game/{object_id}"):
            assert row["count"] == sum(load.added[object_id] for load in loads)
    return servers


def without_urls(value: Any) -> Any:
    """A file's address is each server's own."""
    if isinstance(value, list):
        return [without_urls(item) for item in value]
    if isinstance(value, dict):
        left_out = "url" if value.get("__type") == "File" else None
        return {key: without_urls(child) for key, child in value.items() if key != left_out}
    return value


async def everything(servers: Servers, server: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for class_name in CLASSES:
        rows = await servers.ask(
            server, "GET", f"/classes/{class_name}", limit="10000", order="objectId", include="team"
        )
        found[class_name] = without_urls(rows["results"])
        schema = await servers.ask(server, "GET", f"/schemas/{class_name}")
        found[f"{class_name} fields"] = schema["fields"]
    for number in range(KEPT):
        owner = pointer("Game", f"kept{number:02}")
        where = json.dumps({"$relatedTo": {"object": owner, "key": "members"}})
        rows = await servers.ask(
            server, "GET", "/classes/Team", where=where, order="objectId", keys="name"
        )
        found[f"members of {number}"] = rows["results"]
    return found


async def test_both_say_the_same_after_a_load_and_so_does_parse_server_alone(
    loaded: Servers, mongod: RunningMongod
) -> None:
    account: JSONObject = {"username": "of parsepy", "password": "s3cret", "email": "a@b.c"}
    user = await loaded.ask(PARSEPY, "POST", "/users", account, session="")

    ours = await everything(loaded, PARSEPY)

    async def same() -> bool:
        return await everything(loaded, PARSE_SERVER) == ours

    await eventually(same)
    assert len(ours["Game"]) > KEPT
    findings = (await diagnose(loaded.reference.database_uri)).findings
    assert [each for each in findings if each.severity is Severity.ERROR] == []
    assert [each for each in findings if each.check == "documents"] == []
    name = loaded.reference.database_name
    with reference_on_own_database(mongod, database_name=name, options=SHARED_OPTIONS) as alone:
        async with httpx.AsyncClient(base_url=alone.client.base_url, timeout=30) as client:
            back = Servers(alone, {PARSE_SERVER: client})
            assert await everything(back, PARSE_SERVER) == ours
            token = user["sessionToken"]
            me = await back.ask(PARSE_SERVER, "GET", "/users/me", session=token)
            again = await back.ask(PARSE_SERVER, "POST", "/login", account, session="")
            assert me["objectId"] == again["objectId"] == user["objectId"]
            await _serves_all_classes(alone)


async def _serves_all_classes(reference: Reference) -> None:
    described = cast("list[dict[str, Any]]", reference.ask("GET", "/schemas")["results"])
    assert {each["className"] for each in described} >= {"Game", "Team", "_User", "_Role"}
    for each in described:
        reference.ask("GET", f"/classes/{each['className']}", limit="10000")
