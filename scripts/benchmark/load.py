"""A load generator as its caller sees it: one process for the whole run, one job at a time."""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import ClassVar, Generic, Self, TypeVar, cast

from scripts.benchmark.exchange import WrongAnswerError
from scripts.benchmark.load_generator import Job, Result

ROOT = Path(__file__).parents[2]
Reading = TypeVar("Reading")


@dataclass(frozen=True, slots=True)
class Loaded(Generic[Reading]):
    """A load that was answered without a fault, and what was read just before and after it."""

    requests: int
    seconds: float
    latencies: list[float]
    beside: int
    before: Reading
    after: Reading


class GeneratorProcess:
    """Starts `module` as a process on entry and ends it on exit. It reads and writes JSON lines."""

    module: ClassVar[str]

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            [sys.executable, "-m", self.module],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()

    def _hear(self) -> object:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise WrongAnswerError("the load generator ended; its reason stands above")
        return json.loads(line)


class LoadGenerator(GeneratorProcess):
    module = "scripts.benchmark.load_generator"

    def run(self, job: Job, read: Callable[[], Reading]) -> Loaded[Reading]:
        """Run a job between two readings.

        Raises WrongAnswerError with the answer when a server answers anything unexpected.
        """
        self._tell(json.dumps(job))
        self._hear()
        before = read()
        self._tell("go")
        result = cast("Result", self._hear())
        after = read()
        if result["wrong"] is not None:
            raise WrongAnswerError(f"under load: {result['wrong']}")
        return Loaded(
            result["requests"],
            result["seconds"],
            result["latencies"],
            result["beside"],
            before=before,
            after=after,
        )
