"""What an examination has found so far."""

from dataclasses import dataclass, field
from typing import Final

from parsepy.doctor.base import Finding, Problem, Severity, Size

EXAMPLES: Final = 5
"""Ids that are kept of the objects with one problem."""
KINDS: Final = 100
"""Kinds of problems that are kept of one class: names of columns may be without end."""

_ORDER: Final = list(Severity)
_MORE: Final = "and problems of further kinds"


@dataclass(slots=True)
class Diagnosis:
    description: str = ""
    sizes: dict[str, Size] = field(default_factory=dict)
    files: Size | None = None
    looked_at: dict[str, int] = field(default_factory=dict)
    """By class, how many objects were read; fewer than there are when it was a sample."""
    _findings: dict[tuple[str, str, str], Finding] = field(default_factory=dict)
    _kinds: dict[str, int] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """The worst first."""
        return sorted(
            self._findings.values(),
            key=lambda each: (_ORDER.index(each.severity), each.class_name, each.check),
        )

    @property
    def has_errors(self) -> bool:
        return any(each.severity is Severity.ERROR for each in self._findings.values())

    def count(self, severity: Severity) -> int:
        return sum(each.severity is severity for each in self._findings.values())

    def find(
        self, check: str, severity: Severity, class_name: str, message: str, advice: str
    ) -> Finding:
        """A finding that is there already counts on; its message must hold nothing secret."""
        key = (check, class_name, message)
        found = self._findings.get(key)
        if found is None:
            found = self._findings[key] = Finding(check, severity, class_name, message, advice, 0)
        found.count += 1
        return found

    def note(self, check: str, class_name: str, problem: Problem) -> None:
        """A problem of one object, added to those of its kind."""
        message, advice = problem.message, problem.advice
        if (check, class_name, message) not in self._findings:
            kinds = self._kinds[class_name] = self._kinds.get(class_name, 0) + 1
            if kinds > KINDS:
                message = _MORE
        found = self.find(check, problem.severity, class_name, message, advice)
        if len(found.object_ids) < EXAMPLES:
            found.object_ids.append(problem.object_id)
