"""One app's changes between its servers, through Redis, in parse-server's form: both may serve one
app side by side (livequery sheet, section 11.2)."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Iterable
from functools import partial
from typing import Final, TypeAlias
from uuid import uuid4

from parsepy.livequery import publications
from parsepy.livequery.publications import DELETED, OWN_MARK, SAVED, Publication
from parsepy.livequery.publishing import Deliver
from parsepy.protocol.clock import fresh_context
from parsepy.protocol.json import dumps, loads
from parsepy.pubsub.base import PubSub
from parsepy.types import JSONObject

PermissionsOf: TypeAlias = Callable[[str], Awaitable[JSONObject | None]]

FORGET_ROLES: Final = "clearCache"
MOST_WAITING: Final = 10_000
"""Messages that wait for Redis to be there again; what comes then is not told to others."""

WRITERS_PATIENCE: Final = 0.5
"""Seconds that a write waits for Redis to have its change."""

PATIENCE: Final = 2.0
"""Seconds that the end of the server waits for them."""

_BETWEEN_TRIES: Final = 0.2
_MOST_SENDERS: Final = 1000
_MARK: Final = re.compile(rb'\{"%s":\["([0-9a-f]{32})",([0-9]+)\],' % OWN_MARK.encode())
_log = logging.getLogger(__name__)


class RedisChannels:
    """Tells the app's other servers what this one has published, and takes in what they tell.

    `receive` gets both, its own at once and once. `permissions_of` a class go along with what is
    told: a parse-server judges by them. `roles_changed` is called when another server has changed
    roles. Make it before `pubsub` is started.
    """

    def __init__(
        self,
        pubsub: PubSub,
        app_id: str,
        *,
        receive: Deliver,
        permissions_of: PermissionsOf,
        roles_changed: Callable[[], Awaitable[None]],
    ) -> None:
        self._pubsub = pubsub
        self._app_id = app_id
        self._receive = receive
        self._permissions_of = permissions_of
        self._roles_changed = roles_changed
        self._waiting: asyncio.Queue[tuple[Publication | str, asyncio.Future[None] | None]]
        self._waiting = asyncio.Queue(MOST_WAITING)
        self._sender = uuid4().hex
        # In front, so that one's own messages are known without being read.
        self._own_beginning = f'{{"{OWN_MARK}":["{self._sender}",'.encode()
        self._sent = 0
        self._heard: dict[bytes, int] = {}
        self._is_full = False
        self._answers = True
        self._task: asyncio.Task[None] | None = None
        for kind in (SAVED, DELETED):
            pubsub.subscribe(app_id + kind, partial(self._hear, partial(self._take_in, kind)))
        pubsub.subscribe(app_id + FORGET_ROLES, partial(self._hear, self._take_in_roles))

    def start(self) -> None:
        loop = asyncio.get_running_loop()
        self._task = loop.create_task(self._send_all(), context=fresh_context())

    async def close(self) -> None:
        """Tells what waits, if Redis takes it soon. Before `pubsub` is closed."""
        if self._task is None:
            return
        joining = asyncio.ensure_future(self._waiting.join())
        await asyncio.wait([joining, self._task], timeout=PATIENCE)
        for ending in (joining, self._task):
            ending.cancel()
        await asyncio.gather(joining, self._task, return_exceptions=True)

    async def deliver(self, publication: Publication) -> None:
        """To this server's own and to the others. The write that it is of is answered when Redis
        has it: what is acknowledged is told, even if this server ends then. A Redis that does not
        answer holds up nobody for long."""
        await self._receive(publication)
        sent = asyncio.get_running_loop().create_future()
        if self._put(publication, sent) and self._answers:
            await asyncio.wait([sent], timeout=WRITERS_PATIENCE)
            # Who comes after that does not wait for a Redis that was asked in vain.
            self._answers = sent.done() and self._answers

    async def tell_roles_changed(self, user_ids: Iterable[str]) -> None:
        """A parse-server forgets roles user by user."""
        for user_id in user_ids:
            self._put(user_id)

    # -- telling

    def _put(self, told: Publication | str, sent: "asyncio.Future[None] | None" = None) -> bool:
        try:
            self._waiting.put_nowait((told, sent))
        except asyncio.QueueFull:
            if not self._is_full:
                _log.error("changes are not told to other servers: Redis takes none")
            self._is_full = True
        else:
            self._is_full = False
        return not self._is_full

    async def _send_all(self) -> None:
        while True:
            told, sent = await self._waiting.get()
            try:
                kind, message = await self._message_of(told)
                await self._send(self._app_id + kind, self._marked(message), sent)
            except Exception:
                _log.exception("a change was not told to other servers")
            finally:
                self._waiting.task_done()
                _release(sent)

    async def _message_of(self, told: Publication | str) -> tuple[str, bytes]:
        if isinstance(told, str):
            return FORGET_ROLES, dumps({"userId": told})
        permissions = await self._permissions_of(told.class_name)
        return told.kind, publications.encode(told, permissions)

    def _marked(self, message: bytes) -> bytes:
        self._sent += 1
        return self._own_beginning + f"{self._sent}],".encode() + message[1:]

    async def _send(
        self, channel: str, message: bytes, sent: "asyncio.Future[None] | None"
    ) -> None:
        while True:
            try:
                await self._pubsub.publish(channel, message)
            except ConnectionError:
                self._answers = False
                _release(sent)
                await asyncio.sleep(_BETWEEN_TRIES)
            else:
                self._answers = True
                return

    # -- hearing

    async def _hear(self, take_in: Callable[[bytes], Awaitable[None]], message: bytes) -> None:
        if message.startswith(self._own_beginning):
            return
        try:
            await take_in(message)
        except ValueError as error:
            _log.warning("a message of another server is none: %s", error)
        except Exception:
            _log.exception("a change that another server told was not taken in")

    async def _take_in(self, kind: str, message: bytes) -> None:
        publication = publications.decode(kind, message)
        if self._is_new(message):
            await self._receive(publication)

    async def _take_in_roles(self, message: bytes) -> None:
        loads(message)
        await self._roles_changed()

    def _is_new(self, message: bytes) -> bool:
        """One whose sender has not heard that Redis took it is sent again."""
        mark = _MARK.match(message)
        if mark is None:
            return True
        sender, number = mark[1], int(mark[2])
        if number <= self._heard.get(sender, 0):
            return False
        if len(self._heard) >= _MOST_SENDERS and sender not in self._heard:
            self._heard.pop(next(iter(self._heard)))
        self._heard[sender] = number
        return True


def _release(writer: "asyncio.Future[None] | None") -> None:
    if writer is not None and not writer.done():
        writer.set_result(None)
