"""What requests set off without waiting for it."""

import asyncio
import contextvars
import logging

import pytest
from anyio.lowlevel import checkpoint

from parsepy.users.background import MOST, Background

pytestmark = pytest.mark.anyio

REQUEST: contextvars.ContextVar[str] = contextvars.ContextVar("REQUEST", default="none")


async def test_settled_waits_for_everything_even_what_it_starts() -> None:
    background, done = Background(), []

    async def second() -> None:
        await checkpoint()
        done.append("second")

    async def first() -> None:
        background.start(second())
        done.append("first")

    background.start(first())
    assert done == []
    await background.settled()

    assert done == ["first", "second"]


async def test_it_is_outside_of_the_request_that_starts_it() -> None:
    background, seen = Background(), []

    async def look() -> None:
        seen.append(REQUEST.get())

    REQUEST.set("one")
    background.start(look())
    await background.settled()

    assert seen == ["none"]


async def test_what_fails_is_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    background = Background()

    async def fail() -> None:
        raise RuntimeError("why")

    background.start(fail())
    await background.settled()

    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "why" in caplog.text


async def test_there_is_room_for_a_bounded_number() -> None:
    background, gate = Background(), asyncio.Event()

    async def wait() -> None:
        await gate.wait()

    for _ in range(MOST - 1):
        background.start(wait())
    await background.room()
    background.start(wait())
    waiting = asyncio.create_task(background.room())
    for _ in range(3):
        await checkpoint()
    assert not waiting.done()

    gate.set()
    await waiting
    await background.settled()
