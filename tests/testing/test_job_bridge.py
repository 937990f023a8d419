"""Jobs of a test's process, over the control port."""

import asyncio
from typing import Any

import pytest

from tests.cloud.test_jobs import ended
from tests.support.answering_server import AnsweringServer
from tests.testing.conftest import UnderTest

pytestmark = pytest.mark.anyio


async def run(under_test: UnderTest, url: str, body: object) -> dict[str, Any]:
    """The row of a job that is run to its end."""
    action = {"action": "add", "kind": "job", "name": "sync", "url": url}
    added = await under_test.command("cloud", action)
    assert (added.status_code, added.json()) == (200, {})
    started = await under_test.parse.send("POST", "/jobs/sync", body, master=True)
    return await ended(under_test.parse, started.headers["X-Parse-Job-Status-Id"])


async def test_a_job_is_called_there(under_test: UnderTest, process: AnsweringServer) -> None:
    process.answer = {"success": "done", "request": {}}
    date = {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"}

    row = await run(under_test, process.url, {"when": date})

    assert (row["status"], row["message"]) == ("succeeded", "done")
    request = process.last["request"]
    assert (request["params"], request["jobName"]) == ({"when": date}, "sync")
    assert (request["jobId"], request["ip"]) == (row["objectId"], "127.0.0.1")
    assert request["headers"]["x-parse-application-id"] == "app"


async def test_it_says_how_it_goes(under_test: UnderTest, process: AnsweringServer) -> None:
    loop = asyncio.get_running_loop()
    told: list[int] = []

    def answer(_path: str, body: dict[str, Any]) -> Any:
        message = {"callId": body["callId"], "message": "half"}
        telling = under_test.command("message", message)
        answered = asyncio.run_coroutine_threadsafe(telling, loop).result(30)
        told.append(answered.status_code)
        return {}

    process.answer = answer

    row = await run(under_test, process.url, {})

    assert (row["status"], row["message"]) == ("succeeded", "half")
    assert told == [200]
    late = await under_test.command("message", {"callId": process.last["callId"], "message": "x"})
    assert late.status_code == 404


@pytest.mark.parametrize(
    ("error", "message"),
    [
        ("no", "no"),
        ({"__t": "Error", "message": "broken"}, "broken"),
        ({"__t": "ParseError", "code": 9, "message": "mine"}, "mine"),
    ],
)
async def test_it_fails(
    under_test: UnderTest, process: AnsweringServer, error: object, message: str
) -> None:
    process.answer = {"thrown": True, "error": error}

    row = await run(under_test, process.url, {})

    assert (row["status"], row["message"]) == ("failed", message)


async def test_a_name_that_parse_server_never_finds_is_taken_and_not_found(
    under_test: UnderTest, process: AnsweringServer
) -> None:
    action = {"action": "add", "kind": "job", "name": "a.b", "url": process.url}
    added = await under_test.command("cloud", action)

    answer = await under_test.parse.send("POST", "/jobs/a.b", {}, master=True)

    assert (added.status_code, answer.status_code, answer.json()["code"]) == (200, 400, 141)
