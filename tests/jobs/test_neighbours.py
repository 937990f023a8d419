"""Rows of jobs that this server and parse-server keep in one database, and the doctor's view."""

from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient

from parsepy.doctor.run import examine_at
from parsepy.jobs import schedules
from parsepy.jobs.statuses import CLASS_NAME
from parsepy.telemetry.progress import Silence
from parsepy.types import JSONObject
from tests.cloud.test_jobs import ended
from tests.storage.mongodb.reference_client import reference_on_own_database
from tests.support.local_app import local_app
from tests.support.mongod import RunningMongod
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

CODE = """
Parse.Cloud.job('sync', async ({ message }) => { await message('half'); return 'all'; });
Parse.Cloud.job('endless', () => new Promise(() => {}));
"""


async def test_both_servers_read_each_other_s_rows(
    mongod: RunningMongod, database_name: str, tmp_path: Path
) -> None:
    uri = mongod.database_uri(database_name)
    code = tmp_path / "jobs.cjs"
    code.write_text(CODE)
    plan: JSONObject = {
        "job_schedule": {"jobName": "sync", "startAfter": "2030-01-02T03:04:05.006Z"}
    }
    with reference_on_own_database(
        mongod, database_name=database_name, options={"cloud": str(code)}
    ) as reference:

        def theirs(job_id: str) -> dict[str, Any]:
            return reference.ask("GET", f"/classes/_JobStatus/{job_id}")

        started = reference.client.post(
            "/jobs/sync", json={}, headers={"X-Parse-Master-Key": "master"}
        )
        endless = reference.client.post(
            "/jobs/endless", json={}, headers={"X-Parse-Master-Key": "master"}
        )
        their_id = started.headers["X-Parse-Job-Status-Id"]
        endless_id = endless.headers["X-Parse-Job-Status-Id"]
        await until(lambda: "finishedAt" in theirs(their_id))
        reference.ask("POST", "/cloud_code/jobs", plan)

        async with local_app(databaseURI=uri) as parse:
            parse.app.registry.add_job("sync", lambda _: "all")
            answer = await parse.send("POST", "/jobs/sync", {}, master=True)
            ours = await ended(parse, answer.headers["X-Parse-Job-Status-Id"])
            await parse.ok("POST", "/cloud_code/jobs", plan, master=True)
            read_here = await ended(parse, their_id)
            still_running = await parse.ok("GET", f"/classes/_JobStatus/{endless_id}", master=True)
            planned_here = await parse.ok("GET", "/cloud_code/jobs/data", master=True)
        read_there = theirs(ours["objectId"])
        planned_there = reference.ask("GET", "/cloud_code/jobs/data")

        schemas = reference.ask("GET", "/schemas")["results"]

    own = {"objectId", "createdAt", "updatedAt", "finishedAt"}
    assert read_there == ours
    assert read_here == {**ours, **{name: read_here[name] for name in own}}
    assert still_running["status"] == "running"
    assert planned_here["in_use"] == planned_there["in_use"] == ["sync", "sync"]
    assert not {CLASS_NAME, schedules.CLASS_NAME} & {schema["className"] for schema in schemas}


async def test_rows_are_stored_as_parse_server_stores_them(
    mongod: RunningMongod, database_name: str
) -> None:
    uri = mongod.database_uri(database_name)
    async with local_app(databaseURI=uri) as parse:
        parse.app.registry.add_job("sync", lambda _: "all")
        answer = await parse.send("POST", "/jobs/sync", {}, master=True)
        await ended(parse, answer.headers["X-Parse-Job-Status-Id"])
    diagnosis = await examine_at(uri, "", Silence(), None)

    with MongoClient[dict[str, Any]](mongod.uri) as client:
        [row] = client[database_name][CLASS_NAME].find()
    assert row.keys() == {
        *("_id", "jobName", "status", "source", "message", "finishedAt"),
        *("_created_at", "_updated_at", "_rperm", "_wperm", "_acl"),
    }
    assert (row["_rperm"], row["_wperm"], row["_acl"]) == ([], [], {})
    assert [found for found in diagnosis.findings if found.class_name == CLASS_NAME] == []
