"""Functions and jobs that cloud code itself calls: as over REST, in this process."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from parsepy.cloud import loading, values
from parsepy.cloud.current import asking, current
from parsepy.cloud.objects import Object
from parsepy.cloud.queries import Query
from parsepy.jobs import schedules, statuses
from parsepy.types import JSONMapping, JSONObject, Missing


@dataclass(frozen=True, slots=True)
class JobsData:
    """`jobs` are the jobs that the app has, `in_use` those that are planned: one for each plan,
    `None` where that names no job."""

    in_use: list[str | None]
    jobs: list[str]


async def run(
    name: str,
    params: Mapping[str, object] | None = None,
    *,
    use_master_key: bool = False,
    session_token: str | None = None,
    context: JSONMapping | None = None,
    installation_id: str | None = None,
) -> Any:
    """What the function or webhook gives back; `None` for nothing. Its validator is asked, rate
    limits are not. Raises `ParseError`."""
    app = current()
    ctx = await asking(
        use_master_key=use_master_key,
        session_token=session_token,
        context=context,
        installation_id=installation_id,
    )
    if not app.cloud.is_known:
        await app.cloud.refresh()
    result = await app.cloud.call(ctx, name, _encoded(params))
    return None if isinstance(result, Missing) else values.decode(result, loading.refer)


async def start_job(name: str, params: Mapping[str, object] | None = None) -> str:
    """The id under which `job_status` finds it; the job runs on its own. Within a transaction it
    starts when that is kept. Raises `ParseError`: 141 for a job that there is not, 155 when too
    many run."""
    ctx = await asking(use_master_key=True)
    return await current().cloud.jobs.start(ctx, name, _encoded(params))


async def job_status(job_id: str) -> Object:
    """The row of a job: `jobName`, `status` (`running`, `succeeded`, `failed`), `message`,
    `finishedAt`. Raises `ParseError` 101."""
    return await Query(statuses.CLASS_NAME).get(job_id, use_master_key=True)


async def jobs_data() -> JobsData:
    planned = await schedules.find(await asking(use_master_key=True))
    in_use = [cast("str | None", row.get("jobName")) for row in planned]
    return JobsData(in_use, current().cloud.jobs.names)


def _encoded(params: Mapping[str, object] | None) -> JSONObject:
    return cast("JSONObject", values.encode(params or {}))
