"""What the commands of `scripts/bench` have in common: their arguments, and what comes of a run."""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from parsepy.types import JSONObject
from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.servers import NAMES
from tests.support.availability import MissingComponentError
from tests.support.processes import ProcessFailedError


class Named(Protocol):
    @property
    def name(self) -> str: ...


class Figures(Protocol):
    def as_json(self) -> JSONObject: ...


AnyPlan = TypeVar("AnyPlan")
AnyScenario = TypeVar("AnyScenario", bound=Named)
AnyFigures = TypeVar("AnyFigures", bound=Figures)


@dataclass(frozen=True, slots=True)
class Command(Generic[AnyPlan, AnyScenario]):
    """What the command line asks for."""

    plan: AnyPlan
    scenarios: tuple[AnyScenario, ...]
    servers: tuple[str, ...]
    json_file: Path | None


@dataclass(frozen=True, slots=True)
class Bench(Generic[AnyPlan, AnyScenario, AnyFigures]):
    """One command: `run` starts the servers in a folder, measures, and ends all that it started."""

    name: str
    measures: str
    full: AnyPlan
    quick: AnyPlan
    scenarios: Sequence[AnyScenario]
    run: Callable[[Command[AnyPlan, AnyScenario], Path], AnyFigures]
    report: Callable[[AnyFigures], str]
    quick_is: str = "shorter windows, one round"
    more: str | None = None

    def parse(self, arguments: Sequence[str]) -> Command[AnyPlan, AnyScenario]:
        parser = argparse.ArgumentParser(
            prog=self.name,
            description=f"Measures {self.measures} beside npm parse-server.",
            epilog=self.more,
        )
        names = [scenario.name for scenario in self.scenarios]
        parser.add_argument("--quick", action="store_true", help=self.quick_is)
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
        parser.add_argument(
            "--json", type=Path, metavar="FILE", help="write every figure there too"
        )
        given = parser.parse_args(arguments)
        servers = tuple(given.servers.split(","))
        if unknown := set(servers) - set(NAMES):
            unknown_names = ", ".join(sorted(unknown))
            parser.error(f"unknown servers: {unknown_names}; there are {', '.join(NAMES)}")
        return Command(
            self.quick if given.quick else self.full,
            chosen(self.scenarios, given.only or ()),
            servers,
            given.json,
        )

    def main(self, arguments: Sequence[str]) -> int:
        command = self.parse(arguments)
        with tempfile.TemporaryDirectory(prefix="parsepy-bench-") as folder:
            try:
                figures = self.run(command, Path(folder))
            except (WrongAnswerError, MissingComponentError, ProcessFailedError) as problem:
                say(f"{self.name}: {problem}")
                return 1
        print(self.report(figures))
        if command.json_file is not None:
            command.json_file.write_text(json.dumps(figures.as_json(), indent=2) + "\n")
        return 0


def chosen(scenarios: Sequence[AnyScenario], names: Iterable[str]) -> tuple[AnyScenario, ...]:
    """Those that are named, in their own order; all where none is named."""
    wanted = set(names)
    return tuple(each for each in scenarios if not wanted or each.name in wanted)


def say(progress: str) -> None:
    print(progress, file=sys.stderr, flush=True)
