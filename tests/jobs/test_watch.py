"""Which jobs run, and which only say so, with several servers on one store."""

from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager

import pytest

from parsepy.errors import database_error
from parsepy.jobs.statuses import JobStatuses, Status
from parsepy.jobs.watch import SERVER_DIED, JobWatch
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from tests.jobs.test_statuses import EPOCH, row_of, statuses_of
from tests.support.local_app import LocalApp
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

OFTEN = 0.01
LONG_AGO = "2001-02-03T04:05:06.007Z"


@asynccontextmanager
async def watching(statuses: JobStatuses, running: Collection[str] = ()) -> AsyncIterator[JobWatch]:
    watch = JobWatch(statuses, running, renew_every=OFTEN)
    await watch.start()
    yield watch
    await watch.close()


async def test_a_job_of_a_server_that_died_long_ago_has_failed_at_the_start(
    stored: LocalApp,
) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await set_sign(stored, "job0000001", LONG_AGO)

    async with watching(statuses):
        row = await row_of(stored, "job0000001")

    assert (row["status"], row["message"]) == ("failed", SERVER_DIED)
    assert "finishedAt" in row


async def test_a_job_of_a_server_that_died_just_now_fails_when_it_gives_no_more_signs(
    stored: LocalApp,
) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")

    async with watching(statuses):
        assert not await _has_failed(stored, "job0000001")
        await set_sign(stored, "job0000001", LONG_AGO)
        await until(lambda: _has_failed(stored, "job0000001"))


async def test_a_running_job_of_another_server_is_left_alone(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await statuses.begin("job0000002", "sync")

    async with watching(statuses):
        await set_sign(stored, "job0000002", LONG_AGO)
        await until(lambda: _has_failed(stored, "job0000002"))

        assert (await statuses.signs()).keys() == {"job0000001"}


async def test_a_job_of_parse_server_is_left_alone(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await set_sign(stored, "job0000001", EPOCH)

    async with watching(statuses):
        assert not await _has_failed(stored, "job0000001")


async def test_an_own_job_is_renewed_and_not_given_up(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    running: set[str] = set()
    async with watching(statuses, running) as watch:
        running.add("job0000001")
        await statuses.begin("job0000001", "sync")
        await set_sign(stored, "job0000001", LONG_AGO)
        watch.note_job()

        await until(lambda: _is_renewed(statuses, "job0000001"))


async def test_a_job_that_ends_after_all_has_not_failed(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")

    async with watching(statuses) as watch:
        await statuses.end("job0000001", Status.SUCCEEDED, "done")
        await until(lambda: watch.is_idle)

    assert (await row_of(stored, "job0000001"))["message"] == "done"


async def test_nothing_is_asked_while_no_job_runs(stored: LocalApp) -> None:
    running = {"job0000001"}
    async with watching(statuses_of(stored), running) as watch:
        assert not watch.is_idle
        running.clear()
        await until(lambda: watch.is_idle)

        running.add("job0000001")
        watch.note_job()
        assert not watch.is_idle


async def test_a_store_that_fails_is_asked_again(
    stored: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await set_sign(stored, "job0000001", LONG_AGO)
    real, failures = statuses.signs, iter([database_error(), RuntimeError()])

    async def signs(among: Collection[str] | None = None) -> dict[str, str]:
        for failure in failures:
            raise failure
        return await real(among)

    monkeypatch.setattr(statuses, "signs", signs)

    async with watching(statuses):
        await until(lambda: _has_failed(stored, "job0000001"))


async def set_sign(app: LocalApp, job_id: str, moment: str) -> None:
    """When the row of a job was renewed last; parse-server's say 1970."""
    services = app.context().services
    await services.storage.update(
        await services.schemas.get("_JobStatus"),
        tree.Equal(tree.Path("objectId"), job_id),
        {"updatedAt": SetValue(moment)},
    )


async def _has_failed(app: LocalApp, job_id: str) -> bool:
    return (await row_of(app, job_id))["status"] == "failed"


async def _is_renewed(statuses: JobStatuses, job_id: str) -> bool:
    return (await statuses.signs())[job_id] > LONG_AGO
