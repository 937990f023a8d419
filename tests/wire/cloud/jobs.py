"""Jobs of the fixtures in compat_fixtures/jobs; jobs.cjs is the same for parse-server."""

import json
from datetime import datetime
from typing import Any

from parsepy import cloud
from parsepy.cloud import FunctionRequest, JobRequest


@cloud.job("quiet")
def quiet(_: JobRequest) -> None: ...


@cloud.job("done")
async def done(request: JobRequest) -> str:
    await request.message("half")
    return "all done"


@cloud.job("told")
async def told(request: JobRequest) -> dict[str, str]:
    odd: list[Any] = ["half", "", 5]
    for text in odd:
        await request.message(text)
    return {"not": "a text"}


@cloud.job("failing")
async def failing(request: JobRequest) -> None:
    await request.message("half")
    raise ValueError("broken")


@cloud.job("refusing")
def refusing(_: JobRequest) -> None:
    raise cloud.ParseError(999, "not today")


@cloud.job("seen")
def seen(request: JobRequest) -> str:
    """What the job was called with."""
    params = request.params
    when, game, place = params.get("when"), params.get("game"), params.get("place")
    found = {
        "jobName": request.job_name,
        "title": params.get("title"),
        "query": params.get("query"),
        "year": when.year if isinstance(when, datetime) else None,
        "class": getattr(game, "class_name", None),
        "place": getattr(place, "latitude", None),
        "header": request.headers.get("x-title"),
    }
    # JavaScript leaves out what is not there, but not the year, which is null.
    shown = {name: value for name, value in found.items() if value is not None or name == "year"}
    return json.dumps(shown, separators=(",", ":"))


@cloud.function("start")
async def start(request: FunctionRequest) -> dict[str, bool]:
    job_id = await cloud.start_job(request.params["name"], {"title": "from cloud code"})
    return {"started": len(job_id) == 10}
