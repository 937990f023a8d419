"""The clock: the machine's, unless what runs goes by another."""

import asyncio
import time
from contextvars import ContextVar

import pytest

from parsepy.protocol import clock, dates

pytestmark = pytest.mark.anyio

_OTHER: ContextVar[str] = ContextVar("other")


class Standing:
    def now_ms(self) -> int:
        return 1_000

    def monotonic(self) -> float:
        return 7.0


async def asked() -> tuple[str, float, float]:
    return dates.now(), clock.now_seconds(), clock.monotonic()


STANDING = ("1970-01-01T00:00:01.000Z", 1.0, 7.0)


async def test_without_another_it_is_the_machines() -> None:
    before, now, after = time.time(), clock.now_seconds(), time.time()
    assert before - 0.001 <= now <= after
    assert time.monotonic() - clock.monotonic() < 1


async def test_what_runs_inside_and_the_tasks_begun_there_go_by_the_other() -> None:
    with clock.using(Standing()):
        task = asyncio.create_task(asked())
        assert await asked() == STANDING

    assert await task == STANDING
    assert await asked() != STANDING


async def test_a_fresh_context_has_the_clock_and_nothing_else() -> None:
    _OTHER.set("the request's")
    with clock.using(Standing()):
        context = clock.fresh_context()

    assert await asyncio.create_task(asked(), context=context) == STANDING
    assert _OTHER not in context
    assert len(clock.fresh_context()) == 0
