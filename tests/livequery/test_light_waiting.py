"""Waiting without asyncio's own queues and events."""

import asyncio

import pytest

from parsepy.livequery.light_waiting import Gate, Inbox

pytestmark = pytest.mark.anyio


async def blocked(waiting: "asyncio.Task[object]") -> bool:
    """Whether the task does not end by itself."""
    for _ in range(3):
        await asyncio.sleep(0)
    return not waiting.done()


async def test_items_come_in_their_order_before_and_while_somebody_waits() -> None:
    inbox: Inbox[int] = Inbox()
    assert inbox.empty()
    inbox.put_nowait(1)
    inbox.put_nowait(2)
    assert not inbox.empty()
    assert [await inbox.get(), await inbox.get()] == [1, 2]

    waiting: asyncio.Task[object] = asyncio.create_task(inbox.get())
    assert await blocked(waiting)
    inbox.put_nowait(3)
    inbox.put_nowait(4)

    assert await waiting == 3
    assert await inbox.get() == 4
    assert inbox.empty()


async def test_who_gives_up_waiting_loses_no_item() -> None:
    inbox: Inbox[int] = Inbox()
    waiting: asyncio.Task[object] = asyncio.create_task(inbox.get())
    assert await blocked(waiting)

    inbox.put_nowait(1)
    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)

    assert await inbox.get() == 1


async def test_gate_holds_all_who_wait_until_it_opens() -> None:
    gate = Gate()
    await gate.wait()
    gate.clear()
    gate.clear()
    waiting: list[asyncio.Task[object]] = [asyncio.create_task(gate.wait()) for _ in range(3)]
    assert [await blocked(each) for each in waiting] == [True] * 3

    waiting[0].cancel()
    assert await blocked(waiting[1])
    gate.set()
    gate.set()

    assert await asyncio.gather(*waiting[1:]) == [None, None]
    await gate.wait()


async def test_gate_that_closes_again_at_once_holds() -> None:
    gate = Gate()
    gate.clear()
    waiting: asyncio.Task[object] = asyncio.create_task(gate.wait())
    assert await blocked(waiting)

    gate.set()
    gate.clear()

    assert await blocked(waiting)
    gate.set()
    await waiting
