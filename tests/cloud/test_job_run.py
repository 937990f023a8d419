"""One run of a job, and its outcome."""

import asyncio
import logging
import sys
import threading
from typing import Any

import pytest

from parsepy import cloud
from parsepy.cloud.job_request import JobRequest
from parsepy.cloud.job_run import Outcome, run_job
from parsepy.cloud.pool import Pool
from parsepy.cloud.runner import Handler
from parsepy.errors import ParseError
from parsepy.jobs.statuses import Status
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def outcome_of(parse: LocalApp, handler: Handler) -> Outcome:
    with parse.app.cloud_code():
        return await run_job(Pool(), handler, a_request())


def a_request(said: list[str] | None = None) -> JobRequest:
    async def tell(text: str) -> None:
        if said is not None:
            said.append(text)

    return JobRequest(
        params={}, job_name="sync", job_id="job0000001", headers={}, ip="", _tell=tell
    )


@pytest.mark.parametrize(
    ("result", "message"),
    [("done", "done"), ("", None), (None, None), (5, None), ({"a": 1}, None), (["x"], None)],
)
async def test_a_text_that_is_given_back_is_the_message(
    parse: LocalApp, result: object, message: str | None
) -> None:
    async def job(_: JobRequest) -> object:
        return result

    for handler in (job, lambda _: result, lambda request: job(request)):
        assert await outcome_of(parse, handler) == Outcome(Status.SUCCEEDED, message)


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ParseError(999, "mine"), "mine"),
        (ValueError("wrong"), "wrong"),
        (ValueError(), "ValueError"),
        (SystemExit(3), "SystemExit(3)"),
        (KeyboardInterrupt(), "KeyboardInterrupt()"),
        (StopAsyncIteration("x"), "x"),
    ],
)
async def test_what_is_raised_is_the_message_of_a_failure(
    parse: LocalApp, error: BaseException, message: str
) -> None:
    async def job(_: JobRequest) -> None:
        raise error

    def plain(_: JobRequest) -> None:
        raise error

    for handler in (job, plain):
        assert await outcome_of(parse, handler) == Outcome(Status.FAILED, message)


async def test_sys_exit_ends_the_job_alone(parse: LocalApp) -> None:
    assert await outcome_of(parse, lambda _: sys.exit("enough")) == Outcome(
        Status.FAILED, "SystemExit('enough')"
    )


async def test_a_failure_is_in_the_log_with_its_trace(
    parse: LocalApp, caplog: pytest.LogCaptureFixture
) -> None:
    def job(_: JobRequest) -> None:
        raise ValueError("wrong")

    await outcome_of(parse, job)

    [record] = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert record.getMessage() == "Job sync (job0000001) failed"
    assert record.exc_info is not None


async def test_a_plain_job_runs_in_a_thread_and_knows_its_app(parse: LocalApp) -> None:
    seen: list[Any] = []

    def job(request: JobRequest) -> None:
        seen.append((threading.current_thread(), cloud.current()))
        cloud.wait(request.message("half"))

    said: list[str] = []
    with parse.app.cloud_code():
        await run_job(Pool(), job, a_request(said))

    [(thread, app)] = seen
    assert thread is not threading.current_thread()
    assert thread.daemon
    assert app is parse.app.parts.cloud_app
    assert said == ["half"]


async def test_an_async_job_knows_its_app(parse: LocalApp) -> None:
    async def job(_: JobRequest) -> str:
        return cloud.current().mount_url

    assert (await outcome_of(parse, job)).message == parse.app.parts.cloud_app.mount_url


async def test_a_job_that_is_cancelled_has_no_outcome(parse: LocalApp) -> None:
    begun = asyncio.Event()

    async def job(_: JobRequest) -> None:
        begun.set()
        await asyncio.Event().wait()

    task = asyncio.create_task(outcome_of(parse, job))
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
