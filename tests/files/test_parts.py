"""Cutting streams anew, and steps in threads."""

import asyncio
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.files.parts import in_parts_of, in_thread
from tests.files.samples import parts

pytestmark = pytest.mark.anyio


@given(content=st.binary(max_size=200), arriving=st.integers(1, 50), size=st.integers(1, 50))
def test_parts_have_the_size_and_hold_everything(content: bytes, arriving: int, size: int) -> None:
    async def cut() -> list[bytes]:
        return [part async for part in in_parts_of(size, parts(content, arriving))]

    made = asyncio.run(cut())

    assert b"".join(made) == content
    assert all(len(part) == size for part in made[:-1])
    assert all(made)


async def test_a_cancelled_step_is_over_when_the_thread_is() -> None:
    begun, may_end, ended = asyncio.Event(), threading.Event(), threading.Event()
    loop = asyncio.get_running_loop()

    def step() -> None:
        loop.call_soon_threadsafe(begun.set)
        may_end.wait()
        ended.set()

    running = asyncio.create_task(in_thread(step))
    await begun.wait()
    running.cancel()
    loop.call_later(0.01, may_end.set)

    with pytest.raises(asyncio.CancelledError):
        await running
    assert ended.is_set()
