"""The command behind `scripts/bench`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.files import command as files
from scripts.benchmark.live import command as live
from scripts.benchmark.load import LoadGenerator
from scripts.benchmark.machine import machine
from scripts.benchmark.measuring import Start, Target, Window, measure, measure_start
from scripts.benchmark.plan import FULL, QUICK, Plan
from scripts.benchmark.report import report
from scripts.benchmark.results import Results
from scripts.benchmark.scenarios import SCENARIOS, Scenario, chosen_scenarios
from scripts.benchmark.seed import plant
from scripts.benchmark.servers import NAMES, Candidate, candidates
from scripts.benchmark.usage import memory
from tests.support.availability import MissingComponentError
from tests.support.processes import ProcessFailedError

OTHERS = {"files": files.main, "live": live.main}
"""Commands of their own."""


@dataclass(frozen=True, slots=True)
class Command:
    """What the command line asks for."""

    plan: Plan
    scenarios: tuple[Scenario, ...]
    servers: tuple[str, ...]
    json_file: Path | None


def parse(arguments: Sequence[str]) -> Command:
    parser = argparse.ArgumentParser(
        prog="scripts/bench",
        description="Measures parsepy beside npm parse-server.",
        epilog="scripts/bench live measures LiveQuery, scripts/bench files uploads and downloads;"
        " each with --help tells more.",
    )
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--quick", action="store_true", help="shorter windows, fewer rounds")
    parser.add_argument(
        "--only",
        action="append",
        choices=names,
        metavar="SCENARIO",
        help=f"one of {', '.join(names)}; may be repeated",
    )
    parser.add_argument(
        "--servers",
        default=",".join(NAMES),
        help="those to run, separated by commas; default: %(default)s",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure there too")
    given = parser.parse_args(arguments)
    servers = tuple(given.servers.split(","))
    if unknown := set(servers) - set(NAMES):
        parser.error(f"unknown servers: {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    return Command(
        plan=QUICK if given.quick else FULL,
        scenarios=chosen_scenarios(given.only or ()),
        servers=servers,
        json_file=given.json,
    )


def run(command: Command, folder: Path) -> Results:
    """Start the servers, measure, and end everything that was started."""
    with candidates(command.servers, folder) as (chosen, mongod):
        process = mongod.process if mongod else None
        description = machine()
        starts = _measure_starts(chosen, command.plan)
        with ExitStack() as stack:
            generator = stack.enter_context(LoadGenerator())
            targets = [_target(candidate, command.plan, stack) for candidate in chosen]
            windows: dict[str, dict[str, list[Window]]] = {}
            for scenario in command.scenarios:
                _say(f"{scenario.title} ...")
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
    _say("starts ...")
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


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    if arguments and arguments[0] in OTHERS:
        return OTHERS[arguments[0]](arguments[1:])
    command = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="parsepy-bench-") as folder:
        try:
            results = run(command, Path(folder))
        except (WrongAnswerError, MissingComponentError, ProcessFailedError) as problem:
            _say(f"scripts/bench: {problem}")
            return 1
    print(report(results))
    if command.json_file is not None:
        command.json_file.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
