"""Publishing through Redis; imported only where a Redis is configured (extra `redis`)."""

import asyncio
import logging
from collections import defaultdict, deque
from collections.abc import Callable
from time import monotonic
from typing import Final

from redis.asyncio import Redis
from redis.asyncio.client import PubSub as Subscription
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from parsepy.pubsub.base import Receive

_log = logging.getLogger(__name__)

LEASE: Final = 2.0
"""For so many seconds after a question was sent that has been answered, all that was published
before is here: answers and messages come in one stream, in their order."""

_BETWEEN_SIGNS: Final = 0.5
_BETWEEN_TRIES: Final = 0.2
_FAILURES: Final = (RedisError, OSError, TimeoutError)


def connect(url: str) -> "Redis":
    """A client that fails at once rather than trying again: its users know what to do without."""
    return Redis.from_url(
        url,
        socket_connect_timeout=1.0,
        socket_timeout=1.0,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )


class RedisPubSub:
    """One connection listens, one publishes."""

    def __init__(self, url: str) -> None:
        self._client = connect(url)
        self._subscribers: defaultdict[str, list[Receive]] = defaultdict(list)
        self._joined: list[Callable[[], None]] = []
        self._heard_at = -LEASE
        self._asked_at: deque[float] = deque()
        self._missing: set[bytes] = set()
        self._task: asyncio.Task[None] | None = None
        self._is_told = False
        self._is_closed = False

    @property
    def hears(self) -> bool:
        return monotonic() - self._heard_at < LEASE

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._subscribers[channel].append(receive)

    def when_joined(self, joined: Callable[[], None]) -> None:
        self._joined.append(joined)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._keep_listening(), name="parsepy-redis")

    async def close(self) -> None:
        self._is_closed = True
        if self._task is not None:
            self._task.cancel()
            # A cancellation that meets the end of a timeout is lost in the client library; then
            # the loops end by themselves.
            await asyncio.wait([self._task])
        self._heard_at = -LEASE
        await self._client.aclose()

    async def publish(self, channel: str, message: bytes) -> int:
        try:
            return int(await self._client.publish(channel, message))
        except _FAILURES as error:
            raise ConnectionError("Redis does not answer") from error

    async def _keep_listening(self) -> None:
        while not self._is_closed:
            try:
                await self._listen()
            except _FAILURES as error:
                self._heard_at = -LEASE
                if not self._is_told:
                    _log.warning("Redis cannot be reached; trying on: %s", error)
                    self._is_told = True
            await asyncio.sleep(_BETWEEN_TRIES)

    async def _listen(self) -> None:
        async with self._client.pubsub() as subscription:
            self._missing = {channel.encode() for channel in self._subscribers}
            self._asked_at.clear()
            await subscription.subscribe(*self._subscribers)
            ask_at = monotonic()
            while not self._is_closed:
                if monotonic() >= ask_at:
                    await self._ask(subscription)
                    ask_at = monotonic() + _BETWEEN_SIGNS
                await self._take_next(subscription, ask_at - monotonic())

    async def _ask(self, subscription: Subscription) -> None:
        """Asks for a sign of life. Raises `ConnectionError` when none has come for too long."""
        now = monotonic()
        if self._asked_at and now - self._asked_at[0] > LEASE:
            raise ConnectionError("no sign of life")
        self._asked_at.append(now)
        await subscription.ping()

    async def _take_next(self, subscription: Subscription, at_most: float) -> None:
        message = await subscription.get_message(timeout=max(at_most, 0.001))
        if message is None:
            return
        if message["type"] == "subscribe":
            self._note_subscribed(message["channel"])
        elif message["type"] == "message":
            for receive in self._subscribers[message["channel"].decode()]:
                await receive(message["data"])
        elif message["type"] == "pong" and self._asked_at:
            asked_at = self._asked_at.popleft()
            if not self._missing:
                self._heard_at = asked_at

    def _note_subscribed(self, channel: bytes) -> None:
        """The client library subscribes anew by itself when it connects anew: also then something
        may have been missed."""
        self._missing.discard(channel)
        if self._missing:
            return
        for joined in self._joined:
            joined()
        if self._is_told:
            _log.warning("Redis is there again")
            self._is_told = False
