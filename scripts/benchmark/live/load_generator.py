"""The process of the subscribers and of those who write: as light as it can be.

Reads one command, a JSON object, per line of standard input, and answers each with one line:
`open` connects and subscribes, `load` makes events, `close` ends the connections. Only the loopback
address is ever connected to.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import cycle
from time import perf_counter
from typing import Any, Literal, TypedDict

import uvloop

from scripts.benchmark.live.descriptors import allow_many
from scripts.benchmark.live.frames import Handshake
from scripts.benchmark.live.ledger import Ledger
from scripts.benchmark.live.subscriber import Subscriber, Subscribing
from scripts.benchmark.live.writer import Writer
from scripts.benchmark.load_generator import LOOPBACK
from scripts.benchmark.quantiles import quantile

AT_ONCE = 32
"""Connections that are being opened at the same time."""
OPEN_SECONDS = 120
GRACE_SECONDS = 60
"""How long the last subscriber may be told after the first one."""


class Opening(TypedDict):
    do: Literal["open"]
    port: int
    path: str
    app_id: str
    class_name: str
    subscribers: list[Subscribing]


class Load(TypedDict):
    """`events` are what is written: a request's head without its length, and the text of an object
    with `ROOM` and `STAMP` in place of numbers. `in_flight` are under way at a time."""

    do: Literal["load"]
    head: str
    body: str
    in_flight: int
    seconds: float
    max_events: int


class Closing(TypedDict):
    do: Literal["close"]


class Loaded(TypedDict):
    """`p50` and `p99` are in microseconds, from the write to the frame."""

    events: int
    deliveries: int
    seconds: float
    p50: float
    p99: float


ROOM, STAMP = "@room", "@stamp"
Command = Opening | Load | Closing


class Audience:
    """The open connections to one server."""

    def __init__(self, port: int, subscribers: list[Subscriber]) -> None:
        self.port = port
        self.subscribers = subscribers
        self.ledger: Ledger | None = None
        """Of the last load: something may have come after its end."""
        self.rooms = Counter(each.room for each in subscribers if each.room is not None)

    @classmethod
    async def opened(cls, opening: Opening) -> "Audience":
        """Raises `ConnectionError` or `TimeoutError`."""
        waiting, subscribers = asyncio.Semaphore(AT_ONCE), list[Subscriber]()
        async with asyncio.timeout(OPEN_SECONDS):
            await asyncio.gather(
                *(_open(opening, asked, waiting, subscribers) for asked in opening["subscribers"])
            )
        return cls(opening["port"], subscribers)

    def listen(self, ledger: Ledger) -> None:
        self.check()
        self.ledger = ledger
        for subscriber in self.subscribers:
            subscriber.report_to(ledger.heard, ledger.fail)

    def check(self) -> None:
        """Raises `ConnectionError` with what was wrong."""
        if self.ledger is not None and self.ledger.wrong is not None:
            raise ConnectionError(self.ledger.wrong)

    def close(self) -> None:
        for subscriber in self.subscribers:
            subscriber.close()
        self.check()


async def _open(
    opening: Opening,
    asked: Subscribing,
    waiting: asyncio.Semaphore,
    opened: list[Subscriber],
) -> None:
    port = opening["port"]

    def subscriber() -> Subscriber:
        handshake = Handshake(f"{LOOPBACK}:{port}", opening["path"])
        return Subscriber(asked, opening["app_id"], opening["class_name"], handshake)

    async with waiting:
        _, made = await asyncio.get_running_loop().create_connection(subscriber, LOOPBACK, port)
        opened.append(made)
        await made.ready


class Writing:
    """What the writers of one load share."""

    def __init__(self, load: Load, rooms: Sequence[int]) -> None:
        self.head = load["head"].encode()
        self.before, self.between, self.after = _cut(load["body"])
        self.rooms = cycle(rooms)
        self.left = load["max_events"]
        self.end = perf_counter() + load["seconds"]

    def next_room(self) -> int | None:
        if self.left <= 0 or perf_counter() >= self.end:
            return None
        self.left -= 1
        return next(self.rooms)

    def request(self, room: int, stamp: int) -> bytes:
        body = b"%s%d%s%d%s" % (self.before, room, self.between, stamp, self.after)
        return b"%sContent-Length: %d\r\n\r\n%s" % (self.head, len(body), body)


async def load(audience: Audience, asked: Load) -> Loaded:
    """Raises `ConnectionError` with what was wrong."""
    loop = asyncio.get_running_loop()
    broken: asyncio.Future[None] = loop.create_future()
    ledger = Ledger(audience.rooms, lambda: broken.set_result(None))
    audience.listen(ledger)
    writing = Writing(asked, list(audience.rooms))
    writers = [
        await loop.create_connection(
            lambda: Writer(ledger, writing.request, writing.next_room), LOOPBACK, audience.port
        )
        for _ in range(asked["in_flight"])
    ]
    started = perf_counter()
    for _, writer in writers:
        writer.write_next()
    finished = asyncio.gather(*(writer.finished for _, writer in writers))
    ends: list[asyncio.Future[Any]] = [finished, broken]
    await asyncio.wait(
        ends,
        timeout=asked["seconds"] + GRACE_SECONDS,
        return_when=asyncio.FIRST_COMPLETED,
    )
    seconds = perf_counter() - started
    ledger.miss(GRACE_SECONDS)
    audience.check()
    return _summed(ledger, seconds)


def _summed(ledger: Ledger, seconds: float) -> Loaded:
    latencies = sorted(ledger.latencies)
    return {
        "events": ledger.events,
        "deliveries": len(latencies),
        "seconds": seconds,
        "p50": quantile(latencies, 0.5),
        "p99": quantile(latencies, 0.99),
    }


def _cut(body: str) -> tuple[bytes, bytes, bytes]:
    before, _, rest = body.partition(ROOM)
    between, _, after = rest.partition(STAMP)
    return before.encode(), between.encode(), after.encode()


async def obey() -> None:
    audience: Audience | None = None
    # In a thread: pings are to be answered meanwhile. During a load it waits for nothing.
    while line := await asyncio.to_thread(sys.stdin.readline):
        command: Command = json.loads(line)
        try:
            if command["do"] == "open":
                audience = await Audience.opened(command)
                _write({"subscribers": len(audience.subscribers)})
            elif audience is None:
                raise ConnectionError("nobody is connected")
            elif command["do"] == "load":
                _write(await load(audience, command))
            else:
                audience.close()
                audience = None
                _write({})
        except (OSError, TimeoutError) as problem:
            _write({"wrong": str(problem) or f"not done within {OPEN_SECONDS} s"})


def _write(message: object) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    allow_many()
    uvloop.run(obey())
