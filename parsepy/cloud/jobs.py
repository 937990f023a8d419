"""Background jobs: started by a request, and running on when it has been answered.

A row of `_JobStatus` tells what becomes of each (`jobs/statuses.py`). They run in this process, at
most `AT_ONCE` at a time, and have no time-out.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, Final, cast

import msgspec

from parsepy import errors
from parsepy.cloud.current import CloudApp, running
from parsepy.cloud.job_request import JobRequest
from parsepy.cloud.job_run import CANCELLED, NOT_BEGUN, SHUT_DOWN, Outcome, run_job
from parsepy.cloud.pool import Pool
from parsepy.cloud.runner import Handler
from parsepy.errors import ParseError
from parsepy.jobs.statuses import JobStatuses
from parsepy.jobs.watch import JobWatch
from parsepy.objects.context import RequestContext
from parsepy.protocol import ids
from parsepy.protocol.clock import fresh_context
from parsepy.storage.transaction import Transaction
from parsepy.types import JSONObject, JSONValue

_log = logging.getLogger(__name__)

AT_ONCE: Final = 64
MOST: Final = 1000
"""Running and waiting ones together; more are refused."""
GRACE: Final = 5.0
"""Seconds that the end of the server gives jobs to end by themselves."""
ENDING: Final = 2.0
"""Seconds after that for them to take notice that they are cancelled."""
RECORDING: Final = 5.0
"""Seconds after that for the store to take in what became of them."""
FIRST_PAUSE: Final = 0.1
LONGEST_PAUSE: Final = 30.0

WAITS: Final = "Waiting until fewer jobs are running."
"""The message of a job while it waits for its turn."""


class _Run(msgspec.Struct, eq=False):
    job_id: str
    handler: Handler
    request: JobRequest
    waits: bool
    attended: asyncio.Task[None] | None = None
    call: asyncio.Task[Outcome] | None = None
    dropped: bool = False
    """Does not begin any more."""


class Jobs:
    """The jobs of one app."""

    def __init__(
        self,
        app: CloudApp,
        *,
        at_once: int = AT_ONCE,
        most: int = MOST,
        grace: float = GRACE,
        ending: float = ENDING,
    ) -> None:
        self._app = app
        self._at_once = at_once
        self._most = most
        self._grace = grace
        self._ending = ending
        self._statuses = JobStatuses(app.objects)
        self._slots = asyncio.Semaphore(at_once)
        self._pool = Pool(at_once)
        self._runs: dict[str, _Run] = {}
        self._watch = JobWatch(self._statuses, self._runs.keys())
        self._closing = False

    @property
    def names(self) -> list[str]:
        return list(self._app.cloud.registry.jobs)

    async def start(self, ctx: RequestContext, job_name: JSONValue, params: JSONObject) -> str:
        """The id of its row. It begins at once, or when fewer run; within a transaction, when that
        is kept. Raises 141 for a job that there is not, 130 for a File elsewhere, 155."""
        run = self._accepted(ctx, job_name, params)
        try:
            await self._statuses.begin(
                run.job_id, run.request.job_name, WAITS if run.waits else None
            )
        except BaseException:
            del self._runs[run.job_id]
            raise
        transaction = self._app.objects.storage.current_transaction
        if transaction is None:
            self._launch(run)
        else:
            transaction.at_end(partial(self._launch_if_kept, run, transaction))
        return run.job_id

    # -- the life of the app

    async def open(self) -> None:
        """Once the store is started: ends the jobs of servers that have died."""
        await self._watch.start()

    async def close(self) -> None:
        """Within a bounded time, whatever jobs do: those that have not ended then have failed."""
        self._closing = True
        await self._settled(self._grace)
        await self.cancel_all()
        self._pool.close()
        await self._watch.close()

    async def settled(self) -> None:
        """Waits for all jobs, and for those that they start: for tests."""
        while under_way := self._under_way():
            await asyncio.wait(under_way)

    async def cancel_all(self) -> None:
        for run in self._runs.values():
            run.dropped = True
            if run.call is not None:
                run.call.cancel()
        await self._settled(self._ending)
        stubborn = [run for run in self._runs.values() if run.call and not run.call.done()]
        await asyncio.gather(*map(self._leave_behind, stubborn))
        # What became of the others is being stored.
        await self._settled(RECORDING)
        for run in self._runs.values():
            if run.attended is not None:
                run.attended.cancel()

    async def _settled(self, seconds: float) -> None:
        if under_way := self._under_way():
            await asyncio.wait(under_way, timeout=seconds)

    def _under_way(self) -> set[asyncio.Task[None]]:
        return {run.attended for run in self._runs.values() if run.attended is not None}

    async def _leave_behind(self, run: _Run) -> None:
        _log.error("job %s does not end though it is cancelled: left behind", run.job_id)
        if run.attended is not None:
            run.attended.cancel()
        if run.call is not None:
            # Else whoever closes the loop would wait for it, for ever.
            asyncio.tasks._unregister_task(run.call)
        await self._record(run, self._cut_short())

    # -- one job

    def _accepted(self, ctx: RequestContext, job_name: JSONValue, params: JSONObject) -> _Run:
        handler = self._app.cloud.registry.jobs.get(job_name) if isinstance(job_name, str) else None
        if handler is None:
            raise errors.invalid_job()
        if ctx.services.file_urls is not None:
            ctx.services.file_urls.check(params)
        if len(self._runs) >= self._most:
            raise errors.too_many_jobs()
        from parsepy.cloud import loading, values

        with running(self._app):
            decoded = cast("dict[str, Any]", values.decode(params, loading.refer, whole=False))
        job_id = ids.new_object_id(ctx.services.options.object_id_size)
        request = JobRequest(
            params=decoded,
            job_name=str(job_name),
            job_id=job_id,
            headers={
                name.decode("latin-1"): value.decode("latin-1")
                for name, value in ctx.headers.items()
            },
            ip=ctx.address,
            _tell=self._teller(job_id),
        )
        run = _Run(job_id, handler, request, waits=len(self._runs) >= self._at_once)
        self._runs[job_id] = run
        return run

    def _teller(self, job_id: str) -> Callable[[str], Awaitable[None]]:
        in_order = asyncio.Lock()

        async def tell(text: str) -> None:
            async with in_order:
                await self._statuses.tell(job_id, text)

        return tell

    async def _launch_if_kept(self, run: _Run, transaction: Transaction) -> None:
        if transaction.was_kept:
            self._launch(run)
        else:
            self._runs.pop(run.job_id, None)

    def _launch(self, run: _Run) -> None:
        # A fresh context, not that of whoever starts it: his transaction is over before the job is.
        loop = asyncio.get_running_loop()
        run.attended = loop.create_task(self._attend(run), context=fresh_context())
        run.attended.add_done_callback(_report)
        self._watch.note_job()

    async def _attend(self, run: _Run) -> None:
        try:
            async with self._slots:
                outcome = await self._outcome(run)
            await self._record(run, outcome)
        finally:
            self._runs.pop(run.job_id, None)

    async def _outcome(self, run: _Run) -> Outcome:
        if run.dropped or self._closing:
            return NOT_BEGUN if self._closing else CANCELLED
        if run.waits:
            await self._take_back_that_it_waits(run)
        with running(self._app):
            run.call = asyncio.create_task(run_job(self._pool, run.handler, run.request))
        await asyncio.wait({run.call})
        return self._cut_short() if run.call.cancelled() else run.call.result()

    def _cut_short(self) -> Outcome:
        return SHUT_DOWN if self._closing else CANCELLED

    async def _take_back_that_it_waits(self, run: _Run) -> None:
        try:
            await self._statuses.tell(run.job_id, None)
        except ParseError as error:
            _log.warning("a message of job %s could not be removed: %s", run.job_id, error.message)

    async def _record(self, run: _Run, outcome: Outcome) -> None:
        """Waits for a store that does not answer, unless the server ends: then the next one that
        starts tells that this one has ended."""
        pause = FIRST_PAUSE
        while True:
            try:
                return await self._statuses.end(run.job_id, outcome.status, outcome.message)
            except ParseError as error:
                _log.warning("how job %s ended is not stored: %s", run.job_id, error.message)
                if self._closing:
                    return None
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE)


def _report(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.error("unexpected error while a job was attended to", exc_info=error)
