"""Jobs of real server processes: one that is to end in the middle of them, one that is killed."""

import json
import sysconfig
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from parsepy.copying.places import Place
from parsepy.jobs.statuses import CLASS_NAME
from parsepy.jobs.watch import SERVER_DIED
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.schema.classes import missing_class
from tests.support.processes import RunningProcess
from tests.support.waiting import until

pytestmark = pytest.mark.anyio

PARSEPY = str(Path(sysconfig.get_path("scripts")) / "parsepy")
HEADERS = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master-key"}
LONG_AGO = "2001-02-03T04:05:06.007Z"
CODE = """
import asyncio, threading
from parsepy import cloud

@cloud.job("quick")
def quick(request):
    return None

@cloud.job("patient")
async def patient(request):
    await request.message("begun")
    await asyncio.Event().wait()

@cloud.job("blocked")
def blocked(request):
    cloud.wait(request.message("begun"))
    threading.Event().wait()

@cloud.job("busy")
def busy(request):
    cloud.wait(request.message("begun"))
    while True:
        pass

@cloud.job("stubborn")
async def stubborn(request):
    await request.message("begun")
    while True:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            pass
"""
JOBS = ("patient", "blocked", "busy", "stubborn")


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/app.sqlite"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri


@contextmanager
def serving(database_uri: str, folder: Path) -> Iterator[tuple[RunningProcess, str]]:
    """The process of a server with jobs, and its URL."""
    (folder / "jobs_of_the_test.py").write_text(CODE)
    config = {
        "appId": "app",
        "masterKey": "master-key",
        "host": "127.0.0.1",
        "port": 0,
        "databaseURI": database_uri,
        "cloud": "jobs_of_the_test.py",
    }
    (folder / "config.json").write_text(json.dumps(config))
    command = [PARSEPY, "serve", "config.json"]
    with RunningProcess(command, folder=folder, environment={"PORT": ""}) as process:
        url = process.wait_for_line(lambda line: line.startswith("  URL ")).split()[1]
        yield process, url


@asynccontextmanager
async def client(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=30) as asking:
        yield asking


async def begun(asking: httpx.AsyncClient, *names: str) -> dict[str, str]:
    """The jobs' names by the ids of their rows, when all are running."""
    ids: dict[str, str] = {}
    for name in names:
        answer = await asking.post(f"/jobs/{name}", json={})
        ids[answer.raise_for_status().headers["X-Parse-Job-Status-Id"]] = name

    async def all_have_begun() -> bool:
        return [row.get("message") for row in await rows(asking)] == ["begun"] * len(names)

    await until(all_have_begun)
    return ids


async def test_the_header_with_the_id_has_its_capitals(database_uri: str, tmp_path: Path) -> None:
    """As SDKs look for it: PHP's as it stands, JavaScript's as it is exposed."""
    with serving(database_uri, tmp_path) as (_, url):
        async with client(url) as asking:
            answer = await asking.post("/jobs/quick", json={})

    assert b"X-Parse-Job-Status-Id" in [name for name, _ in answer.headers.raw]
    exposed = answer.headers["Access-Control-Expose-Headers"]
    assert "X-Parse-Job-Status-Id" in exposed.split(", ")


async def rows(asking: httpx.AsyncClient) -> list[dict[str, Any]]:
    answer = await asking.get("/classes/_JobStatus")
    found: list[dict[str, Any]] = answer.raise_for_status().json()["results"]
    return found


async def test_a_server_ends_though_its_jobs_do_not(database_uri: str, tmp_path: Path) -> None:
    with serving(database_uri, tmp_path) as (process, url):
        async with client(url) as asking:
            await begun(asking, *JOBS)
        process.interrupt()
        assert process.wait() == 0

    with serving(database_uri, tmp_path) as (_, url):
        async with client(url) as asking:
            found = await rows(asking)

    assert sorted(row["jobName"] for row in found) == sorted(JOBS)
    assert {(row["status"], row["message"]) for row in found} == {
        ("failed", "The server was shut down before the job had ended.")
    }
    assert all("finishedAt" in row for row in found)


async def test_jobs_of_a_server_that_was_killed_have_failed(
    database_uri: str, tmp_path: Path
) -> None:
    with serving(database_uri, tmp_path) as (process, url):
        async with client(url) as asking:
            [job_id] = await begun(asking, "patient")
        process.kill()

    with serving(database_uri, tmp_path) as (_, url):
        async with client(url) as asking:
            [just_now] = await rows(asking)
    # As if a minute had gone by.
    await set_sign(database_uri, job_id)
    with serving(database_uri, tmp_path) as (_, url):
        async with client(url) as asking:
            [later] = await rows(asking)

    assert (just_now["status"], just_now["message"]) == ("running", "begun")
    assert (later["status"], later["message"]) == ("failed", SERVER_DIED)


async def set_sign(database_uri: str, job_id: str) -> None:
    storage = Place(database_uri).storage()
    await storage.start()
    where = tree.Equal(tree.Path("objectId"), job_id)
    changes = {"updatedAt": SetValue(LONG_AGO)}
    assert await storage.update(missing_class(CLASS_NAME), where, dict(changes)) is not None
    await storage.close()
