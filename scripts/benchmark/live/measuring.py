"""The measurements: each server in each scenario, as a process that has seen no other."""

import time

from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.live.load import LiveLoad, load_of
from scripts.benchmark.live.plan import Plan
from scripts.benchmark.live.results import Measured, Window
from scripts.benchmark.live.scenarios import MATCHING, Scenario
from scripts.benchmark.live.seed import Seed, plant
from scripts.benchmark.servers import Candidate, RunningServer
from scripts.benchmark.usage import cpu_seconds, memory

PRIMING = Scenario("priming", "the first subscribers", MATCHING, MATCHING)
PRIMING_EVENTS = 100


class Bench:
    """Measures with one load generator."""

    def __init__(self, plan: Plan, generator: LiveLoad) -> None:
        self._plan = plan
        self._generator = generator
        self._seeds: dict[str, Seed] = {}

    def measure(self, scenario: Scenario, candidate: Candidate) -> Measured:
        """Raises `WrongAnswerError` with the names of both."""
        with candidate.running() as server:
            try:
                if candidate.name not in self._seeds:
                    self._seeds[candidate.name] = plant(server.client)
                return self._measured(scenario, server, self._seeds[candidate.name])
            except WrongAnswerError as wrong:
                raise WrongAnswerError(f"{candidate.title}, {scenario.title}: {wrong}") from None

    def _measured(self, scenario: Scenario, server: RunningServer, seed: Seed) -> Measured:
        plan, generator = self._plan, self._generator
        self._prime(server, seed)
        before = memory(server.process.pid).rss
        subscribing = scenario.subscribing(seed)
        generator.open(server.port, subscribing)
        time.sleep(plan.idle_seconds)
        grown = memory(server.process.pid).rss - before
        self._window(scenario, server, plan.warm_up_seconds, plan.in_flight)
        calm, busy = list[Window](), list[Window]()
        for _ in range(plan.rounds):
            calm.append(self._window(scenario, server, plan.seconds, 1))
            busy.append(self._window(scenario, server, plan.seconds, plan.in_flight))
        generator.close()
        return Measured(calm, busy, grown / len(subscribing))

    def _prime(self, server: RunningServer, seed: Seed) -> None:
        """What the first of all connections loads and makes is no subscriber's memory."""
        self._generator.open(server.port, PRIMING.subscribing(seed))
        load = load_of(
            server.port, PRIMING.event(), in_flight=1, seconds=10, max_events=PRIMING_EVENTS
        )
        self._generator.run(load, lambda: None)
        self._generator.close()

    def _window(
        self, scenario: Scenario, server: RunningServer, seconds: float, in_flight: int
    ) -> Window:
        load = load_of(
            server.port,
            scenario.event(),
            in_flight=in_flight,
            seconds=seconds,
            max_events=self._plan.max_events,
        )
        heard = self._generator.run(load, lambda: cpu_seconds(server.process.pid))
        loaded = heard.loaded
        return Window(
            events=loaded["events"],
            deliveries=loaded["deliveries"],
            seconds=loaded["seconds"],
            p50_ms=loaded["p50"] / 1000,
            p99_ms=loaded["p99"] / 1000,
            cpu=heard.after - heard.before,
        )
