"""The measurements: each server with a process that has seen no other load."""

import os
import time
from collections.abc import Callable
from hashlib import sha256

from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.files.plan import Plan
from scripts.benchmark.files.results import Window
from scripts.benchmark.files.scenarios import MEGABYTE, Scenario, base64_upload, raw_upload
from scripts.benchmark.files.transfer import Connection, at_once
from scripts.benchmark.servers import Candidate, RunningServer
from scripts.benchmark.usage import begin_peak, cpu_seconds, peak

NAME = "bench.bin"


def measure(
    scenario: Scenario, candidate: Candidate, plan: Plan, mongod_pid: int | None
) -> list[Window]:
    """Raises `WrongAnswerError` with the names of both."""
    watched = mongod_pid if candidate.on_mongodb else None
    content = os.urandom(scenario.size)
    with candidate.running() as server:
        try:
            _check(server, content)
            ask = _asking(scenario, server, content)
            times = max(plan.megabytes * MEGABYTE // scenario.size, plan.connections)
            times = min(times, max(plan.requests, plan.connections))
            at_once(server.port, plan.connections, max(times // 4, plan.connections), ask)
            return [
                _window(scenario, server, plan, times, ask, watched) for _ in range(plan.rounds)
            ]
        except WrongAnswerError as wrong:
            raise WrongAnswerError(f"{candidate.title}, {scenario.title}: {wrong}") from None


def _check(server: RunningServer, content: bytes) -> None:
    """What was sent comes back, by both ways in."""
    with Connection(server.port) as connection:
        for form in (raw_upload, base64_upload):
            name = connection.upload(NAME, *form(content[:MEGABYTE]))
            taken = connection.download(name, whole=True)
            if taken != (min(len(content), MEGABYTE), sha256(content[:MEGABYTE]).digest()):
                raise WrongAnswerError(f"{taken[0]} other bytes came back")


def _asking(
    scenario: Scenario, server: RunningServer, content: bytes
) -> Callable[[Connection], object]:
    if scenario.form == "download":
        with Connection(server.port) as connection:
            name = connection.upload(NAME, *raw_upload(content))
        return lambda connection: _downloaded(connection, name, len(content))
    headers, body = (raw_upload if scenario.form == "raw" else base64_upload)(content)
    return lambda connection: connection.upload(NAME, headers, body)


def _downloaded(connection: Connection, name: str, length: int) -> None:
    taken, _ = connection.download(name)
    if taken != length:
        raise WrongAnswerError(f"{taken} bytes of {length} came back")


def _window(
    scenario: Scenario,
    server: RunningServer,
    plan: Plan,
    times: int,
    ask: Callable[[Connection], object],
    mongod_pid: int | None,
) -> Window:
    pids = [server.process.pid, *([] if mongod_pid is None else [mongod_pid])]
    begin_peak(server.process.pid)
    before, started = [cpu_seconds(pid) for pid in pids], time.perf_counter()
    requests = at_once(server.port, plan.connections, times, ask)
    seconds = time.perf_counter() - started
    spent = [cpu_seconds(pid) - was for pid, was in zip(pids, before, strict=True)]
    return Window(
        requests=requests,
        megabytes=requests * scenario.size / MEGABYTE,
        seconds=seconds,
        server_cpu=spent[0],
        mongod_cpu=None if mongod_pid is None else spent[1],
        peak=peak(server.process.pid),
    )
