"""Whoever tells a change knows that all have taken it in."""

import asyncio
import time
from collections.abc import Sequence

import pytest

from parsepy.pubsub.confirmed import Confirmed
from parsepy.pubsub.in_process import InProcessPubSub

pytestmark = pytest.mark.anyio


class Bus(InProcessPubSub):
    """One bus for several processes: tells how many there are, delivers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.open = asyncio.Event()
        self.open.set()
        self.broken = False

    async def publish(self, channel: str, message: bytes) -> int:
        if self.broken:
            raise ConnectionError
        receivers = self._subscribers.get(channel, [])
        self._later = asyncio.create_task(self._deliver(channel, message))
        return len(receivers)

    async def _deliver(self, channel: str, message: bytes) -> None:
        await self.open.wait()
        await super().publish(channel, message)


class Process:
    def __init__(self, bus: Bus, patience: float = 30) -> None:
        self.taken: list[list[int]] = []
        self.confirmed = Confirmed(
            bus, "app", take_in=self._take_in, void=lambda: None, patience=patience
        )

    def _take_in(self, slots: Sequence[int]) -> None:
        self.taken.append(list(slots))


async def test_telling_ends_when_all_have_taken_it_in() -> None:
    bus = Bus()
    writer, *others = (Process(bus) for _ in range(3))
    bus.open.clear()
    telling = asyncio.create_task(writer.confirmed.tell((1, 2)))
    await asyncio.sleep(0)
    assert not telling.done()

    bus.open.set()
    await telling

    assert [process.taken for process in others] == [[[1, 2]], [[1, 2]]]
    assert writer.taken == []


async def test_several_changes_at_once_are_confirmed_each() -> None:
    bus = Bus()
    ann, bob = Process(bus), Process(bus)

    await asyncio.gather(*(who.confirmed.tell((n,)) for who in (ann, bob) for n in range(20)))

    assert sorted(ann.taken) == sorted(bob.taken) == [[n] for n in range(20)]


async def test_one_that_does_not_confirm_is_not_waited_for_without_end() -> None:
    bus = Bus()
    writer, other = Process(bus, patience=0.05), Process(bus)
    bus.open.clear()

    await writer.confirmed.tell((1,))

    assert other.taken == []


@pytest.mark.parametrize("hears", [True, False])
async def test_without_a_connection_one_waits_only_while_others_believe_in_it(hears: bool) -> None:
    bus = Bus()
    bus.hears = hears
    writer = Process(bus, patience=0.2)
    bus.broken = True
    began = time.monotonic()

    await writer.confirmed.tell((1,))

    assert (time.monotonic() - began >= 0.2) is hears
