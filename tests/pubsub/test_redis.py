"""Publishing through a real Redis."""

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from parsepy.pubsub import redis as redis_pubsub
from parsepy.pubsub.redis import RedisPubSub
from tests.support.redis_server import RunningRedis, running_redis

pytestmark = pytest.mark.anyio
SECONDS = 15.0
BETWEEN_LOOKS = 0.01


class Listener:
    """Remembers what came, and how often something may have been missed."""

    def __init__(self, uri: str) -> None:
        self.pubsub = RedisPubSub(uri)
        self.got: list[bytes] = []
        self.joins = 0
        self._changed = asyncio.Event()
        self.pubsub.subscribe("news", self._receive)
        self.pubsub.when_joined(self._join)

    async def _receive(self, message: bytes) -> None:
        self.got.append(message)
        self._changed.set()

    def _join(self) -> None:
        self.joins += 1
        self._changed.set()

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()


@asynccontextmanager
async def listening(uri: str) -> AsyncIterator[Listener]:
    listener = Listener(uri)
    await listener.pubsub.start()
    try:
        await listener.until(lambda: listener.joins > 0)
        yield listener
    finally:
        await listener.pubsub.close()


async def test_all_who_listen_get_it_and_are_counted(redis: RunningRedis) -> None:
    async with listening(redis.uri) as ann, listening(redis.uri) as bob:
        assert await ann.pubsub.publish("news", b"1") == 2
        assert await bob.pubsub.publish("news", b"2") == 2
        assert await bob.pubsub.publish("elsewhere", b"3") == 0
        await ann.until(lambda: len(ann.got) == 2)
        await bob.until(lambda: len(bob.got) == 2)

    assert ann.got == bob.got == [b"1", b"2"]


async def test_one_hears_only_after_joining_and_until_closing(redis: RunningRedis) -> None:
    waiting = RedisPubSub(redis.uri)
    assert not waiting.hears
    async with listening(redis.uri) as listener:
        assert await _came(lambda: listener.pubsub.hears)
    assert not listener.pubsub.hears
    await waiting.close()


async def test_after_a_restart_one_joins_again(redis: RunningRedis, tmp_path: Path) -> None:
    port = urlsplit(redis.uri).port
    async with listening(redis.uri) as listener:
        redis.stop()
        with pytest.raises(ConnectionError):
            await listener.pubsub.publish("news", b"lost")
        with running_redis(tmp_path, port):
            await listener.until(lambda: listener.joins == 2)
            assert await _came(lambda: listener.pubsub.hears)
            await listener.pubsub.publish("news", b"found")
            await listener.until(lambda: bool(listener.got))

    assert listener.got == [b"found"]


async def test_one_that_gets_no_sign_of_life_does_not_trust_it(
    redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_pubsub, "LEASE", 0.4)
    monkeypatch.setattr(redis_pubsub, "_BETWEEN_SIGNS", 0.1)
    async with listening(redis.uri) as listener:
        redis.freeze()
        lost = await _came(lambda: not listener.pubsub.hears)
        redis.thaw()
        regained = await _came(lambda: listener.pubsub.hears)

    assert (lost, regained) == (True, True)


async def _came(holds: Callable[[], bool]) -> bool:
    """Whether it came to that; a lease runs out by the clock, which tells nobody."""
    return await asyncio.to_thread(_wait, holds)


def _wait(holds: Callable[[], bool]) -> bool:
    until = time.monotonic() + SECONDS
    pause = threading.Event()
    while not holds() and time.monotonic() < until:
        pause.wait(BETWEEN_LOOKS)
    return holds()
