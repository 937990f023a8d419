"""Functions and jobs that cloud code calls."""

from datetime import UTC, datetime

import pytest

from parsepy import cloud
from parsepy.cloud import FunctionRequest, JobRequest, Object, Validator
from parsepy.errors import ParseError
from parsepy.types import MISSING, JSONObject
from tests.cloud.test_jobs import ended
from tests.support.answering_server import AnsweringServer
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_a_function_gets_and_gives_values_of_python(parse: LocalApp) -> None:
    seen: list[FunctionRequest] = []

    @parse.app.registry.function("look")
    async def look(request: FunctionRequest) -> object:
        seen.append(request)
        return {"when": request.params["when"], "game": Object("Game", "x", {"n": 1})}

    moment = datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)
    with parse.app.cloud_code():
        result = await cloud.run("look", {"when": moment, "game": Object("Game", "x")})

    assert result["when"] == moment
    assert (result["game"].object_id, result["game"].get("n")) == ("x", 1)
    [request] = seen
    assert request.params["when"] == moment
    assert isinstance(request.params["game"], Object)
    assert (request.headers, request.ip, request.installation_id) == ({}, "", "cloud")


async def test_who_asks_is_said_by_the_call(parse: LocalApp) -> None:
    seen: list[FunctionRequest] = []

    @parse.app.registry.function("who")
    async def who(request: FunctionRequest) -> None:
        seen.append(request)
        request.context["more"] = ["changed"]
        listed = request.context.get("list")
        if isinstance(listed, list):
            listed.append(2)

    ann = await parse.sign_up(nick="a")
    context: JSONObject = {"list": [1]}
    with parse.app.cloud_code():
        await cloud.run("who")
        await cloud.run("who", use_master_key=True, installation_id="i1")
        await cloud.run("who", session_token=ann.token, context=context)
        with pytest.raises(ParseError) as caught:
            await cloud.run("who", session_token="r:none")

    nobody, master, user = seen
    assert (nobody.master, nobody.user, nobody.context) == (False, None, {"more": ["changed"]})
    assert (master.master, master.installation_id) == (True, "i1")
    assert user.user is not None
    assert (user.user.object_id, user.master) == (ann.id, False)
    assert user.context["list"] == [1, 2]
    assert context == {"list": [1]}
    assert caught.value.code == 209


async def test_nothing_is_none(parse: LocalApp) -> None:
    parse.app.registry.add_function("nothing", lambda _: MISSING)
    parse.app.registry.add_function("null", lambda _: None)

    with parse.app.cloud_code():
        assert (await cloud.run("nothing"), await cloud.run("null")) == (None, None)


async def test_errors_of_a_function_are_raised(parse: LocalApp) -> None:
    def fail(_: FunctionRequest) -> None:
        raise ParseError(999, "mine")

    parse.app.registry.add_function("fail", fail)
    parse.app.registry.add_function("closed", lambda _: 1, Validator(require_master=True))

    with parse.app.cloud_code():
        for name, code in (("fail", 999), ("none", 141), ("closed", 142)):
            with pytest.raises(ParseError) as caught:
                await cloud.run(name)
            assert caught.value.code == code


async def test_a_webhook_is_called_too(parse: LocalApp, hook: AnsweringServer) -> None:
    await parse.ok(
        "POST", "/hooks/functions", {"functionName": "far", "url": hook.url}, master=True
    )
    hook.answer = {"success": {"n": 1}}

    with parse.app.cloud_code():
        assert await cloud.run("far", {"a": 1}) == {"n": 1}

    assert hook.last["params"] == {"a": 1}


async def test_a_function_calls_another_from_a_thread(parse: LocalApp) -> None:
    parse.app.registry.add_function("one", lambda _: 1)

    @parse.app.registry.function("two")
    def two(_: FunctionRequest) -> object:
        return cloud.wait(cloud.run("one")) + 1

    assert await parse.ok("POST", "/functions/two", {}) == {"result": 2}


async def test_a_job_is_started_and_looked_after(stored: LocalApp) -> None:
    seen: list[JobRequest] = []

    @stored.app.registry.job("sync")
    async def sync(request: JobRequest) -> str:
        seen.append(request)
        return "done"

    moment = datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)

    @stored.app.registry.function("begin")
    async def begin(_: FunctionRequest) -> str:
        return await cloud.start_job("sync", {"when": moment})

    job_id = (await stored.ok("POST", "/functions/begin", {}))["result"]
    await ended(stored, job_id)

    with stored.app.cloud_code():
        status = await cloud.job_status(job_id)
    assert (status.class_name, status.object_id) == ("_JobStatus", job_id)
    assert (status["jobName"], status["status"]) == ("sync", "succeeded")
    assert (status["message"], type(status["finishedAt"])) == ("done", datetime)
    [request] = seen
    assert (request.params, request.headers, request.ip) == ({"when": moment}, {}, "")


async def test_jobs_that_there_are_not_cannot_be_started_or_looked_after(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        with pytest.raises(ParseError) as starting:
            await cloud.start_job("none")
        with pytest.raises(ParseError) as looking:
            await cloud.job_status("none")

    assert (starting.value.code, looking.value.code) == (141, 101)


async def test_the_jobs_of_the_app_and_those_that_are_planned(parse: LocalApp) -> None:
    for name in ("sync", "clean"):
        parse.app.registry.add_job(name, lambda _: None)
    for schedule in ({"jobName": "sync"}, {}):
        await parse.ok("POST", "/cloud_code/jobs", {"job_schedule": schedule}, master=True)

    with parse.app.cloud_code():
        data = await cloud.jobs_data()

    assert (data.in_use, data.jobs) == (["sync", None], ["sync", "clean"])


async def test_outside_of_cloud_code_it_is_not_known_which_app_is_meant() -> None:
    for call in (cloud.run("f"), cloud.start_job("f"), cloud.job_status("f"), cloud.jobs_data()):
        with pytest.raises(RuntimeError, match="only inside cloud code"):
            await call
