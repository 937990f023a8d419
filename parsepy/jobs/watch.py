"""Telling jobs that run from jobs whose server has died.

Every server renews the rows of its running jobs. A server that starts looks for rows that claim to
run, and ends those that nobody renews any more; those of servers that live are left alone.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Collection
from typing import Final

from parsepy.errors import ParseError
from parsepy.jobs.statuses import JobStatuses
from parsepy.protocol import dates
from parsepy.protocol.clock import fresh_context

_log = logging.getLogger(__name__)

RENEW_EVERY: Final = 15.0
DEAD_AFTER: Final = 60.0
"""Seconds without a sign. Clocks of servers may differ by less than the two have between them, and
cloud code may hold the loop up for as long."""

SERVER_DIED: Final = "The server ended while the job was running."


class JobWatch:
    """`running` are the ids of this server's jobs, as they are at any moment."""

    def __init__(
        self,
        statuses: JobStatuses,
        running: Collection[str],
        *,
        renew_every: float = RENEW_EVERY,
        dead_after: float = DEAD_AFTER,
    ) -> None:
        self._statuses = statuses
        self._running = running
        self._renew_every = renew_every
        self._dead_after = dead_after
        self._others: Collection[str] = ()
        """Jobs of other servers that claimed to run when this one looked."""
        self._busy = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Ends what servers that have died have left, and goes on renewing and looking."""
        looked = await self._done(self._look_for_others)
        self._busy.set()
        # A fresh context: no transaction of whoever starts it is its own.
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._run(looked), context=fresh_context())

    def note_job(self) -> None:
        """A job of this server runs."""
        self._busy.set()

    @property
    def is_idle(self) -> bool:
        """Whether it waits for a job, and asks the store nothing."""
        return self._task is not None and not self._busy.is_set()

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self, looked: bool) -> None:
        while True:
            if looked and not self._running and not self._others:
                # Nobody is asked anything while no job runs.
                self._busy.clear()
                await self._busy.wait()
            await asyncio.sleep(self._renew_every)
            looked = looked or await self._done(self._look_for_others)
            await self._done(self._renew)
            await self._done(self._look_after_others)

    async def _renew(self) -> None:
        await self._statuses.renew(tuple(self._running))

    async def _look_for_others(self) -> None:
        signs = await self._statuses.signs()
        await self._judge({job: signs[job] for job in signs if job not in self._running})

    async def _look_after_others(self) -> None:
        if self._others:
            await self._judge(await self._statuses.signs(self._others))

    async def _judge(self, signs: dict[str, str]) -> None:
        limit = dates.format_ms(dates.now_ms() - int(self._dead_after * 1000))
        living = []
        for job_id, sign in signs.items():
            if sign < limit and await self._statuses.give_up(job_id, sign, SERVER_DIED):
                _log.warning("job %s has failed: its server ended while it was running", job_id)
            else:
                living.append(job_id)
        self._others = living

    async def _done(self, step: Callable[[], Awaitable[None]]) -> bool:
        """Whether the step was done; what it raises does not end the watch."""
        try:
            await step()
        except ParseError as error:
            _log.warning("the rows of jobs cannot be read or renewed: %s", error.message)
            return False
        except Exception:
            _log.exception("unexpected error while jobs were looked after")
            return False
        return True
