"""`_JobSchedule`: when which job is to run, as the dashboard writes it (section 2.3).

The rows are objects like others, for the master key alone: they go through the doors.
"""

from collections.abc import Collection
from typing import Final

from parsepy import errors
from parsepy.objects import delete, read, write
from parsepy.objects.context import RequestContext
from parsepy.objects.write_state import Written
from parsepy.protocol import dates
from parsepy.protocol.find_parameters import FindParameters, Selection
from parsepy.types import JSONObject, JSONValue, ParseObject

CLASS_NAME: Final = "_JobSchedule"


async def find(ctx: RequestContext) -> list[ParseObject]:
    """All of them, without a limit of their own."""
    return (await read.find(ctx, CLASS_NAME, FindParameters({}, Selection(), limit=None))).results


async def create(ctx: RequestContext, jobs: Collection[str], given: JSONValue) -> Written:
    """Raises 107 for what is no schedule, 1 for a job that is not one of `jobs`, and every error
    of a write."""
    return await write.create(ctx, CLASS_NAME, _checked(given, jobs))


async def change(
    ctx: RequestContext, jobs: Collection[str], object_id: str, given: JSONValue
) -> Written:
    """As `create`; raises 101 for a schedule that there is not."""
    return await write.update(ctx, CLASS_NAME, object_id, _checked(given, jobs))


async def remove(ctx: RequestContext, object_id: str) -> None:
    """Raises 101."""
    await delete.delete(ctx, CLASS_NAME, object_id)


def _checked(given: JSONValue, jobs: Collection[str]) -> JSONObject:
    if not isinstance(given, dict):
        raise errors.invalid_json("job_schedule must be an object.")
    job_name = given.get("jobName")
    if job_name and not (isinstance(job_name, str) and job_name in jobs):
        raise errors.JobNotDeployed
    return {"startAfter": dates.now(), **given}
