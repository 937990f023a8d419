"""An app whose Redis comes and goes."""

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.support.local_app import LocalApp, User, local_app
from tests.support.redis_server import RunningRedis, running_redis
from tests.support.waiting import until

pytestmark = pytest.mark.anyio
SECONDS = 15.0
BETWEEN_LOOKS = 0.01


async def _until(holds: Callable[[], bool]) -> None:
    """A lease runs out by the clock, which tells nobody."""

    def wait() -> None:
        until, pause = time.monotonic() + SECONDS, threading.Event()
        while not holds() and time.monotonic() < until:
            pause.wait(BETWEEN_LOOKS)

    await asyncio.to_thread(wait)
    assert holds()


async def _look_ups(app: LocalApp, user: User) -> int:
    """How often the store is asked for a session in three requests."""
    app.storage.taken_calls()
    for _ in range(3):
        await app.ok("GET", "/classes/Game", user=user)
    return app.storage.taken_calls().count("get")


async def test_nothing_is_remembered_until_redis_is_heard(
    redis: RunningRedis, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    port = urlsplit(redis.uri).port
    redis.stop()
    async with local_app(redisUrl=redis.uri) as app:
        changes = app.app.parts.changes
        user = await app.sign_up()
        without = await _look_ups(app, user)
        with running_redis(tmp_path, port):
            await _until(lambda: changes.are_heard)
            await _look_ups(app, user)
            heard = await _look_ups(app, user)
        await _until(lambda: not changes.are_heard)
        gone = await _look_ups(app, user)

    assert (without, heard, gone) == (3, 0, 3)
    assert len([record for record in caplog.records if "trying on" in record.message]) == 2


async def test_a_write_is_answered_though_redis_is_frozen(
    redis: RunningRedis, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with local_app(redisUrl=redis.uri) as app:
        await _until(lambda: app.app.parts.changes.are_heard)
        user = await app.sign_up()
        redis.freeze()
        answer = await app.send("POST", "/logout", {}, user=user)
        refused = await app.send("GET", "/users/me", user=user)
        redis.thaw()

    assert answer.status_code == 200
    assert refused.json()["code"] == 209


async def test_a_server_is_ready_while_its_redis_is_heard(redis: RunningRedis) -> None:
    async with local_app(redisUrl=redis.uri) as app:
        app.app.parts.services.readiness._seconds = 60

        async def is_ready() -> bool:
            answer = await app.send("GET", "/health/ready")
            assert answer.status_code == (200 if answer.json()["status"] == "ok" else 503)
            assert answer.json()["checks"]["database"] == "ok"
            return bool(answer.json()["checks"]["redis"] == "ok")

        await until(is_ready)
        redis.stop()
        await until(lambda: _not(is_ready()))


async def _not(answer: Awaitable[bool]) -> bool:
    return not await answer
