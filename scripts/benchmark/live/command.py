"""The command behind `scripts/bench live`."""

from pathlib import Path

from parsepy.types import JSONObject
from scripts.benchmark.command_line import Bench, Command, say
from scripts.benchmark.live import measuring
from scripts.benchmark.live.descriptors import allow_many
from scripts.benchmark.live.load import CLASS_NAME, LiveLoad
from scripts.benchmark.live.plan import FULL, QUICK, Plan
from scripts.benchmark.live.report import report
from scripts.benchmark.live.results import Measured, Results
from scripts.benchmark.live.scenarios import SCENARIOS, Scenario
from scripts.benchmark.machine import machine
from scripts.benchmark.servers import candidates

OPTIONS: JSONObject = {
    "liveQuery": {"classNames": [CLASS_NAME]},
    "startLiveQueryServer": True,
}


def run(command: Command[Plan, Scenario], folder: Path) -> Results:
    allow_many()
    with candidates(command.servers, folder, OPTIONS) as (servers, _), LiveLoad() as generator:
        bench = measuring.Bench(command.plan, generator)
        description = machine()
        measured: dict[str, dict[str, Measured]] = {}
        for scenario in command.scenarios:
            say(f"{scenario.title} ...")
            measured[scenario.title] = {
                candidate.name: bench.measure(scenario, candidate) for candidate in servers
            }
        return Results(
            machine=description,
            servers={candidate.name: candidate.title for candidate in servers},
            measured=measured,
            growth=[each.title for each in command.scenarios if each.is_growth],
        )


BENCH = Bench(
    name="scripts/bench live",
    measures="LiveQuery of parsepy",
    full=FULL,
    quick=QUICK,
    scenarios=SCENARIOS,
    run=run,
    report=report,
)
