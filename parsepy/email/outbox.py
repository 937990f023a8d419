"""The queue of mails: first a row in the store, then a task that sends what is due.

A mail is sent once, by whichever process claims it, and again only when a process ended in the
middle. What fails is tried again later, after a restart too.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from time import monotonic
from typing import Final

from parsepy.email.base import MailFailed, MailRefused
from parsepy.email.mail import Mail
from parsepy.email.outbox_rows import Claimed, OutboxRows
from parsepy.email.retry import Retry
from parsepy.email.scrubbing import reason_of
from parsepy.errors import ParseError
from parsepy.protocol import dates
from parsepy.protocol.clock import fresh_context
from parsepy.storage.base import Storage
from parsepy.storage.transaction import once_kept

_log = logging.getLogger(__name__)

AT_ONCE: Final = 4
"""Mails under way at the same time: servers limit the connections of one client."""
GRACE: Final = 5.0
"""Seconds that the end waits for mails under way."""
LOOK_AGAIN: Final = 60.0
"""Seconds after which a mail is found that another process has left behind."""
SHORTEST_PAUSE: Final = 0.02
STORE_PAUSE: Final = 5.0
"""Seconds for which a store that failed is not asked again."""
CLAIM_FACTOR: Final = 1.5
"""For how many timeouts a claim holds: whoever claimed a mail has given it up long before."""

Send = Callable[[Mail], Awaitable[None]]


class Outbox:
    """`send` raises as `Adapter.hand_over` does; after `timeout` seconds it is cancelled."""

    def __init__(
        self,
        storage: Storage,
        send: Send,
        *,
        timeout: float,
        retry: Retry,
        clock: Callable[[], int] = dates.now_ms,
        grace: float = GRACE,
    ) -> None:
        self._storage = storage
        self._rows = OutboxRows(storage)
        self._send = send
        self._timeout = timeout
        self._retry = retry
        self._clock = clock
        self._grace = grace
        self._woken = asyncio.Event()
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._loop: asyncio.Task[None] | None = None
        self._under_way: set[asyncio.Task[None]] = set()
        self._sent: set[str] = set()
        """Mails that are out, and whose rows could not be removed."""
        self._closing = False
        self._trouble = False

    async def put(self, mail: Mail) -> None:
        """Takes the mail; within a transaction, if that is kept. Raises `ParseError` 1."""
        await self._rows.add(mail, self._clock())
        await once_kept(self._storage, self._wake_soon)

    async def start(self) -> None:
        """Raises `ParseError` 1. Begins with what earlier processes left."""
        await self._rows.prepare()
        # A fresh context: no transaction of whoever starts it is its own.
        self._loop = asyncio.get_running_loop().create_task(self._run(), context=fresh_context())

    def wake(self) -> None:
        """Something may be due."""
        self._woken.set()

    async def close(self) -> None:
        """Mails under way get a bounded time; what is not sent then waits in the store."""
        self._closing = True
        self.wake()
        deadline = monotonic() + self._grace
        while (left := self._tasks()) and (patience := deadline - monotonic()) > 0:
            await asyncio.wait(left, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    def _tasks(self) -> set[asyncio.Task[None]]:
        loop = {self._loop} if self._loop is not None and not self._loop.done() else set()
        return self._under_way | loop

    async def _wake_soon(self) -> None:
        self.wake()

    # -- the loop

    async def _run(self) -> None:
        while not self._closing:
            self._woken.clear()
            try:
                await self._send_due()
                pause = await self._until_next()
            except ParseError as error:
                _log.warning("the waiting mails cannot be read: %s", error.message)
                pause = STORE_PAUSE
            except Exception:
                # The loop outlives whatever went wrong: nobody else sends mails.
                _log.exception("unexpected error while mails were sent")
                pause = STORE_PAUSE
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._woken.wait()

    async def _send_due(self) -> None:
        await self._remove_sent()
        while True:
            await self._slots.acquire()
            claimed = None
            try:
                if not self._closing:
                    claimed = await self._claim()
            finally:
                if claimed is None:
                    self._slots.release()
            if claimed is None:
                return
            task = asyncio.get_running_loop().create_task(self._deliver(claimed))
            self._under_way.add(task)
            task.add_done_callback(self._delivered)

    async def _claim(self) -> Claimed | None:
        now = self._clock()
        return await self._rows.claim(now, now + _ms(self._timeout * CLAIM_FACTOR))

    async def _until_next(self) -> float:
        due = await self._rows.next_due()
        if due is None:
            return LOOK_AGAIN
        return min(max((due - self._clock()) / 1000, SHORTEST_PAUSE), LOOK_AGAIN)

    def _delivered(self, task: asyncio.Task[None]) -> None:
        self._under_way.discard(task)
        self._slots.release()
        if not task.cancelled() and (error := task.exception()) is not None:
            # Nothing is lost: the claim runs out. What is sent is removed before that.
            _log.warning("what became of a mail could not be stored: %s", reason_of(error))
            self.wake()

    # -- one mail

    async def _deliver(self, claimed: Claimed) -> None:
        if claimed.id in self._sent:
            await self._remove(claimed.id)
        elif claimed.mail is None:
            await self._give_up(claimed, MailRefused("nobody can read what is stored of it"))
        elif claimed.attempts > self._retry.attempts:
            # Each process that tried has ended in the middle.
            await self._give_up(claimed, MailFailed("no try came to an end"))
        else:
            await self._try(claimed, claimed.mail)

    async def _try(self, claimed: Claimed, mail: Mail) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await self._send(mail)
        except MailRefused as error:
            await self._give_up(claimed, error)
        except Exception as error:
            await self._try_later(claimed, error)
        else:
            self._trouble = False
            self._sent.add(mail.id)
            await self._remove(mail.id)

    async def _try_later(self, claimed: Claimed, error: Exception) -> None:
        if claimed.attempts >= self._retry.attempts:
            await self._give_up(claimed, error)
            return
        delay = self._retry.delay_after(claimed.attempts)
        # A server that is down fails every mail: it is told once.
        level = logging.DEBUG if self._trouble else logging.WARNING
        self._trouble = True
        _log.log(level, "mail %s is tried again later: %s", claimed.id, reason_of(error))
        await self._rows.put_off(claimed, self._clock() + _ms(delay))
        self.wake()

    async def _give_up(self, claimed: Claimed, error: Exception) -> None:
        _log.error(
            "mail %s is given up after %d of at most %d tries: %s",
            claimed.id,
            min(claimed.attempts, self._retry.attempts),
            self._retry.attempts,
            reason_of(error),
        )
        await self._remove(claimed.id)

    async def _remove(self, mail_id: str) -> None:
        await self._rows.remove(mail_id)
        self._sent.discard(mail_id)

    async def _remove_sent(self) -> None:
        for mail_id in tuple(self._sent):
            await self._remove(mail_id)


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
