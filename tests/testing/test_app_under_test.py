"""The fixtures of the plug-in, as a test of an app uses them."""

import asyncio
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from parsepy import cloud
from parsepy.cloud import FunctionRequest, JobRequest, Object, Query, TriggerRequest
from parsepy.protocol import dates
from parsepy.testing import (
    AppUnderTest,
    MemoryAdapter,
    MovableClock,
    Refused,
    RestClient,
    links_in,
)
from parsepy.testing.app_under_test import Apps

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="module")
def anyio_backend() -> str:
    """Not the session's, or the plug-in would keep its event loop for all other tests as well."""
    return "asyncio"


@pytest.fixture(scope="module")
def parse_options() -> dict[str, object]:
    return {"allowClientClassCreation": True, "appName": "Game", "restAPIKey": "rest"}


async def test_nothing_is_there_in_the_beginning(parse_client: RestClient) -> None:
    assert await parse_client.find("Game") == []
    await parse_client.create("Game", {"n": 1})
    assert await parse_client.count("Game") == 1


async def test_each_client_has_its_rights(
    parse_app: AppUnderTest, parse_client: RestClient, parse_master: RestClient
) -> None:
    ann = await parse_app.sign_up("ann", score=3)
    created = await ann.create("Game", {"owner": ann, "ACL": {ann.id: {"read": True}}})

    assert (await ann.me())["score"] == 3
    assert await ann.count("Game") == await parse_master.count("Game") == 1
    assert await parse_client.count("Game") == 0
    assert (await ann.get("Game", created["objectId"]))["owner"]["objectId"] == ann.id
    with pytest.raises(Refused) as refused:
        await ann.delete("Game", created["objectId"])
    assert (refused.value.code, refused.value.status) == (101, 404)
    await parse_master.delete("Game", created["objectId"])
    assert await parse_master.count("Game") == 0


async def test_users_log_in_and_out(parse_app: AppUnderTest) -> None:
    ann = await parse_app.sign_up("ann", "secret")
    again = await parse_app.log_in("ann", "secret")
    third = await parse_app.act_as(ann.id)
    assert ann.id == again.id == third.id
    assert len({ann.session_token, again.session_token, third.session_token}) == 3

    await again.log_out()
    with pytest.raises(Refused) as refused:
        await again.me()
    assert refused.value.code == 209
    with pytest.raises(Refused):
        await parse_app.log_in("ann", "wrong")


async def test_roles_have_members(parse_app: AppUnderTest) -> None:
    ann, bob = await parse_app.sign_up("ann"), await parse_app.sign_up("bob")
    await parse_app.create_role("admins", ann)
    await parse_app.create_role("nobody")
    await parse_app.master.create("Game", {"ACL": {"role:admins": {"read": True}}})

    assert (await ann.count("Game"), await bob.count("Game")) == (1, 0)


async def test_values_may_be_those_of_cloud_code(parse_client: RestClient) -> None:
    moment = datetime(2030, 1, 1, tzinfo=UTC)
    first = await parse_client.create("Game", {"at": moment})
    pointer = Object("Game", first["objectId"])
    second = await parse_client.create("Game", {"next": pointer})

    assert [row["objectId"] for row in await parse_client.find("Game", {"at": moment})] == [
        first["objectId"]
    ]
    found = await parse_client.find(
        "Game", {"next": pointer}, include="next", keys=["next", "at"], limit=1
    )
    assert found[0]["objectId"] == second["objectId"]
    assert found[0]["next"]["at"]["iso"] == "2030-01-01T00:00:00.000Z"
    await parse_client.update("Game", second["objectId"], {"next": {"__op": "Delete"}})
    assert "next" not in await parse_client.get("Game", second["objectId"])


async def test_other_requests_and_files(parse_app: AppUnderTest) -> None:
    answer = await parse_app.client.request("GET", "/nothing")
    assert answer.status_code == 404
    with pytest.raises(Refused, match="Cannot GET") as refused:
        await parse_app.client.call("GET", "/nothing")
    assert refused.value.code == -1

    ann = await parse_app.sign_up("ann")
    file = await ann.upload("hello.txt", b"hello", "text/plain")
    assert (await parse_app.client.open(file["url"])).content == b"hello"
    assert (await ann.create("Game", {"file": file}))["objectId"]
    await parse_app.master.call("PUT", "/config", {"params": {"limit": 5}})
    assert await ann.config() == {"limit": 5}


async def test_code_that_a_test_registers(parse_app: AppUnderTest) -> None:
    @parse_app.registry.function("hello")
    async def hello(request: FunctionRequest) -> str:
        return f"Hello, {request.params['name']}!"

    @parse_app.registry.before_save("Game")
    def count(request: TriggerRequest) -> None:
        request.object.increment("saves")

    assert await parse_app.client.run("hello", {"name": "Ann"}) == "Hello, Ann!"
    assert (await parse_app.client.create("Game"))["saves"] == 1


async def test_it_is_gone_in_the_next(parse_app: AppUnderTest) -> None:
    with pytest.raises(Refused, match="Invalid function"):
        await parse_app.client.run("hello", {"name": "Ann"})


async def test_jobs_are_waited_for(parse_app: AppUnderTest) -> None:
    @parse_app.registry.job("twice")
    async def twice(request: JobRequest) -> None:
        await asyncio.sleep(0)
        if not request.params.get("again"):
            await cloud.start_job("twice", {"again": True})

    job_id = await parse_app.master.start_job("twice")
    await parse_app.jobs_done()

    assert (await parse_app.master.get("_JobStatus", job_id))["status"] == "succeeded"
    assert await parse_app.master.count("_JobStatus", {"status": "succeeded"}) == 2
    with pytest.raises(Refused):
        await parse_app.client.start_job("twice")


async def test_mails_are_captured(parse_app: AppUnderTest, parse_mails: MemoryAdapter) -> None:
    await parse_app.sign_up("ann", "secret", email="ann@example.com")
    await parse_app.client.call("POST", "/requestPasswordReset", {"email": "ann@example.com"})

    assert [mail.to for mail in parse_mails.messages] == ["ann@example.com"]
    assert parse_mails.last.subject == "Password Reset for Game"
    (link,) = links_in(parse_mails.last)
    assert "<form" in (await parse_app.client.open(link)).text


async def test_the_app_goes_by_the_clock(
    parse_app: AppUnderTest, parse_clock: MovableClock
) -> None:
    ann = await parse_app.sign_up("ann")
    parse_clock.set(datetime(2040, 1, 1, tzinfo=UTC))
    created = await parse_app.client.create("Game")
    assert created["createdAt"] == "2040-01-01T00:00:00.000Z"
    with pytest.raises(Refused) as refused:
        await ann.me()
    assert refused.value.code == 209

    parse_clock.move(hours=1)
    async with parse_app.cloud_code():
        assert cloud.now() == datetime(2040, 1, 1, 1, tzinfo=UTC)
        recent = Query("Game").greater_than("createdAt", cloud.now() - timedelta(hours=2))
        assert await recent.count() == 1
    assert dates.now() < "2040"


@pytest.mark.parametrize("kind", ["async", "plain", "job"])
async def test_cloud_code_goes_by_the_clock(
    parse_app: AppUnderTest, parse_clock: MovableClock, kind: str
) -> None:
    told: list[datetime] = []

    @parse_app.registry.function("async")
    async def asynchronous(request: FunctionRequest) -> None:
        told.append(cloud.now())

    @parse_app.registry.function("plain")
    def plain(request: FunctionRequest) -> None:
        told.append(cloud.now())

    @parse_app.registry.job("job")
    def job(request: JobRequest) -> None:
        told.append(cloud.now())

    parse_clock.set(datetime(2040, 1, 1, tzinfo=UTC))
    if kind == "job":
        await parse_app.master.start_job(kind)
        await parse_app.jobs_done()
    else:
        await parse_app.client.run(kind)

    assert told == [datetime(2040, 1, 1, tzinfo=UTC)]


async def test_a_test_is_cloud_code_where_it_says_so(parse_app: AppUnderTest) -> None:
    with pytest.raises(RuntimeError, match="only inside cloud code"):
        await Query("Game").count()
    async with parse_app.cloud_code():
        await Object("Game").save(use_master_key=True)
        assert await Query("Game").count() == 1

    assert await parse_app.client.count("Game") == 1


async def test_a_client_is_in_nobody_s_transaction(parse_app: AppUnderTest) -> None:
    await parse_app.client.create("Game")
    async with parse_app.cloud_code(), cloud.transaction():
        await Object("Game").save(use_master_key=True)
        asked = asyncio.create_task(parse_app.client.count("Game"))
        await asyncio.wait([asked], timeout=0.01)
        assert not asked.done()

    assert await asked == 2


async def test_first_requests_at_once_start_one_app(parse_app: AppUnderTest) -> None:
    apps = await asyncio.gather(*(parse_app.ready() for _ in range(5)))

    assert len(set(map(id, apps))) == 1


async def test_everything_is_erased_between_tests() -> None:
    apps = Apps(cloud.Registry())
    options: dict[str, object] = {"allowClientClassCreation": True}
    first = AppUnderTest(apps, options)
    ann = await first.sign_up("ann", email="ann@example.com")
    await first.client.call("POST", "/requestPasswordReset", {"email": "ann@example.com"})
    await ann.create("Game", {"n": 1})
    await ann.upload("hello.txt", b"hello", "text/plain")
    session = {"X-Parse-Session-Token": str(ann.session_token)}
    first.clock.move(days=1)
    app = await first.ready()
    apps.tidy()

    second = AppUnderTest(apps, options)
    assert await second.master.count("_User") == 0
    assert await second.master.count("_Session") == 0
    assert await second.ready() is app
    schemas = await second.master.call("GET", "/schemas")
    assert {one["className"] for one in schemas["results"]} == {"_User", "_Role"}
    with pytest.raises(Refused) as refused:
        await second.client.call("GET", "/users/me", headers=session)
    assert refused.value.code == 209
    assert second.mails.messages == []
    assert abs(second.clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


async def test_within_a_test_it_may_begin_anew(parse_app: AppUnderTest) -> None:
    await parse_app.client.create("Game")
    await parse_app.begin_anew()

    assert await parse_app.client.count("Game") == 0


async def test_other_options_make_another_app() -> None:
    apps = Apps(cloud.Registry())
    first = await AppUnderTest(apps, {"appName": "One"}).ready()
    second = await AppUnderTest(apps, {"appName": "Two"}).ready()

    assert first.parts.services.state == "stopping"
    assert second.parts.services.state == "ok"


def test_the_app_is_stopped_with_its_event_loop() -> None:
    apps = Apps(cloud.Registry())

    async def asked() -> str:
        app = AppUnderTest(apps, {})
        await app.sign_up("ann")
        parts = (await app.ready()).parts
        states.append(parts)
        return parts.services.state

    states: list[object] = []
    assert [asyncio.run(asked()), asyncio.run(asked())] == ["ok", "ok"]
    assert [parts.services.state for parts in states] == ["stopping", "stopping"]  # type: ignore[attr-defined]
    assert len(set(map(id, states))) == 2


async def test_any_host_is_the_app(parse_app: AppUnderTest) -> None:
    await parse_app.ready()
    answer: httpx.Response = await parse_app.http.get("https://scores.example.com/parse/health")

    assert answer.json() == {"status": "ok"}
