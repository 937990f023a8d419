"""`/jobs` and `/cloud_code/jobs` over HTTP."""

import base64

import pytest

from parsepy.cloud import JobRequest
from tests.cloud.test_jobs import ended
from tests.support.local_app import MASTER_KEY, READ_ONLY_KEY, URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

JOB_STATUS_ID = "X-Parse-Job-Status-Id"
ROUTES = [
    ("POST", "/jobs/sync"),
    ("POST", "/jobs/none"),
    ("POST", "/jobs"),
    ("GET", "/cloud_code/jobs"),
    ("GET", "/cloud_code/jobs/data"),
    ("POST", "/cloud_code/jobs"),
    ("PUT", "/cloud_code/jobs/x"),
    ("DELETE", "/cloud_code/jobs/x"),
]


async def test_a_job_is_started_and_its_id_told_in_a_header(parse: LocalApp) -> None:
    parse.app.registry.add_job("sync", lambda _: "done")

    answer = await parse.send("POST", "/jobs/sync", {}, master=True)

    assert (answer.status_code, answer.json()) == (200, {})
    # Capitals as they stand: SDKs look for this spelling, taken from what is exposed.
    assert (JOB_STATUS_ID.encode(), answer.headers[JOB_STATUS_ID].encode()) in answer.headers.raw
    assert JOB_STATUS_ID in answer.headers["Access-Control-Expose-Headers"].split(", ")
    assert (await ended(parse, answer.headers[JOB_STATUS_ID]))["message"] == "done"


async def test_parameters_are_the_body_and_the_query_over_it(parse: LocalApp) -> None:
    seen: list[JobRequest] = []
    parse.app.registry.add_job("look", seen.append)

    named = await parse.send(
        "POST", "/JOBS/look/?b=5&c=x", {"a": 1, "b": 2}, master=True, X_Other="y"
    )
    await ended(parse, named.headers[JOB_STATUS_ID])
    body = {"jobName": "look", "input": "{}", "description": "by hand", "when": 0}
    from_body = await parse.send("POST", "/jobs", body, master=True)
    await ended(parse, from_body.headers[JOB_STATUS_ID])

    first, second = seen
    assert first.params == {"a": 1, "b": "5", "c": "x"}
    assert (first.headers["x-other"], first.ip) == ("y", "127.0.0.1")
    assert second.params == body


async def test_a_job_may_be_started_with_basic_authentication(parse: LocalApp) -> None:
    parse.app.registry.add_job("sync", lambda _: None)
    basic = base64.b64encode(f"app:{MASTER_KEY}".encode()).decode()

    answer = await parse.client.post(
        f"{URL}/jobs/sync", headers={"Authorization": f"Basic {basic}"}
    )

    assert answer.status_code == 200
    await ended(parse, answer.headers[JOB_STATUS_ID])


@pytest.mark.parametrize(("method", "path"), ROUTES)
async def test_nobody_without_the_master_key_gets_in(
    parse: LocalApp, method: str, path: str
) -> None:
    parse.app.registry.add_job("sync", lambda _: None)
    ann = await parse.sign_up()

    for answer in (
        await parse.send(method, path, {}),
        await parse.send(method, path, {}, user=ann),
        await parse.send(method, path, {}, X_Parse_Maintenance_Key="maintenance-key"),
    ):
        assert (answer.status_code, answer.json()) == (403, {"error": "Permission denied"})
    assert await parse.find("_JobStatus", {}, master=True) == []


@pytest.mark.parametrize("path", ["/jobs/sync", "/jobs/none", "/jobs"])
async def test_the_read_only_key_starts_nothing(parse: LocalApp, path: str) -> None:
    parse.app.registry.add_job("sync", lambda _: None)

    answer = await parse.send("POST", path, {"jobName": "sync"}, X_Parse_Master_Key=READ_ONLY_KEY)

    assert (answer.status_code, answer.json()) == (
        400,
        {"code": 119, "error": "Permission denied"},
    )
    assert await parse.find("_JobStatus", {}, master=True) == []


async def test_details_are_shown_where_the_app_wants_them() -> None:
    async with local_app(enableSanitizedErrorResponse=False) as parse:
        closed = await parse.send("POST", "/jobs/sync", {})
        reader = await parse.send("POST", "/jobs/sync", {}, X_Parse_Master_Key=READ_ONLY_KEY)

    assert closed.json() == {"error": "unauthorized: master key is required"}
    assert reader.json() == {
        "code": 119,
        "error": "read-only masterKey isn't allowed to run a job.",
    }


@pytest.mark.parametrize(
    ("path", "body"),
    [("/jobs/none", {}), ("/jobs", {}), ("/jobs", {"jobName": 5}), ("/jobs", {"jobName": {}})],
)
async def test_a_job_that_there_is_not_is_an_error(
    parse: LocalApp, path: str, body: object
) -> None:
    answer = await parse.send("POST", path, body, master=True)

    assert (answer.status_code, answer.json()) == (400, {"code": 141, "error": "Invalid job."})


async def test_a_job_in_a_batch(parse: LocalApp) -> None:
    parse.app.registry.add_job("sync", lambda _: None)
    requests = [
        {"method": "POST", "path": f"/parse/jobs/{name}", "body": {}} for name in ("sync", "none")
    ]

    answer = await parse.ok("POST", "/batch", {"requests": requests}, master=True)

    assert answer == [{"success": {}}, {"error": {"code": 141, "error": "Invalid job."}}]
    [row] = await parse.find("_JobStatus", {}, master=True)
    await ended(parse, row["objectId"])


async def test_a_repeated_request_starts_one_job() -> None:
    options = {"paths": ["jobs/.*"], "ttl": 60}
    async with local_app(idempotencyOptions=options) as parse:
        parse.app.registry.add_job("sync", lambda _: None)

        first = await parse.send("POST", "/jobs/sync", {}, master=True, X_Parse_Request_Id="r1")
        second = await parse.send("POST", "/jobs/sync", {}, master=True, X_Parse_Request_Id="r1")
        await ended(parse, first.headers[JOB_STATUS_ID])

        assert (second.status_code, second.json()["code"]) == (400, 159)
        assert len(await parse.find("_JobStatus", {}, master=True)) == 1


async def test_a_repeated_request_is_answered_with_the_same_id() -> None:
    options = {"paths": ["jobs/.*"], "ttl": 60, "replay": True}
    async with local_app(idempotencyOptions=options) as parse:
        parse.app.registry.add_job("sync", lambda _: None)

        answers = [
            await parse.send("POST", "/jobs/sync", {}, master=True, X_Parse_Request_Id="r1")
            for _ in range(2)
        ]

        first, second = [answer.headers[JOB_STATUS_ID] for answer in answers]
        assert first == second
        await ended(parse, first)


async def test_jobs_can_be_limited() -> None:
    rule = {
        "requestPath": "/jobs/{*name}",
        "requestTimeWindow": 60_000,
        "requestCount": 1,
        "includeMasterKey": True,
        "includeInternalRequests": True,
    }
    async with local_app(rateLimit=[rule]) as parse:
        parse.app.registry.add_job("sync", lambda _: None)

        first = await parse.send("POST", "/jobs/sync", {}, master=True)
        second = await parse.send("POST", "/jobs/sync", {}, master=True)
        await ended(parse, first.headers[JOB_STATUS_ID])

    assert (first.status_code, second.status_code) == (200, 429)


async def test_the_dashboard_plans_jobs(parse: LocalApp) -> None:
    for name in ("sync", "clean"):
        parse.app.registry.add_job(name, lambda _: None)
    schedule = {"jobName": "sync", "params": "{}", "startAfter": "2030-01-02T03:04:05.006Z"}

    created = await parse.send("POST", "/cloud_code/jobs", {"job_schedule": schedule}, master=True)
    schedule_id = created.json()["objectId"]
    listed = await parse.ok("GET", "/cloud_code/jobs?per_page=50", master=True)
    changed = await parse.ok(
        "PUT",
        f"/cloud_code/jobs/{schedule_id}",
        {"job_schedule": {"jobName": "clean"}},
        master=True,
    )
    data = await parse.ok("GET", "/Cloud_Code/Jobs/Data", master=True)
    removed = await parse.ok("DELETE", f"/cloud_code/jobs/{schedule_id}", master=True)

    assert created.status_code == 201
    assert created.json().keys() == {"objectId", "createdAt"}
    assert created.headers["Location"] == f"{URL}/classes/_JobSchedule/{schedule_id}"
    assert [{name: row[name] for name in schedule} for row in listed] == [schedule]
    assert changed.keys() == {"response"}
    assert changed["response"].keys() == {"updatedAt"}
    assert data == {"in_use": ["clean"], "jobs": ["sync", "clean"]}
    assert removed == {}
    assert await parse.ok("GET", "/cloud_code/jobs", master=True) == []


async def test_a_job_that_there_is_not_cannot_be_planned(parse: LocalApp) -> None:
    for method, path in (("POST", "/cloud_code/jobs"), ("PUT", "/cloud_code/jobs/x")):
        body = {"job_schedule": {"jobName": "none"}}
        answer = await parse.send(method, path, body, master=True)

        # parse-server answers with 500, which makes SDKs repeat the request.
        assert (answer.status_code, answer.json()) == (
            400,
            {"code": 1, "error": "Cannot Schedule a job that is not deployed"},
        )


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/jobs"),
        ("GET", "/jobs/sync"),
        ("GET", "/cloud_code"),
        ("GET", "/cloud_code/other"),
        ("GET", "/cloud_code/jobs/x"),
        ("POST", "/cloud_code/jobs/x"),
        ("DELETE", "/cloud_code/jobs"),
    ],
)
async def test_other_routes_are_none(parse: LocalApp, method: str, path: str) -> None:
    answer = await parse.send(method, path, {} if method == "POST" else None, master=True)

    assert (answer.status_code, answer.json()) == (
        404,
        {"error": f"Cannot {method} /parse{path}"},
    )
