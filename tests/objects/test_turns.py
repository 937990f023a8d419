"""Turns: one after another for each key, others do not wait, nothing is kept."""

import asyncio

import pytest

from parsepy.objects.turns import Turns

pytestmark = pytest.mark.anyio


async def test_turns_of_one_key_come_one_after_another_in_order() -> None:
    turns = Turns()
    events: list[tuple[str, int]] = []

    async def take(number: int) -> None:
        async with turns.of("a"):
            events.append(("begin", number))
            for _ in range(5 - number):
                await asyncio.sleep(0)
            events.append(("end", number))

    await asyncio.gather(*map(take, range(5)))

    assert events == [(event, number) for number in range(5) for event in ("begin", "end")]
    assert turns.is_idle


async def test_other_keys_do_not_wait() -> None:
    turns = Turns()
    async with asyncio.timeout(5), turns.of("a"), turns.of("b"), turns.of(("a", "b")):
        assert not turns.is_idle
    assert turns.is_idle


async def test_one_that_fails_or_is_given_up_lets_the_next_have_its_turn() -> None:
    turns = Turns()
    taken: list[str] = []

    async def take(name: str) -> None:
        async with turns.of("a"):
            taken.append(name)
            if name == "failing":
                raise RuntimeError

    async with turns.of("a"):
        tasks = [asyncio.create_task(take(name)) for name in ("given up", "failing", "last")]
        await asyncio.sleep(0)
        tasks[0].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(each) for each in outcomes] == [
        asyncio.CancelledError,
        RuntimeError,
        type(None),
    ]
    assert taken == ["failing", "last"]
    assert turns.is_idle
