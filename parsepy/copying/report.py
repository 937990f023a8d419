"""What a copy did, and what it could not do."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

EXAMPLES: Final = 20
"""Ids that are kept of a kind of problem in a class; the rest is counted."""


@dataclass(slots=True)
class Problem:
    """Objects of one class with which the same went wrong."""

    class_name: str
    reason: str
    count: int = 0
    object_ids: list[str] = field(default_factory=list)

    def note(self, object_id: str) -> None:
        self.count += 1
        if len(self.object_ids) < EXAMPLES:
            self.object_ids.append(object_id)

    def __str__(self) -> str:
        shown = ", ".join(self.object_ids)
        more = f" and {self.count - len(self.object_ids)} more" * (
            self.count > len(self.object_ids)
        )
        return f"{self.class_name}: {self.reason}: {shown}{more}"


@dataclass(slots=True)
class Part:
    """One class, or the rows of one relation, after its copy."""

    name: str
    rows: int = 0
    """At the source when it was verified."""
    written: int = 0
    """By this run."""
    identical: bool | None = None
    """`None` when it was not compared."""


@dataclass(slots=True)
class Report:
    parts: list[Part] = field(default_factory=list)
    contents: list[str] = field(default_factory=list)
    """What became of the contents of files, in lines."""
    warnings: list[str] = field(default_factory=list)
    """Nothing of an object is lost, yet somebody has to know."""
    seconds: float = 0.0
    _problems: dict[tuple[str, str], Problem] = field(default_factory=dict)

    @property
    def problems(self) -> Sequence[Problem]:
        return list(self._problems.values())

    @property
    def written(self) -> int:
        return sum(part.written for part in self.parts)

    @property
    def is_identical(self) -> bool:
        """Whether every object was found in the target as it is at the source."""
        return all(part.identical is not False for part in self.parts)

    @property
    def is_complete(self) -> bool:
        """Whether, besides, nothing was left behind."""
        return self.is_identical and not self._problems

    def note(self, class_name: str, reason: str, object_id: str) -> None:
        key = (class_name, reason)
        self._problems.setdefault(key, Problem(class_name, reason)).note(object_id)
