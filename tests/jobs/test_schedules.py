"""`_JobSchedule` through the doors."""

import pytest

from parsepy.errors import JobNotDeployed, ParseError
from parsepy.jobs import schedules
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import MASTER, Caller
from parsepy.types import JSONObject, JSONValue
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

JOBS = ("sync", "clean")


def master(app: LocalApp) -> RequestContext:
    return app.context(MASTER)


async def test_a_schedule_is_stored_as_the_dashboard_sends_it(stored: LocalApp) -> None:
    given: JSONObject = {
        "jobName": "sync",
        "description": "every night",
        "params": '{"all": true}',
        "startAfter": "2030-01-02T03:04:05.006Z",
        "daysOfWeek": ["1", "0", "0", "0", "0", "0", "1"],
        "timeOfDay": "03:30:00.000Z",
        "repeatMinutes": 60,
    }

    written = await schedules.create(master(stored), JOBS, given)

    [row] = await schedules.find(master(stored))
    times = {"createdAt": row["createdAt"], "updatedAt": row["updatedAt"]}
    assert row == {"objectId": written.object_id, **given, **times}


async def test_it_starts_now_where_it_does_not_say_when(stored: LocalApp) -> None:
    created = await schedules.create(master(stored), JOBS, {"jobName": "sync"})
    [first] = await schedules.find(master(stored))

    await schedules.change(master(stored), JOBS, created.object_id, {"jobName": "clean"})

    [second] = await schedules.find(master(stored))
    assert second["jobName"] == "clean"
    assert str(first["startAfter"]) <= str(first["createdAt"]) <= str(second["startAfter"])


async def test_all_are_found_however_many(stored: LocalApp) -> None:
    for _ in range(101):
        await schedules.create(master(stored), JOBS, {"jobName": "sync"})

    assert len(await schedules.find(master(stored))) == 101


@pytest.mark.parametrize("name", ["none", 5, {"a": 1}, ["sync"], True])
async def test_a_job_that_there_is_not_cannot_be_planned(parse: LocalApp, name: JSONValue) -> None:
    with pytest.raises(JobNotDeployed):
        await schedules.create(master(parse), JOBS, {"jobName": name})

    assert await schedules.find(master(parse)) == []


@pytest.mark.parametrize("given", [None, "sync", 1, ["sync"]])
async def test_what_is_no_schedule_is_refused(parse: LocalApp, given: JSONValue) -> None:
    for work in (
        schedules.create(master(parse), JOBS, given),
        schedules.change(master(parse), JOBS, "x", given),
    ):
        with pytest.raises(ParseError) as caught:
            await work
        assert caught.value.code == 107


async def test_a_schedule_without_a_job_is_one(parse: LocalApp) -> None:
    await schedules.create(master(parse), JOBS, {"description": "later"})

    [row] = await schedules.find(master(parse))
    assert "jobName" not in row


async def test_changing_and_removing_what_is_not_there_is_an_error(stored: LocalApp) -> None:
    with pytest.raises(ParseError) as changing:
        await schedules.change(master(stored), JOBS, "none", {"jobName": "sync"})
    with pytest.raises(ParseError) as removing:
        await schedules.remove(master(stored), "none")

    assert (changing.value.code, removing.value.code) == (101, 101)


async def test_a_removed_schedule_is_gone(stored: LocalApp) -> None:
    created = await schedules.create(master(stored), JOBS, {"jobName": "sync"})

    await schedules.remove(master(stored), created.object_id)

    assert await schedules.find(master(stored)) == []


async def test_nobody_but_the_master_key_gets_to_them(parse: LocalApp) -> None:
    for caller in (Caller(), Caller(user={"objectId": "x"})):
        for work in (
            schedules.find(parse.context(caller)),
            schedules.create(parse.context(caller), JOBS, {"jobName": "sync"}),
            schedules.change(parse.context(caller), JOBS, "x", {"jobName": "sync"}),
            schedules.remove(parse.context(caller), "x"),
        ):
            with pytest.raises(ParseError) as caught:
                await work
            assert caught.value.code == 119


async def test_the_read_only_key_reads_them_and_changes_nothing(parse: LocalApp) -> None:
    created = await schedules.create(master(parse), JOBS, {"jobName": "sync"})
    reader = parse.context(Caller(is_master=True, is_read_only=True))

    assert len(await schedules.find(reader)) == 1
    for work in (
        schedules.create(reader, JOBS, {"jobName": "sync"}),
        schedules.change(reader, JOBS, created.object_id, {"jobName": "sync"}),
        schedules.remove(reader, created.object_id),
    ):
        with pytest.raises(ParseError) as caught:
            await work
        assert caught.value.code == 119
