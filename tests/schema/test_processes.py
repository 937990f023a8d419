"""Real processes that start on one store at the same time, and make the same classes at once."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from parsepy.types import JSONObject
from tests.support.parsepy_server import RunningParsepy, running_parsepy

pytestmark = pytest.mark.anyio

SERVERS = 3
ROUNDS = 4
OPTIONS_OF_INDEX: JSONObject = {"once": {"unique": True, "sparse": True}}
DEFINED: JSONObject = {
    "className": "Defined",
    "fields": {"code": {"type": "String"}, "at": {"type": "Date"}},
    "indexes": {"once": {"code": 1}},
    "indexOptions": OPTIONS_OF_INDEX,
    "classLevelPermissions": {"find": {"*": True}, "create": {"*": True}},
}
SCHEMA: JSONObject = {"strict": True, "definitions": [DEFINED]}


@pytest.fixture(params=["sqlite", "mongodb"])
def servers(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[list[RunningParsepy]]:
    """Started together on an empty store, each with the same definitions."""
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    folders = [tmp_path / f"server{number}" for number in range(SERVERS)]
    with ExitStack() as running, ThreadPoolExecutor(SERVERS) as pool:

        def start(folder: Path) -> RunningParsepy:
            folder.mkdir()
            return running.enter_context(running_parsepy(uri, folder, {"schema": SCHEMA}))

        yield list(pool.map(start, folders))


async def _send(
    client: httpx.AsyncClient, server: RunningParsepy, method: str, path: str, body: object = None
) -> httpx.Response:
    keys = server.keys
    headers = {
        "X-Parse-Application-Id": keys.app_id,
        "X-Parse-Master-Key": keys.master_key,
    }
    return await client.request(method, f"{server.url}{path}", json=body, headers=headers)


async def test_definitions_and_classes_are_made_once(servers: list[RunningParsepy]) -> None:
    async with httpx.AsyncClient(timeout=30) as client:
        described = [
            (await _send(client, each, "GET", "/schemas/Defined")).json() for each in servers
        ]
        assert described[0]["indexOptions"] == OPTIONS_OF_INDEX
        assert described == [described[0]] * SERVERS

        for number in range(ROUNDS):
            answers = await asyncio.gather(
                *(
                    _send(client, each, "POST", f"/classes/Fresh{number}", {"a": 1, f"b{place}": 2})
                    for place, each in enumerate(servers)
                )
            )
            assert [answer.status_code for answer in answers] == [201] * SERVERS, [
                answer.text for answer in answers
            ]
            schema = await _send(client, servers[0], "GET", f"/schemas/Fresh{number}")
            fields = schema.json()["fields"]
            assert {name for name in fields if name[0] in "ab"} == {"a", "b0", "b1", "b2"}
            found = await _send(client, servers[-1], "GET", f"/classes/Fresh{number}")
            assert len(found.json()["results"]) == SERVERS


async def test_of_conflicting_fields_one_type_wins(servers: list[RunningParsepy]) -> None:
    values: list[object] = ["text", 1, True]
    async with httpx.AsyncClient(timeout=30) as client:
        for number in range(ROUNDS):
            answers = await asyncio.gather(
                *(
                    _send(client, each, "POST", f"/classes/Torn{number}", {"a": values[place]})
                    for place, each in enumerate(servers)
                )
            )
            codes = sorted(answer.status_code for answer in answers)
            assert codes == [201, 400, 400], [answer.text for answer in answers]
            assert {answer.json().get("code") for answer in answers} == {None, 111}
