"""What the pages say of jobs, calls, mails and HTTP: examples run, and names and numbers are so."""

import inspect
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from parsepy import cloud
from parsepy.cloud import http_client, job_run, jobs
from parsepy.cloud.job_request import JobRequest
from parsepy.jobs import watch
from tests.cloud.test_http_client import serving
from tests.cloud.test_jobs import ended
from tests.support.local_app import LocalApp, local_app, parse

__all__ = ["parse"]

pytestmark = pytest.mark.anyio

DOCS = Path(__file__).parents[2] / "docs"
JOBS = (DOCS / "cloud-code.md").read_text("utf-8").split("## Jobs\n")[1].split("\n## ")[0]
API = (DOCS / "cloud-api.md").read_text("utf-8")


def section(name: str) -> str:
    return API.split(f"## {name}\n")[1].split("\n## ")[0]


def example(text: str) -> str:
    return text.split("```python\n")[1].split("```")[0]


async def test_the_example_of_a_job_runs(tmp_path: Path) -> None:
    module = tmp_path / "jobs_of_the_page.py"
    module.write_text(f"from parsepy import cloud\n\n{example(JOBS)}")
    async with local_app(cloud=str(module)) as parse:
        for score in range(3):
            await parse.create("GameScore", {"score": score})

        started = await parse.send("POST", "/jobs/sync", {}, master=True)
        row = await ended(parse, started.headers["X-Parse-Job-Status-Id"])

    assert (row["status"], row["message"]) == ("succeeded", "3 scores")


async def test_the_example_of_calls_runs(parse: LocalApp) -> None:
    parse.app.registry.add_function("hello", lambda request: f"Hello, {request.params['name']}!")
    parse.app.registry.add_job("sync", lambda _: None)
    ann = await parse.sign_up()

    found = await _run(parse, example(section("Functions and jobs")), token=ann.token)

    assert (found["result"], found["planned"]) == ("Hello, Ann!", [])
    assert found["status"] in ("running", "succeeded")
    await ended(parse, found["job_id"])


async def test_the_example_of_requests_runs(parse: LocalApp) -> None:
    with serving({"/weather": (200, {}, b'{"degrees":-4}')}) as site:
        text = example(section("HTTP")).replace("https://api.example.com", site.url)
        found = await _run(parse, text)

    assert found["degrees"] == -4
    assert [asked.path for asked in site.asked] == ["/weather?city=Oslo", "/alarm"]


async def _run(parse: LocalApp, text: str, **names: Any) -> dict[str, Any]:
    """What the example's names are when it has run."""
    lines = "\n".join(f"    {line}" for line in text.splitlines())
    scope: dict[str, Any] = {"cloud": cloud, **names}
    exec(f"async def run():\n{lines}\n    return locals()", scope)
    with parse.app.cloud_code():
        found: dict[str, Any] = await scope["run"]()
    return found


def test_every_member_of_a_job_s_request_is_named() -> None:
    names = {field.name for field in fields(JobRequest) if not field.name.startswith("_")}
    assert [name for name in {*names, "log", "message"} if name not in JOBS] == []


def test_numbers_and_messages_are_those_of_the_code() -> None:
    words = {5.0: "five seconds"}
    for told in (
        f"{jobs.AT_ONCE} run at once",
        f"above {jobs.MOST}",
        words[jobs.GRACE],
        f"each {watch.RENEW_EVERY:g} seconds",
        f"{watch.DEAD_AFTER - watch.RENEW_EVERY:g} seconds",
        job_run.SHUT_DOWN.message or "",
        watch.SERVER_DIED,
    ):
        assert told in " ".join(JOBS.split())
    assert watch.DEAD_AFTER == 60


def test_every_argument_of_a_mail_and_of_a_request_is_named() -> None:
    for function, text in (
        (cloud.run, section("Functions and jobs")),
        (cloud.send_email, section("Mails")),
        (http_client.request, section("HTTP")),
    ):
        names = [
            name
            for name, parameter in inspect.signature(function).parameters.items()
            if parameter.kind is inspect.Parameter.KEYWORD_ONLY
        ]
        assert [name for name in names if name not in text] == []


def test_every_part_of_an_answer_is_named() -> None:
    parts = [name for name in vars(http_client.Response) if not name.startswith("_")]
    assert [name for name in parts if name not in section("HTTP")] == []
