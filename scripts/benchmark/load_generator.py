"""The load generator: a process that does as little as it can between two requests.

Reads one job, a JSON object, per line of standard input. For each it opens the connections and
writes `{"open": true}`; the next line starts the load, so that the caller can read the server's
clock in between. One result per line follows. Only the loopback address is ever connected to.
"""

import asyncio
import json
import sys
from collections.abc import Iterator
from itertools import cycle
from math import inf
from time import perf_counter
from typing import TypedDict, cast

import uvloop

LOOPBACK = "127.0.0.1"
GRACE_SECONDS = 30


class Stream(TypedDict):
    """Requests that are sent in turn over some connections, and what each answer must hold."""

    connections: int
    requests: list[str]
    status: int
    fragment: str
    times: int


class Job(Stream):
    """The stream goes on until `seconds` have passed or `max_requests` were sent.

    `beside` is another one that keeps the server busy meanwhile; its latencies are not told.
    """

    port: int
    seconds: float
    max_requests: int
    beside: Stream | None


class Result(TypedDict):
    requests: int
    seconds: float
    latencies: list[float]
    beside: int
    wrong: str | None


class Load:
    """One stream under way: what its connections share."""

    def __init__(self, stream: Stream, seconds: float, max_requests: float = inf) -> None:
        self.requests: Iterator[bytes] = cycle([text.encode() for text in stream["requests"]])
        self.status = f"HTTP/1.1 {stream['status']} ".encode()
        self.fragment = stream["fragment"].encode()
        self.times = stream["times"]
        self.left = max_requests
        self.seconds = seconds
        self.latencies: list[float] = []
        self.wrong: str | None = None
        self.end = 0.0

    def next_request(self) -> bytes | None:
        """The next request, None once the load is over."""
        if self.left <= 0 or self.wrong is not None or perf_counter() >= self.end:
            return None
        self.left -= 1
        return next(self.requests)

    def take(self, head: bytes, body: bytes, seconds: float) -> None:
        if head.startswith(self.status) and body.count(self.fragment) == self.times:
            self.latencies.append(seconds)
        else:
            self.fail((head + body)[:2000].decode("utf-8", "replace"))

    def fail(self, reason: str) -> None:
        self.wrong = self.wrong or reason


class Connection(asyncio.Protocol):
    """Sends a request, waits for its answer, and so on: the closed loop of one client."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._buffer = b""
        self._wanted = 0
        self._sent_at = 0.0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's own class, which no class of asyncio's is an ancestor of.
        self._transport = cast("asyncio.Transport", transport)

    def send_next(self) -> None:
        request = self._load.next_request()
        if request is None:
            self._finish()
            return
        self._sent_at = perf_counter()
        self._transport.write(request)

    def data_received(self, data: bytes) -> None:
        self._buffer = self._buffer + data if self._buffer else data
        if len(self._buffer) < self._wanted:
            return
        head_end = self._buffer.find(b"\r\n\r\n")
        if head_end < 0:
            return
        head = self._buffer[:head_end]
        length = content_length(head)
        if length is None:
            self._load.fail(f"an answer without Content-Length: {head!r}")
            self._finish()
            return
        self._wanted = head_end + 4 + length
        if len(self._buffer) < self._wanted:
            return
        body = self._buffer[head_end + 4 :]
        self._buffer, self._wanted = b"", 0
        self._load.take(head, body, perf_counter() - self._sent_at)
        self.send_next()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self._load.fail(f"the connection was closed: {exc}")
            self.finished.set_result(None)

    def _finish(self) -> None:
        if not self.finished.done():
            self.finished.set_result(None)
        self._transport.close()


def content_length(head: bytes) -> int | None:
    """The length of the body that follows `head`, None where it is not told."""
    _, found, rest = head.lower().partition(b"\r\ncontent-length:")
    return int(rest.partition(b"\r\n")[0]) if found else None


class Running:
    """A stream with its open connections."""

    def __init__(self, load: Load, connections: list[Connection]) -> None:
        self.load = load
        self._connections = connections

    @classmethod
    async def opened(cls, load: Load, port: int, connections: int) -> "Running":
        loop = asyncio.get_running_loop()
        opened = [
            await loop.create_connection(lambda: Connection(load), LOOPBACK, port)
            for _ in range(connections)
        ]
        return cls(load, [connection for _, connection in opened])

    def start(self) -> None:
        self.load.end = perf_counter() + self.load.seconds
        for connection in self._connections:
            connection.send_next()

    async def finish(self) -> None:
        """Wait for the last answers."""
        async with asyncio.timeout(self.load.seconds + GRACE_SECONDS):
            await asyncio.gather(*(connection.finished for connection in self._connections))


async def opened(job: Job) -> tuple[Running, Running | None]:
    """The stream to measure and the one beside it, ready to start."""
    load = Load(job, job["seconds"], job["max_requests"])
    measured = await Running.opened(load, job["port"], job["connections"])
    beside = job["beside"]
    if beside is None:
        return measured, None
    other = Load(beside, job["seconds"])
    return measured, await Running.opened(other, job["port"], beside["connections"])


async def run(measured: Running, beside: Running | None) -> Result:
    """Load the server; the answers beside are counted as long as the measured ones come."""
    if beside is not None:
        beside.start()
    started = perf_counter()
    measured.start()
    await measured.finish()
    seconds = perf_counter() - started
    answered, wrong = 0, measured.load.wrong
    if beside is not None:
        answered = len(beside.load.latencies)
        beside.load.left = 0
        await beside.finish()
        wrong = wrong or beside.load.wrong
    return {
        "requests": len(measured.load.latencies),
        "seconds": seconds,
        "latencies": measured.load.latencies,
        "beside": answered,
        "wrong": wrong,
    }


async def serve_jobs() -> None:
    # Reading may block the loop: no job is under way, and no thread wakes up during one.
    while line := sys.stdin.readline():
        job: Job = json.loads(line)
        measured, beside = await opened(job)
        _write({"open": True})
        sys.stdin.readline()
        _write(await run(measured, beside))


def _write(message: object) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    uvloop.run(serve_jobs())
