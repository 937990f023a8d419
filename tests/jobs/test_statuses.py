"""Rows of `_JobStatus`, on each store."""

import pytest

from parsepy.jobs.statuses import JobStatuses, Status
from parsepy.types import ParseObject
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

EPOCH = "1970-01-01T00:00:00.000Z"


def statuses_of(app: LocalApp) -> JobStatuses:
    return JobStatuses(app.context().services)


async def row_of(app: LocalApp, job_id: str) -> ParseObject:
    row: ParseObject = await app.ok("GET", f"/classes/_JobStatus/{job_id}", master=True)
    return row


async def test_a_job_begins_tells_and_succeeds(stored: LocalApp) -> None:
    statuses = statuses_of(stored)

    await statuses.begin("job0000001", "sync")
    begun = await row_of(stored, "job0000001")
    await statuses.tell("job0000001", "half")
    told = await row_of(stored, "job0000001")
    await statuses.end("job0000001", Status.SUCCEEDED, None)
    ended = await row_of(stored, "job0000001")

    times = {"createdAt": begun["createdAt"], "updatedAt": begun["updatedAt"]}
    assert begun == {
        "objectId": "job0000001",
        "jobName": "sync",
        "status": "running",
        "source": "api",
        "ACL": {},
        **times,
    }
    assert (told["status"], told["message"]) == ("running", "half")
    assert (ended["status"], ended["message"]) == ("succeeded", "half")
    finished = ended["finishedAt"]
    assert isinstance(finished, dict)
    assert finished["__type"] == "Date"
    assert ended.keys() == {*begun, "message", "finishedAt"}


async def test_the_end_of_a_job_may_have_a_message(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await statuses.tell("job0000001", "half")

    await statuses.end("job0000001", Status.FAILED, "broken")

    row = await row_of(stored, "job0000001")
    assert (row["status"], row["message"]) == ("failed", "broken")


async def test_a_job_that_has_ended_says_nothing_more(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    await statuses.end("job0000001", Status.SUCCEEDED, "done")

    await statuses.tell("job0000001", "late")

    assert (await row_of(stored, "job0000001"))["message"] == "done"


async def test_a_message_can_be_taken_back(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync", "waits")

    await statuses.tell("job0000001", None)

    assert "message" not in await row_of(stored, "job0000001")


async def test_signs_are_those_of_running_jobs(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    for job_id in ("job0000001", "job0000002", "job0000003"):
        await statuses.begin(job_id, "sync")
    await statuses.end("job0000003", Status.SUCCEEDED, None)
    first = await statuses.signs()

    await statuses.renew(["job0000002", "job0000003"])

    assert first.keys() == {"job0000001", "job0000002"}
    second = await statuses.signs()
    assert second["job0000001"] == first["job0000001"]
    assert second["job0000002"] >= first["job0000002"]
    assert (await statuses.signs(["job0000002"])).keys() == {"job0000002"}
    assert (await row_of(stored, "job0000003"))["status"] == "succeeded"


async def test_a_job_without_a_sign_is_given_up(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    signs = await statuses.signs()

    assert not await statuses.give_up("job0000001", EPOCH, "gone")
    assert await statuses.give_up("job0000001", signs["job0000001"], "gone")
    assert not await statuses.give_up("job0000001", signs["job0000001"], "gone")

    row = await row_of(stored, "job0000001")
    assert (row["status"], row["message"]) == ("failed", "gone")
    assert "finishedAt" in row


async def test_a_job_that_was_given_up_and_ends_all_the_same_has_ended(stored: LocalApp) -> None:
    statuses = statuses_of(stored)
    await statuses.begin("job0000001", "sync")
    signs = await statuses.signs()
    await statuses.give_up("job0000001", signs["job0000001"], "gone")

    await statuses.end("job0000001", Status.SUCCEEDED, None)

    row = await row_of(stored, "job0000001")
    assert (row["status"], row.get("message")) == ("succeeded", None)


async def test_nothing_is_done_to_a_row_that_is_gone(stored: LocalApp) -> None:
    statuses = statuses_of(stored)

    await statuses.tell("job0000001", "x")
    await statuses.renew(["job0000001"])
    await statuses.renew([])
    await statuses.end("job0000001", Status.SUCCEEDED, None)

    assert await statuses.signs() == {}


async def test_no_trigger_hears_of_them(stored: LocalApp) -> None:
    heard: list[object] = []
    for kind in ("beforeSave", "afterSave"):
        stored.app.registry.add_trigger(kind, "_JobStatus", heard.append)
    statuses = statuses_of(stored)

    await statuses.begin("job0000001", "sync")
    await statuses.end("job0000001", Status.SUCCEEDED, None)

    assert heard == []
