"""What a copy of files did, and what it could not do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple, Protocol

from parsepy.files.state_file import NOTHING, Sum


class Outcome(Enum):
    COPIED = "copied"
    """Or to be copied, when it was only counted."""
    SAME = "the same on both sides"
    GONE = "deleted at the source meanwhile"
    DIFFERENT = "another one in the target"
    MISSING = "not in the target"
    FAILED = "not copied"


_PROBLEMS = (Outcome.DIFFERENT, Outcome.MISSING, Outcome.FAILED)


class Result(NamedTuple):
    """What became of one file; `reason` is for a person."""

    outcome: Outcome
    length: int = 0
    reason: str = ""


class Problem(NamedTuple):
    name: str
    reason: str


@dataclass(slots=True)
class Report:
    sums: dict[Outcome, Sum] = field(default_factory=lambda: dict.fromkeys(Outcome, NOTHING))
    _problems: list[tuple[Outcome, Problem]] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether the target has every file of the source."""
        return not self._problems

    def problems(self, *outcomes: Outcome) -> Sequence[Problem]:
        return sorted(problem for outcome, problem in self._problems if outcome in outcomes)

    def note(self, name: str, result: Result) -> None:
        number, size = self.sums[result.outcome]
        self.sums[result.outcome] = Sum(number + 1, size + result.length)
        if result.outcome in _PROBLEMS:
            self._problems.append((result.outcome, Problem(name, result.reason)))


class Progress(Protocol):
    def begin_files(self, title: str, total: Sum) -> None:
        """A step over so many files and bytes begins."""

    def advance_files(self, number: int, size: int) -> None: ...
