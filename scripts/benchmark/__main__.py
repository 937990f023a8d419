"""The command behind `scripts/bench`."""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from scripts.benchmark.command_line import Bench, Command, say
from scripts.benchmark.files import command as files
from scripts.benchmark.live import command as live
from scripts.benchmark.load import LoadGenerator
from scripts.benchmark.machine import machine
from scripts.benchmark.measuring import Start, Target, Window, measure, measure_start
from scripts.benchmark.plan import FULL, QUICK, Plan
from scripts.benchmark.report import report
from scripts.benchmark.results import Results
from scripts.benchmark.scenarios import SCENARIOS, Scenario
from scripts.benchmark.seed import plant
from scripts.benchmark.servers import Candidate, candidates
from scripts.benchmark.usage import memory


def run(command: Command[Plan, Scenario], folder: Path) -> Results:
    with candidates(command.servers, folder) as (chosen, mongod):
        process = mongod.process if mongod else None
        description = machine()
        starts = _measure_starts(chosen, command.plan)
        with ExitStack() as stack:
            generator = stack.enter_context(LoadGenerator())
            targets = [_target(candidate, command.plan, stack) for candidate in chosen]
            windows: dict[str, dict[str, list[Window]]] = {}
            for scenario in command.scenarios:
                say(f"{scenario.title} ...")
                windows[scenario.title] = measure(
                    scenario, targets, command.plan, generator, process.pid if process else None
                )
            return Results(
                machine=description,
                servers={candidate.name: candidate.title for candidate in chosen},
                starts=starts,
                windows=windows,
                after_load={
                    target.candidate.name: memory(target.server.process.pid) for target in targets
                },
                alone={
                    scenario.title: scenario.beside.alone
                    for scenario in command.scenarios
                    if scenario.beside is not None
                },
            )


def _measure_starts(chosen: Sequence[Candidate], plan: Plan) -> dict[str, list[Start]]:
    say("starts ...")
    starts: dict[str, list[Start]] = {candidate.name: [] for candidate in chosen}
    for candidate in chosen:
        measure_start(candidate, plan)  # the first one makes the store
    for _ in range(plan.starts):
        for candidate in chosen:
            starts[candidate.name].append(measure_start(candidate, plan))
    return starts


def _target(candidate: Candidate, plan: Plan, stack: ExitStack) -> Target:
    server = stack.enter_context(candidate.running())
    return Target(candidate, server, plant(server.client, plan.largest_class))


BENCH = Bench(
    name="scripts/bench",
    measures="parsepy",
    full=FULL,
    quick=QUICK,
    quick_is="shorter windows, fewer rounds",
    scenarios=SCENARIOS,
    run=run,
    report=report,
    more="scripts/bench live measures LiveQuery, scripts/bench files uploads and downloads; each"
    " with --help tells more.",
)
OTHERS = {"files": files.BENCH.main, "live": live.BENCH.main}


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in OTHERS:
        return OTHERS[arguments[0]](arguments[1:])
    return BENCH.main(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
