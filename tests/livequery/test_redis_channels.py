"""Changes between servers, through a real Redis."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from parsepy.livequery import redis_channels
from parsepy.livequery.publications import Publication, encode
from parsepy.livequery.redis_channels import RedisChannels
from parsepy.pubsub.base import Receive
from parsepy.pubsub.in_process import InProcessPubSub
from parsepy.pubsub.redis import RedisPubSub
from parsepy.types import JSONObject
from tests.support.redis_server import RunningRedis, running_redis

pytestmark = pytest.mark.anyio

SECONDS = 15.0
PERMISSIONS: JSONObject = {"find": {"*": True}}


class Server:
    """One of an app's servers: what it has received, and what came on its channels as text."""

    def __init__(self, pubsub: RedisPubSub, app_id: str = "app") -> None:
        self.received: list[Publication] = []
        self.texts: list[tuple[str, bytes]] = []
        self.role_changes = 0
        self.permissions: JSONObject | Exception = PERMISSIONS
        self.joined = asyncio.Event()
        self._changed = asyncio.Event()
        self.pubsub = pubsub
        self.channels = RedisChannels(
            pubsub,
            app_id,
            receive=self._receive,
            permissions_of=self._permissions_of,
            roles_changed=self._roles_changed,
        )
        for channel in ("appafterSave", "appafterDelete", "appclearCache"):
            pubsub.subscribe(channel, self._spy_on(channel))
        pubsub.when_joined(self.joined.set)

    @property
    def numbers(self) -> list[object]:
        return [each.current["n"] for each in self.received]

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(SECONDS):
            while not holds():
                self._changed.clear()
                await self._changed.wait()

    async def _receive(self, publication: Publication) -> None:
        self.received.append(publication)
        self._changed.set()

    async def _permissions_of(self, class_name: str) -> JSONObject | None:
        if isinstance(self.permissions, Exception):
            raise self.permissions
        return self.permissions

    async def _roles_changed(self) -> None:
        self.role_changes += 1
        self._changed.set()

    def _spy_on(self, channel: str) -> Receive:
        async def spy(message: bytes) -> None:
            self.texts.append((channel, message))
            self._changed.set()

        return spy


@asynccontextmanager
async def serving(redis: RunningRedis, pubsub: RedisPubSub | None = None) -> AsyncIterator[Server]:
    server = Server(pubsub or RedisPubSub(redis.uri))
    await server.pubsub.start()
    server.channels.start()
    try:
        async with asyncio.timeout(SECONDS):
            await server.joined.wait()
        yield server
    finally:
        await server.channels.close()
        await server.pubsub.close()


def game(n: int, **fields: str) -> Publication:
    return Publication("Game", {"objectId": "g1", "n": n, **fields}, {"objectId": "g1", "n": n - 1})


GONE = Publication("Game", {"objectId": "g1", "n": 0}, None, deleted=True)


async def test_a_change_is_taken_in_here_once_and_elsewhere_once(redis: RunningRedis) -> None:
    async with serving(redis) as ann, serving(redis) as bob:
        await ann.channels.deliver(game(1))
        await ann.channels.deliver(GONE)
        assert ann.received == [game(1), GONE]

        await bob.until(lambda: len(bob.received) == 2)
        await bob.channels.deliver(game(2))
        await ann.until(lambda: len(ann.received) == 3)
        # What a server sends comes back to it before what others send after that.
        await ann.until(lambda: len(ann.texts) == 3)

    assert ann.received == bob.received == [game(1), GONE, game(2)]


async def test_it_goes_out_as_parse_servers_message(redis: RunningRedis) -> None:
    async with serving(redis) as ann:
        await ann.channels.deliver(game(1))
        await ann.channels.deliver(GONE)
        await ann.channels.tell_roles_changed(["u1"])
        await ann.until(lambda: len(ann.texts) == 3)

    told = []
    for channel, text in ann.texts:
        message = json.loads(text)
        del message["parsepy"]
        told.append((channel, message))
    assert told == [
        ("appafterSave", json.loads(encode(game(1), PERMISSIONS))),
        ("appafterDelete", json.loads(encode(GONE, PERMISSIONS))),
        ("appclearCache", {"userId": "u1"}),
    ]
    assert ann.role_changes == 0


async def test_a_change_is_with_redis_before_its_write_is_answered(redis: RunningRedis) -> None:
    """Else it would be lost where the server ends right after."""
    async with serving(redis) as bob:
        ann = Server(RedisPubSub(redis.uri))
        await ann.pubsub.start()
        ann.channels.start()
        async with asyncio.timeout(SECONDS):
            await ann.joined.wait()
        await ann.channels.deliver(game(1))
        # Killed: it says nothing more.
        assert ann.channels._task is not None
        ann.channels._task.cancel()
        await ann.pubsub.close()

        await bob.until(lambda: bob.numbers == [1])


async def test_a_frozen_redis_holds_up_one_write_for_a_moment(redis: RunningRedis) -> None:
    async with serving(redis) as ann:
        redis.freeze()
        async with asyncio.timeout(redis_channels.WRITERS_PATIENCE + 1.0):
            for n in range(50):
                await ann.channels.deliver(game(n))
        redis.thaw()


async def test_changes_arrive_in_the_order_of_their_writes(redis: RunningRedis) -> None:
    async with serving(redis) as ann, serving(redis) as bob:
        for n in range(300):
            await ann.channels.deliver(game(n, text="x" * (n % 7) * 1000))
        await bob.until(lambda: len(bob.received) == 300)

    assert ann.numbers == bob.numbers == list(range(300))


async def test_other_apps_hear_nothing(redis: RunningRedis) -> None:
    other = Server(RedisPubSub(redis.uri), app_id="other")
    await other.pubsub.start()
    other.channels.start()
    async with serving(redis) as ann:
        async with asyncio.timeout(SECONDS):
            await other.joined.wait()
        await ann.channels.deliver(game(1))
        await other.until(lambda: len(other.texts) == 1)
    await other.channels.close()
    await other.pubsub.close()

    assert other.received == []


async def test_a_message_of_parse_server_is_taken_in(redis: RunningRedis) -> None:
    async with serving(redis) as ann:
        await ann.pubsub.publish("appafterSave", encode(game(1), None))
        await ann.pubsub.publish("appafterDelete", encode(GONE, None))
        await ann.pubsub.publish("appclearCache", b'{"userId":"u1"}')
        await ann.until(lambda: len(ann.received) == 2 and ann.role_changes == 1)

    assert ann.received == [game(1), GONE]


@pytest.mark.parametrize(
    "text",
    [b"", b"text", b"[]", b"{}", b'{"currentParseObject":1}', b"\xff", b"[" * 10_000],
    ids=range(7),
)
async def test_nonsense_on_a_channel_keeps_nothing_from_coming(
    redis: RunningRedis, text: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    async with serving(redis) as ann:
        for channel in ("appafterSave", "appafterDelete", "appclearCache"):
            await ann.pubsub.publish(channel, text)
        await ann.pubsub.publish("appafterSave", encode(game(1), None))
        await ann.until(lambda: bool(ann.received))

    assert ann.received == [game(1)]
    assert [each for each in caplog.records if each.levelno > logging.WARNING] == []


async def test_nobody_waits_for_a_redis_that_is_away_and_it_is_told_afterwards(
    redis: RunningRedis, tmp_path: Path
) -> None:
    port = urlsplit(redis.uri).port
    async with serving(redis) as ann, serving(redis) as bob:
        redis.stop()
        bob.joined.clear()
        async with asyncio.timeout(1.0):
            for n in range(100):
                await ann.channels.deliver(game(n))
        assert len(ann.received) == 100

        with running_redis(tmp_path, port):
            async with asyncio.timeout(SECONDS):
                await bob.joined.wait()
            await ann.channels.deliver(game(100))
            await bob.until(lambda: bool(bob.received) and bob.numbers[-1] == 100)

    # Those that came before it had subscribed again are lost, as everything in Redis is.
    assert bob.numbers == list(range(101))[-len(bob.numbers) :]
    assert ann.numbers == list(range(101))


class Unsure(RedisPubSub):
    """Its first answers are lost: what it has published it takes for lost too."""

    lost = 3

    async def publish(self, channel: str, message: bytes) -> int:
        count = await super().publish(channel, message)
        if self.lost > 0:
            self.lost -= 1
            raise ConnectionError("the answer is lost")
        return count


async def test_what_is_sent_again_is_taken_in_once(redis: RunningRedis) -> None:
    async with serving(redis, Unsure(redis.uri)) as ann, serving(redis) as bob:
        await ann.channels.deliver(game(1))
        await ann.channels.deliver(game(2))
        await bob.until(lambda: len(bob.received) == 2)
        await bob.until(lambda: len(bob.texts) == 5)

    assert bob.numbers == [1, 2]


async def test_the_end_tells_what_waits(redis: RunningRedis) -> None:
    async with serving(redis) as bob:
        async with serving(redis) as ann:
            for n in range(50):
                await ann.channels.deliver(game(n))
        await bob.until(lambda: len(bob.received) == 50)

    assert bob.numbers == list(range(50))


async def test_the_end_does_not_wait_for_a_redis_that_is_away(
    redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(redis_channels, "PATIENCE", 0.1)
    server = Server(RedisPubSub(redis.uri))
    server.channels.start()
    redis.stop()
    await server.channels.deliver(game(1))

    async with asyncio.timeout(SECONDS):
        await server.channels.close()

    await server.pubsub.close()


async def test_while_redis_is_away_not_everything_is_kept(
    redis: RunningRedis, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(redis_channels, "MOST_WAITING", 3)
    monkeypatch.setattr(redis_channels, "PATIENCE", 0.01)
    redis.stop()
    server = Server(RedisPubSub(redis.uri))
    server.channels.start()

    for n in range(20):
        await server.channels.deliver(game(n))

    assert server.numbers == list(range(20))
    assert [each.message for each in caplog.records] == [
        "changes are not told to other servers: Redis takes none"
    ]
    await server.channels.close()
    await server.pubsub.close()


async def test_without_the_permissions_of_its_class_a_change_is_not_told(
    redis: RunningRedis,
) -> None:
    async with serving(redis) as ann, serving(redis) as bob:
        ann.permissions = ConnectionError("no database")
        await ann.channels.deliver(game(1))
        await asyncio.wait_for(ann.channels._waiting.join(), SECONDS)
        ann.permissions = PERMISSIONS
        await ann.channels.deliver(game(2))
        await bob.until(lambda: bool(bob.received))

    assert bob.numbers == [2]
    assert ann.numbers == [1, 2]


async def test_what_cannot_be_taken_in_keeps_nothing_from_coming(
    caplog: pytest.LogCaptureFixture,
) -> None:
    pubsub = InProcessPubSub()
    received: list[Publication] = []

    async def receive(publication: Publication) -> None:
        if publication == game(1):
            raise RuntimeError("no")
        received.append(publication)

    async def nothing(*_: object) -> None:
        return None

    RedisChannels(pubsub, "app", receive=receive, permissions_of=nothing, roles_changed=nothing)
    await pubsub.publish("appafterSave", encode(game(1), None))
    await pubsub.publish("appafterSave", encode(game(2), None))

    assert received == [game(2)]
    assert len(caplog.records) == 1
