"""The command behind `scripts/bench files`."""

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parsepy.types import JSONObject
from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.files.measuring import measure
from scripts.benchmark.files.plan import FULL, QUICK, Plan
from scripts.benchmark.files.report import report
from scripts.benchmark.files.results import Results, Window
from scripts.benchmark.files.scenarios import SCENARIOS, Scenario, chosen
from scripts.benchmark.machine import machine
from scripts.benchmark.servers import NAMES, candidates
from tests.support.availability import MissingComponentError
from tests.support.processes import ProcessFailedError

OPTIONS: JSONObject = {"maxUploadSize": "100mb"}


@dataclass(frozen=True, slots=True)
class Command:
    """What the command line asks for."""

    plan: Plan
    scenarios: tuple[Scenario, ...]
    servers: tuple[str, ...]
    json_file: Path | None


def parse(arguments: Sequence[str]) -> Command:
    parser = argparse.ArgumentParser(
        prog="scripts/bench files",
        description="Measures uploads and downloads of parsepy beside npm parse-server.",
    )
    names = [scenario.name for scenario in SCENARIOS]
    parser.add_argument("--quick", action="store_true", help="less in a window, one round")
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
    return Command(QUICK if given.quick else FULL, chosen(given.only or ()), servers, given.json)


def run(command: Command, folder: Path) -> Results:
    """Start the servers, measure, and end everything that was started."""
    with candidates(command.servers, folder, OPTIONS) as (servers, mongod):
        process = mongod.process if mongod else None
        pid = process.pid if process else None
        description = machine()
        windows: dict[str, dict[str, list[Window]]] = {}
        for scenario in command.scenarios:
            _say(f"{scenario.title} ...")
            windows[scenario.title] = {
                candidate.name: measure(scenario, candidate, command.plan, pid)
                for candidate in servers
            }
        return Results(
            machine=description,
            servers={candidate.name: candidate.title for candidate in servers},
            windows=windows,
        )


def _say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)


def main(arguments: Sequence[str]) -> int:
    command = parse(arguments)
    with tempfile.TemporaryDirectory(prefix="parsepy-bench-") as folder:
        try:
            results = run(command, Path(folder))
        except (WrongAnswerError, MissingComponentError, ProcessFailedError) as problem:
            _say(f"scripts/bench files: {problem}")
            return 1
    print(report(results))
    if command.json_file is not None:
        command.json_file.write_text(json.dumps(results.as_json(), indent=2) + "\n")
    return 0
