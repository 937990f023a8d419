"""The command behind `scripts/bench files`."""

from pathlib import Path

from parsepy.types import JSONObject
from scripts.benchmark.command_line import Bench, Command, say
from scripts.benchmark.files.measuring import measure
from scripts.benchmark.files.plan import FULL, QUICK, Plan
from scripts.benchmark.files.report import report
from scripts.benchmark.files.results import Results, Window
from scripts.benchmark.files.scenarios import SCENARIOS, Scenario
from scripts.benchmark.machine import machine
from scripts.benchmark.servers import candidates

OPTIONS: JSONObject = {"maxUploadSize": "100mb"}


def run(command: Command[Plan, Scenario], folder: Path) -> Results:
    with candidates(command.servers, folder, OPTIONS) as (servers, mongod):
        process = mongod.process if mongod else None
        pid = process.pid if process else None
        description = machine()
        windows: dict[str, dict[str, list[Window]]] = {}
        for scenario in command.scenarios:
            say(f"{scenario.title} ...")
            windows[scenario.title] = {
                candidate.name: measure(scenario, candidate, command.plan, pid)
                for candidate in servers
            }
        return Results(
            machine=description,
            servers={candidate.name: candidate.title for candidate in servers},
            windows=windows,
        )


BENCH = Bench(
    name="scripts/bench files",
    measures="uploads and downloads of parsepy",
    full=FULL,
    quick=QUICK,
    quick_is="less in a window, one round",
    scenarios=SCENARIOS,
    run=run,
    report=report,
)
