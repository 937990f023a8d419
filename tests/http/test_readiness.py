"""`/health/ready`: the stores are asked, for a bounded time, and not for every probe."""

import asyncio
import logging

import pytest

from parsepy.http.readiness import REMEMBERED, Readiness

pytestmark = pytest.mark.anyio


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Store:
    """`found` is what a look at it ends with; while `is_held` it hangs."""

    def __init__(self) -> None:
        self.looks = 0
        self.error: Exception | None = None
        self.go_on = asyncio.Event()
        self.go_on.set()
        self.reached = asyncio.Event()

    async def look(self) -> None:
        self.looks += 1
        self.reached.set()
        await self.go_on.wait()
        if self.error is not None:
            raise self.error


async def test_all_that_can_be_reached_is_ok() -> None:
    answer = await Readiness({"database": Store().look, "files": Store().look}).answer()

    assert (answer.status, answer.value) == (
        200,
        {"status": "ok", "checks": {"database": "ok", "files": "ok"}},
    )


async def test_what_fails_is_named_without_its_reason(caplog: pytest.LogCaptureFixture) -> None:
    clock, store = Clock(), Store()
    readiness = Readiness({"database": Store().look, "files": store.look}, clock=clock)
    store.error = OSError("secret-host refused")

    with caplog.at_level(logging.WARNING, "parsepy"):
        for _ in range(3):
            clock.now += REMEMBERED
            answer = await readiness.answer()
        store.error = None
        clock.now += REMEMBERED
        healed = await readiness.answer()

    assert (answer.status, answer.value) == (
        503,
        {"status": "error", "checks": {"database": "ok", "files": "error"}},
    )
    assert healed.status == 200
    told = [record.getMessage() for record in caplog.records]
    assert told == ["files cannot be reached: secret-host refused", "files can be reached again"]


async def test_what_hangs_is_out_of_reach() -> None:
    store = Store()
    store.go_on.clear()

    answer = await Readiness({"database": store.look}, seconds=0.01).answer()

    assert answer.value == {"status": "error", "checks": {"database": "error"}}


async def test_many_probes_are_one_look() -> None:
    clock, store = Clock(), Store()
    readiness = Readiness({"database": store.look}, seconds=60, clock=clock)
    store.go_on.clear()
    probes = [asyncio.create_task(readiness.answer()) for _ in range(20)]
    await store.reached.wait()
    probes[0].cancel()
    store.go_on.set()

    first, *others = await asyncio.gather(*probes, return_exceptions=True)
    await readiness.answer()

    assert isinstance(first, asyncio.CancelledError)
    assert [getattr(answer, "status", answer) for answer in others] == [200] * 19
    assert store.looks == 1

    clock.now += REMEMBERED
    await readiness.answer()
    assert store.looks == 2


async def test_the_end_does_not_wait_for_a_store_that_hangs() -> None:
    store = Store()
    store.go_on.clear()
    readiness = Readiness({"database": store.look}, seconds=3600)
    probe = asyncio.create_task(readiness.answer())
    await store.reached.wait()

    await readiness.close()

    with pytest.raises(asyncio.CancelledError):
        await probe
