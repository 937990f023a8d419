"""Jobs that are started, run in the background and end, or do not."""

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from parsepy import cloud
from parsepy.cloud.job_request import JobRequest
from parsepy.cloud.jobs import WAITS, Jobs
from parsepy.errors import ParseError, database_error
from parsepy.permissions.caller import MASTER
from parsepy.permissions.file_urls import FileUrls
from parsepy.types import JSONObject, JSONValue
from tests.support.local_app import LocalApp
from tests.support.waiting import until

pytestmark = pytest.mark.anyio


async def start(app: LocalApp, name: JSONValue, params: JSONObject | None = None) -> str:
    return await app.app.parts.cloud.jobs.start(app.context(MASTER), name, params or {})


async def row_of(app: LocalApp, job_id: str) -> dict[str, Any]:
    row: dict[str, Any] = await app.ok("GET", f"/classes/_JobStatus/{job_id}", master=True)
    return row


async def ended(app: LocalApp, job_id: str) -> dict[str, Any]:
    """The row of a job when that has ended."""

    async def has_ended() -> bool:
        return "finishedAt" in await row_of(app, job_id)

    await until(has_ended)
    return await row_of(app, job_id)


@asynccontextmanager
async def other_jobs(app: LocalApp, **settings: Any) -> AsyncIterator[Jobs]:
    """The jobs of the app with other bounds."""
    parts = app.app.parts
    usual = parts.cloud.jobs
    jobs = parts.cloud.jobs = Jobs(parts.cloud_app, **settings)
    await jobs.open()
    yield jobs
    await jobs.close()
    parts.cloud.jobs = usual


async def test_a_job_runs_when_the_request_is_answered(stored: LocalApp) -> None:
    may_end = asyncio.Event()

    @stored.app.registry.job("sync")
    async def sync(request: JobRequest) -> str:
        await request.message("half")
        await may_end.wait()
        return "all"

    job_id = await start(stored, "sync")
    begun = await row_of(stored, job_id)
    may_end.set()

    assert begun["status"] == "running"
    row = await ended(stored, job_id)
    assert (row["status"], row["message"], row["jobName"]) == ("succeeded", "all", "sync")


async def test_the_request_of_a_job(stored: LocalApp) -> None:
    seen: list[JobRequest] = []
    stored.app.registry.add_job("look", seen.append)

    job_id = await start(
        stored,
        "look",
        {
            "when": {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"},
            "game": {"__type": "Pointer", "className": "Game", "objectId": "x"},
        },
    )
    await ended(stored, job_id)

    [request] = seen
    assert (request.job_name, request.job_id) == ("look", job_id)
    assert request.params["when"].year == 2020
    assert isinstance(request.params["game"], cloud.Object)


async def test_parameters_never_set_who_asks(parse: LocalApp) -> None:
    """Security sheet, section 13: neither in the body nor in the address."""
    seen: list[JobRequest] = []
    parse.app.registry.add_job("look", seen.append)
    forged = {"ip": "1.2.3.4", "headers": {"a": "b"}, "jobId": "x", "log": "y"}

    answer = await parse.send("POST", "/jobs/look?ip=1.2.3.4&jobId=x", forged, master=True)
    job_id = answer.headers["X-Parse-Job-Status-Id"]
    await ended(parse, job_id)

    [request] = seen
    assert (request.ip, request.job_id, request.job_name) == ("127.0.0.1", job_id, "look")
    assert "a" not in request.headers
    assert request.params == forged


async def test_messages_come_in_their_order(stored: LocalApp) -> None:
    @stored.app.registry.job("count")
    async def count(request: JobRequest) -> None:
        await asyncio.gather(*(request.message(str(number)) for number in range(20)))

    assert (await ended(stored, await start(stored, "count")))["message"] == "19"


async def test_a_job_that_fails_says_why(stored: LocalApp) -> None:
    @stored.app.registry.job("fail")
    async def fail(request: JobRequest) -> None:
        await request.message("half")
        raise ValueError("broken")

    row = await ended(stored, await start(stored, "fail"))

    assert (row["status"], row["message"]) == ("failed", "broken")


async def test_a_plain_job_does_not_hold_requests_up(stored: LocalApp) -> None:
    may_end = threading.Event()
    stored.app.registry.add_job("block", lambda _: may_end.wait())

    job_id = await start(stored, "block")
    assert (await row_of(stored, job_id))["status"] == "running"
    may_end.set()

    assert (await ended(stored, job_id))["status"] == "succeeded"


@pytest.mark.parametrize("name", ["none", "", None, 5, {"a": 1}, ["sync"], "toString"])
async def test_a_job_that_there_is_not_is_refused(parse: LocalApp, name: JSONValue) -> None:
    parse.app.registry.add_job("sync", lambda _: None)

    with pytest.raises(ParseError, match=r"Invalid job\.") as caught:
        await start(parse, name)

    assert caught.value.code == 141
    assert await parse.find("_JobStatus", {}, master=True) == []


async def test_a_file_elsewhere_is_refused(parse: LocalApp) -> None:
    parse.app.registry.add_job("sync", lambda _: None)
    parse.app.parts.services.objects.file_urls = FileUrls(())

    with pytest.raises(ParseError) as caught:
        await start(parse, "sync", {"f": {"__type": "File", "name": "a", "url": "http://x/a"}})

    assert caught.value.code == 130


async def test_what_a_job_does_is_not_part_of_who_starts_it(stored: LocalApp) -> None:
    """A transaction that is over cannot be written in."""
    begun = asyncio.Event()

    @stored.app.registry.job("write")
    async def write(_: JobRequest) -> None:
        begun.set()
        await cloud.Object("Game").save(use_master_key=True)

    await stored.ok("POST", "/schemas/Game", {}, master=True)
    async with stored.app.parts.storage.transaction():
        job_id = await start(stored, "write")
        await stored.create("Game", {})
        assert not begun.is_set()

    assert (await ended(stored, job_id))["status"] == "succeeded"
    assert len(await stored.find("Game", {}, master=True)) == 2


async def test_a_job_of_a_transaction_that_is_not_kept_does_not_run(stored: LocalApp) -> None:
    ran: list[object] = []
    stored.app.registry.add_job("sync", ran.append)

    async def start_and_fail() -> None:
        async with stored.app.parts.storage.transaction():
            await start(stored, "sync")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await start_and_fail()

    await ended(stored, await start(stored, "sync"))
    assert len(ran) == 1
    assert len(await stored.find("_JobStatus", {}, master=True)) == 1


async def test_some_run_at_once_and_the_others_wait_for_their_turn(stored: LocalApp) -> None:
    may_end = asyncio.Event()
    running: set[str] = set()
    most = 0

    @stored.app.registry.job("sync")
    async def sync(request: JobRequest) -> None:
        nonlocal most
        running.add(request.job_id)
        most = max(most, len(running))
        await may_end.wait()
        running.remove(request.job_id)

    async with other_jobs(stored, at_once=2):
        job_ids = [await start(stored, "sync") for _ in range(5)]
        await until(lambda: len(running) == 2)
        waiting = await row_of(stored, job_ids[4])
        may_end.set()
        rows = [await ended(stored, job_id) for job_id in job_ids]

    assert (waiting["status"], waiting["message"]) == ("running", WAITS)
    assert {(row["status"], row.get("message")) for row in rows} == {("succeeded", None)}
    assert most == 2


async def test_more_jobs_than_there_is_room_for_are_refused(stored: LocalApp) -> None:
    may_end = asyncio.Event()
    stored.app.registry.add_job("sync", lambda _: may_end.wait())

    async with other_jobs(stored, at_once=1, most=2):
        first, second = [await start(stored, "sync") for _ in range(2)]
        with pytest.raises(ParseError) as caught:
            await start(stored, "sync")
        may_end.set()
        await ended(stored, first)
        await ended(stored, second)
        third = await start(stored, "sync")
        await ended(stored, third)

    assert caught.value.code == 155
    assert len(await stored.find("_JobStatus", {}, master=True)) == 3


async def test_the_end_of_the_server_waits_for_jobs_that_end_soon(stored: LocalApp) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    @stored.app.registry.job("sync")
    async def sync(_: JobRequest) -> str:
        begun.set()
        await may_end.wait()
        return "all"

    async with other_jobs(stored) as jobs:
        job_id = await start(stored, "sync")
        await begun.wait()
        closing = asyncio.create_task(jobs.close())
        may_end.set()
        await closing

    row = await row_of(stored, job_id)
    assert (row["status"], row["message"]) == ("succeeded", "all")


@pytest.mark.parametrize("kind", ["async", "plain", "stubborn"])
async def test_the_end_of_the_server_does_not_wait_for_jobs_that_never_end(
    stored: LocalApp, kind: str
) -> None:
    begun, never, leave = threading.Event(), threading.Event(), asyncio.Event()

    async def patient(_: JobRequest) -> None:
        begun.set()
        await asyncio.Event().wait()

    def plain(_: JobRequest) -> None:
        begun.set()
        never.wait()

    async def stubborn(_: JobRequest) -> None:
        begun.set()
        while not leave.is_set():
            try:
                await leave.wait()
            except asyncio.CancelledError:
                continue

    handlers: dict[str, Any] = {
        "async": patient,
        "plain": plain,
        "stubborn": stubborn,
    }
    stored.app.registry.add_job("sync", handlers[kind])

    async with other_jobs(stored, grace=0.01, ending=0.01):
        job_id = await start(stored, "sync")
        await until(begun.is_set)

    row = await row_of(stored, job_id)
    assert (row["status"], row["message"]) == (
        "failed",
        "The server was shut down before the job had ended.",
    )
    assert "finishedAt" in row
    never.set()
    leave.set()


async def test_jobs_that_wait_at_the_end_of_the_server_do_not_begin(stored: LocalApp) -> None:
    begun: list[str] = []

    @stored.app.registry.job("sync")
    async def sync(request: JobRequest) -> None:
        begun.append(request.job_id)
        await asyncio.Event().wait()

    async with other_jobs(stored, at_once=1, grace=0.01):
        first, second = [await start(stored, "sync") for _ in range(2)]
        await until(lambda: bool(begun))

    row = await row_of(stored, second)
    assert (row["status"], row["message"]) == (
        "failed",
        "The server was shut down before the job began.",
    )
    assert begun == [first]


async def test_a_job_that_is_cancelled_by_itself_has_failed(stored: LocalApp) -> None:
    @stored.app.registry.job("sync")
    async def sync(_: JobRequest) -> None:
        raise asyncio.CancelledError

    row = await ended(stored, await start(stored, "sync"))

    assert (row["status"], row["message"]) == ("failed", "The job was cancelled.")


async def test_a_reset_ends_jobs(stored: LocalApp) -> None:
    begun, stopped = asyncio.Event(), asyncio.Event()

    @stored.app.registry.job("sync")
    async def sync(_: JobRequest) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    await start(stored, "sync")
    await begun.wait()
    await stored.app.parts.reset()

    assert stopped.is_set()
    assert await stored.find("_JobStatus", {}, master=True) == []


async def test_an_end_that_cannot_be_stored_is_stored_later(
    stored: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored.app.registry.add_job("sync", lambda _: "done")
    async with other_jobs(stored) as jobs:
        real, failures = jobs._statuses.end, iter([database_error(), database_error()])

        async def end(*arguments: Any) -> None:
            for failure in failures:
                raise failure
            await real(*arguments)

        monkeypatch.setattr(jobs._statuses, "end", end)
        row = await ended(stored, await start(stored, "sync"))

    assert (row["status"], row["message"]) == ("succeeded", "done")


async def test_a_job_whose_row_cannot_be_stored_does_not_run(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[object] = []
    parse.app.registry.add_job("sync", ran.append)
    async with other_jobs(parse, most=1) as jobs:

        async def begin(*_: Any) -> None:
            raise database_error()

        with monkeypatch.context() as patch:
            patch.setattr(jobs._statuses, "begin", begin)
            with pytest.raises(ParseError):
                await start(parse, "sync")
        assert ran == []
        # It takes no room either.
        await ended(parse, await start(parse, "sync"))

    assert len(ran) == 1


async def test_a_job_that_is_replaced_runs_as_it_was_started(parse: LocalApp) -> None:
    may_end = asyncio.Event()

    @parse.app.registry.job("sync")
    async def old(_: JobRequest) -> str:
        await may_end.wait()
        return "old"

    first = await start(parse, "sync")
    parse.app.registry.add_job("sync", lambda _: "new")
    second = await start(parse, "sync")
    may_end.set()

    assert (await ended(parse, first))["message"] == "old"
    assert (await ended(parse, second))["message"] == "new"
