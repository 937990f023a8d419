"""A server that is killed in the middle of a write load has lost nothing it had acknowledged."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests.support.parsepy_server import RunningParsepy, running_parsepy

WRITERS = 12
ACKNOWLEDGED_BEFORE_KILL = 400


@dataclass
class Acknowledged:
    """What the server said it had done."""

    created: set[str] = field(default_factory=set)
    increments: int = 0
    enough: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self) -> None:
        if len(self.created) + self.increments >= ACKNOWLEDGED_BEFORE_KILL:
            self.enough.set()


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@pytest.mark.anyio
async def test_kill_in_a_write_load_loses_no_acknowledged_write(
    database_uri: str, tmp_path: Path
) -> None:
    acknowledged = Acknowledged()
    with running_parsepy(database_uri, tmp_path) as server:
        async with _client(server) as client:
            counter = await _create(client, {"count": 0})
            writers = [
                asyncio.create_task(_write(client, counter, number, acknowledged))
                for number in range(WRITERS)
            ]
            await acknowledged.enough.wait()
            server.process.kill()
            await asyncio.gather(*writers)
    with running_parsepy(database_uri, tmp_path) as server:
        async with _client(server) as client:
            rows = (await client.get("/classes/Load", params={"limit": "100000"})).json()["results"]
            count = (await client.get(f"/classes/Load/{counter}")).json()["count"]
    written = {row["objectId"]: row for row in rows if row["objectId"] != counter}
    assert acknowledged.created <= written.keys()
    assert all(row["text"] == "x" * 200 and "writer" in row for row in written.values())
    assert acknowledged.increments <= count


async def _write(
    client: httpx.AsyncClient, counter: str, number: int, acknowledged: Acknowledged
) -> None:
    """Creates and increments in turn until the server is gone."""
    try:
        while True:
            created = await _create(client, {"writer": number, "text": "x" * 200})
            acknowledged.created.add(created)
            answer = await client.put(
                f"/classes/Load/{counter}", json={"count": {"__op": "Increment", "amount": 1}}
            )
            answer.raise_for_status()
            acknowledged.increments += 1
            acknowledged.note()
    except httpx.TransportError:
        return


async def _create(client: httpx.AsyncClient, body: dict[str, object]) -> str:
    answer = await client.post("/classes/Load", json=body)
    answer.raise_for_status()
    object_id: str = answer.json()["objectId"]
    return object_id


def _client(server: RunningParsepy) -> httpx.AsyncClient:
    keys = server.keys
    headers = {
        "X-Parse-Application-Id": keys.app_id,
        "X-Parse-Master-Key": keys.master_key,
    }
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30)
