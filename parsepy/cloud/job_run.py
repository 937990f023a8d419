"""One run of a job, and what came of it."""

import asyncio
import inspect
import logging
from functools import partial
from typing import Final

import msgspec

from parsepy.cloud.job_request import JobRequest
from parsepy.cloud.pool import Pool
from parsepy.cloud.runner import Handler, is_async
from parsepy.cloud.task_guard import guard_tasks
from parsepy.errors import ParseError
from parsepy.jobs.statuses import Status

_log = logging.getLogger(__name__)


class Outcome(msgspec.Struct, frozen=True):
    status: Status
    message: str | None = None


CANCELLED: Final = Outcome(Status.FAILED, "The job was cancelled.")
SHUT_DOWN: Final = Outcome(Status.FAILED, "The server was shut down before the job had ended.")
NOT_BEGUN: Final = Outcome(Status.FAILED, "The server was shut down before the job began.")


async def run_job(pool: Pool, handler: Handler, request: JobRequest) -> Outcome:
    """Runs the job for as long as it takes, as code of the app that is `running` here.

    Raises nothing: what the job raises is its outcome, unless it is cancelled.
    """
    try:
        result = await _called(pool, handler, request)
    except (asyncio.CancelledError, GeneratorExit):
        raise
    except BaseException as error:
        # A `sys.exit()` in somebody's job must not end the server.
        _log.error("Job %s (%s) failed", request.job_name, request.job_id, exc_info=error)
        return Outcome(Status.FAILED, _said(error))
    _log.info("Ran job %s (%s)", request.job_name, request.job_id)
    return Outcome(Status.SUCCEEDED, result if result and isinstance(result, str) else None)


async def _called(pool: Pool, handler: Handler, request: JobRequest) -> object:
    guard_tasks(asyncio.get_running_loop())
    if is_async(handler):
        result = handler(request)
    else:
        result = await pool.run(partial(handler, request))
    return await result if inspect.isawaitable(result) else result


def _said(error: BaseException) -> str:
    if isinstance(error, ParseError):
        return error.message
    if not isinstance(error, Exception):
        return repr(error)
    return str(error) or type(error).__name__
