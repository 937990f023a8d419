"""`/jobs` and `/cloud_code/jobs` (cloud-code sheet, section 2): starting jobs, planning them."""

from parsepy import errors
from parsepy.http.answer import Answer, created
from parsepy.http.request import Request
from parsepy.http.routers.functions import params_of
from parsepy.http.routing import Handler, Routes
from parsepy.jobs import schedules
from parsepy.types import JSONValue


async def _start_named(request: Request) -> Answer:
    return await _start(request, request.segments[1])


async def _start_from_body(request: Request) -> Answer:
    """As the dashboard does it: the name is one of the parameters."""
    return await _start(request, request.body.get("jobName"))


async def _start(request: Request, job_name: JSONValue) -> Answer:
    _check_master(request)
    if request.ctx.caller.is_read_only:
        raise errors.read_only_key("run a job")
    job_id = await request.services.cloud.jobs.start(request.ctx, job_name, params_of(request))
    return Answer({}, headers=[(b"X-Parse-Job-Status-Id", job_id.encode())])


async def _all(request: Request) -> Answer:
    return Answer([*await schedules.find(request.ctx)])


async def _data(request: Request) -> Answer:
    planned = await schedules.find(request.ctx)
    return Answer({"in_use": [row.get("jobName") for row in planned], "jobs": [*_names(request)]})


async def _create(request: Request) -> Answer:
    given = request.body.get("job_schedule")
    written = await schedules.create(request.ctx, _names(request), given)
    location = request.location_of(schedules.CLASS_NAME, written.object_id)
    return created(written.answer, location)


async def _change(request: Request) -> Answer:
    given = request.body.get("job_schedule")
    written = await schedules.change(request.ctx, _names(request), request.segments[2], given)
    return Answer({"response": written.answer})


async def _remove(request: Request) -> Answer:
    await schedules.remove(request.ctx, request.segments[2])
    return Answer({})


def _planned(handler: Handler, last: str | None = None) -> Handler:
    """Below `/cloud_code/jobs`, in any case, and with `last` at the end where that is given."""

    async def handle(request: Request) -> Answer:
        fits = last is None or request.segments[2].lower() == last
        if request.segments[1].lower() != "jobs" or not fits:
            mount = request.services.options.mount_path
            raise errors.route_not_found(request.method, f"{mount}{request.path}")
        _check_master(request)
        return await handler(request)

    return handle


JOBS: Routes = {("POST", 0): _start_from_body, ("POST", 1): _start_named}
CLOUD_CODE: Routes = {
    ("GET", 1): _planned(_all),
    ("POST", 1): _planned(_create),
    ("GET", 2): _planned(_data, last="data"),
    ("PUT", 2): _planned(_change),
    ("DELETE", 2): _planned(_remove),
}


def _names(request: Request) -> list[str]:
    return request.services.cloud.jobs.names


def _check_master(request: Request) -> None:
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()
