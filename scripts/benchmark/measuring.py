"""The measurements: starts first, then every scenario in alternating rounds."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.load import LoadGenerator
from scripts.benchmark.load_generator import Job, Stream
from scripts.benchmark.plan import Plan
from scripts.benchmark.quantiles import quantile
from scripts.benchmark.scenarios import Beside, Expected, Requests, Scenario
from scripts.benchmark.seed import Seed
from scripts.benchmark.servers import Candidate, RunningServer
from scripts.benchmark.usage import Memory, cpu_seconds, memory
from tests.support.reference import MOUNT_PATH


@dataclass(frozen=True, slots=True)
class Start:
    """One start: seconds until the first good health check, and memory before any other request."""

    seconds: float
    memory: Memory


@dataclass(frozen=True, slots=True)
class Window:
    """One round of one scenario on one server. CPU in milliseconds per 1,000 requests."""

    requests: int
    per_second: float
    p50_ms: float
    p99_ms: float
    server_cpu: float
    mongod_cpu: float | None
    beside_per_second: float | None = None
    """Answers of what ran beside; CPU holds for both together then."""


@dataclass(frozen=True, slots=True)
class Target:
    """A running server with its data."""

    candidate: Candidate
    server: RunningServer
    seed: Seed


def measure_start(candidate: Candidate, plan: Plan) -> Start:
    with candidate.running() as server:
        time.sleep(plan.idle_seconds)
        return Start(server.ready_after, memory(server.process.pid))


def check(target: Target, scenario: Scenario) -> None:
    """Raises WrongAnswerError with the server's name unless its answers are right."""
    try:
        scenario.check(target.server.client, target.seed)
    except WrongAnswerError as wrong:
        raise WrongAnswerError(f"{target.candidate.title}, {scenario.title}: {wrong}") from None


def plant(target: Target, scenario: Scenario) -> None:
    """Stores what the scenario needs, unless another one has stored it already."""
    scenario.plant(target.server.client, target.seed)


def measure(
    scenario: Scenario,
    targets: Sequence[Target],
    plan: Plan,
    generator: LoadGenerator,
    mongod_pid: int | None,
) -> dict[str, list[Window]]:
    """Windows by the name of the server. Who goes first changes with each round."""
    for target in targets:
        plant(target, scenario)
        check(target, scenario)
    for target in targets:
        _window(scenario, target, plan, plan.warm_up_seconds, generator, mongod_pid)
    seconds = plan.seconds if scenario.beside is None else plan.company_seconds
    windows: dict[str, list[Window]] = {target.candidate.name: [] for target in targets}
    for number in range(plan.rounds):
        first = number % len(targets)
        for target in (*targets[first:], *targets[:first]):
            window = _window(scenario, target, plan, seconds, generator, mongod_pid)
            windows[target.candidate.name].append(window)
    return windows


def _window(
    scenario: Scenario,
    target: Target,
    plan: Plan,
    seconds: float,
    generator: LoadGenerator,
    mongod_pid: int | None,
) -> Window:
    watched = mongod_pid if target.candidate.on_mongodb else None
    try:
        load = generator.run(
            _job(scenario, target, plan, seconds), _cpu_reader(target.server, watched)
        )
    except WrongAnswerError as wrong:
        raise WrongAnswerError(f"{target.candidate.title}, {scenario.title}: {wrong}") from None
    if not load.requests:
        raise WrongAnswerError(f"{target.candidate.title}, {scenario.title}: no answer in time")
    latencies = sorted(load.latencies)
    thousands = load.requests / 1000
    spent = [after - before for before, after in zip(load.before, load.after, strict=True)]
    return Window(
        requests=load.requests,
        per_second=load.requests / load.seconds,
        p50_ms=quantile(latencies, 0.5) * 1000,
        p99_ms=quantile(latencies, 0.99) * 1000,
        server_cpu=spent[0] * 1000 / thousands,
        mongod_cpu=None if watched is None else spent[1] * 1000 / thousands,
        beside_per_second=None if scenario.beside is None else load.beside / load.seconds,
    )


def _job(scenario: Scenario, target: Target, plan: Plan, seconds: float) -> Job:
    connections = scenario.connections or plan.connections
    measured = _stream(target, scenario.requests, scenario.expected, connections)
    return {
        **measured,
        "port": target.server.port,
        "seconds": seconds,
        "max_requests": plan.max_requests,
        "beside": _beside(target, scenario.beside),
    }


def _beside(target: Target, beside: Beside | None) -> Stream | None:
    if beside is None:
        return None
    return _stream(target, beside.requests, beside.expected, beside.connections)


def _stream(target: Target, requests: Requests, expected: Expected, connections: int) -> Stream:
    client = target.server.client
    host = f"127.0.0.1:{target.server.port}"
    listed = requests(client, target.seed)
    return {
        "connections": connections,
        "requests": [request.on_the_wire(host, MOUNT_PATH).decode() for request in listed],
        "status": expected.status,
        "fragment": expected.fragment,
        "times": expected.times,
    }


def _cpu_reader(server: RunningServer, mongod_pid: int | None) -> Callable[[], list[float]]:
    pids = [server.process.pid, *([] if mongod_pid is None else [mongod_pid])]
    return lambda: [cpu_seconds(pid) for pid in pids]
