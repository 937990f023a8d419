"""Several servers of one app: real processes, a real Redis or none, real sockets."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import psutil
import pytest
import websockets

from tests.livequery.live_process import (
    HEADERS,
    PARSEPY,
    LiveProcess,
    asked,
    heard,
    live_process,
    subscribed,
)
from tests.support.processes import RunningProcess
from tests.support.redis_server import RunningRedis

pytestmark = pytest.mark.anyio

WRITES = 60
LAST = -1


class Two(NamedTuple):
    first: LiveProcess
    second: LiveProcess


class Shared(NamedTuple):
    """A store for several processes, and how they hear of each other."""

    uri: str
    ways: dict[str, Any]


@pytest.fixture(params=["sqlite", "mongodb", "mongodb-stream"])
def shared(request: pytest.FixtureRequest, redis: RunningRedis, tmp_path: Path) -> Shared:
    through_redis = {"redis_uri": redis.uri}
    if request.param == "sqlite":
        return Shared(f"sqlite:///{tmp_path}/app.sqlite", through_redis)
    uri: str = request.getfixturevalue("mongodb_database_uri")
    is_stream = request.param == "mongodb-stream"
    return Shared(uri, {"source": "changeStream"} if is_stream else through_redis)


@pytest.fixture
def two(shared: Shared, tmp_path: Path) -> Iterator[Two]:
    with ExitStack() as stack:
        servers = []
        for name in ("first", "second"):
            folder = tmp_path / name
            folder.mkdir()
            servers.append(stack.enter_context(live_process(folder, shared.uri, **shared.ways)))
        yield Two(*servers)


async def created(server: LiveProcess, number: int) -> str:
    async with server.client() as asking:
        answer = await asking.post("/classes/Game", json={"n": number})
    return str(answer.raise_for_status().json()["objectId"])


async def told_until_the_last(live: websockets.ClientConnection) -> list[str]:
    told = []
    while True:
        frame = await heard(live)
        told.append(str(frame["object"]["objectId"]))
        if frame["object"]["n"] == LAST:
            return told


async def next_id(live: websockets.ClientConnection) -> str:
    frame = await heard(live)
    assert frame["op"] == "create", frame
    return str(frame["object"]["objectId"])


async def test_a_change_at_one_server_is_told_once_by_each(two: Two) -> None:
    async with subscribed(two.first) as here, subscribed(two.second) as there:
        made = [await created(server, number) for number, server in enumerate([*two, *two])]
        told = [[await next_id(live) for _ in made] for live in (here, there)]

    assert sorted(told[0]) == sorted(told[1]) == sorted(made)


async def test_an_end_of_a_session_at_one_server_counts_at_the_other(two: Two) -> None:
    async with two.first.client() as asking:
        identity = {"authData": {"anonymous": {"id": "a"}}}
        nobody = {"X-Parse-Master-Key": ""}
        answer = await asking.post("/users", json=identity, headers=nobody)
        user = answer.raise_for_status().json()
        token, user_id = user["sessionToken"], user["objectId"]
        private = {"n": 1, "ACL": {user_id: {"read": True}}}
        async with subscribed(two.second) as live:
            query = {"className": "Game", "where": {}}
            asks = {"op": "subscribe", "requestId": 1, "query": query, "sessionToken": token}
            assert (await asked(live, **asks))["op"] == "subscribed"
            await asking.post("/classes/Game", json=private)
            assert (await heard(live))["object"]["ACL"] == private["ACL"]
            headers = {**nobody, "X-Parse-Session-Token": token}
            (await asking.post("/logout", json={}, headers=headers)).raise_for_status()
            await asking.post("/classes/Game", json=private)
            last = await created(two.first, 2)

            assert await next_id(live) == last


async def test_when_one_server_is_killed_the_others_clients_lose_nothing(two: Two) -> None:
    """Whatever either has acknowledged is told, the last words of the killed one too."""
    acknowledged: list[str] = []

    async def write(server: LiveProcess) -> None:
        async with server.client() as asking:
            try:
                for number in range(WRITES):
                    answer = await asking.post("/classes/Game", json={"n": number})
                    acknowledged.append(answer.raise_for_status().json()["objectId"])
                    if server is two.first and number == WRITES // 2:
                        psutil.Process(server.process.pid).kill()
            except httpx.TransportError:
                assert server is two.first

    async with subscribed(two.second) as live:
        listening = asyncio.create_task(told_until_the_last(live))
        await asyncio.gather(write(two.first), write(two.second))
        acknowledged.append(await created(two.second, LAST))
        told = await listening

    assert len(acknowledged) > WRITES
    assert set(acknowledged) <= set(told)
    assert len(told) == len(set(told))


async def test_sockets_may_have_a_process_of_their_own(shared: Shared, tmp_path: Path) -> None:
    folders = [tmp_path / "api", tmp_path / "live"]
    for folder in folders:
        folder.mkdir()
    with (
        live_process(folders[0], shared.uri, **shared.ways, has_sockets=False) as api,
        live_process(folders[1], shared.uri, **shared.ways, command="live") as live_only,
    ):
        with pytest.raises(websockets.InvalidStatus, match="403"):
            async with subscribed(api):
                pass
        async with httpx.AsyncClient(base_url=live_only.url, headers=HEADERS) as asking:
            assert (await asking.get("/health")).json() == {"status": "ok"}
            answer = await asking.post("/classes/Game", json={"n": 1})
            assert answer.status_code == 404
            assert answer.json() == {"error": "This process has LiveQuery sockets only."}
        async with subscribed(live_only) as live:
            made = await created(api, 1)

            assert await next_id(live) == made


def test_a_process_of_sockets_needs_somebody_to_tell_it(tmp_path: Path) -> None:
    with (
        pytest.raises(Exception, match=r"set liveQuery\.redisURL"),
        live_process(tmp_path, command="live"),
    ):
        pass


def test_a_cluster_needs_a_redis_to_tell_of_changes(tmp_path: Path) -> None:
    config = tmp_path / "config.json"
    config.write_text(
        '{"appId":"a","masterKey":"m","liveQuery":{"classNames":["Game"]},"cluster":2,'
        f'"databaseURI":"sqlite:///{tmp_path}/a.sqlite","port":0}}'
    )
    command = [PARSEPY, "serve", str(config)]
    with RunningProcess(command, folder=tmp_path, environment={"PORT": ""}) as process:
        assert process.wait() != 0

    assert "set liveQuery.redisURL" in process.output
