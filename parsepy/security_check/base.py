"""What a check and a group of checks are."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from parsepy.options.model import ServerOptions

_TEXTS: Final = ("title", "warning", "solution")


@dataclass(frozen=True, slots=True)
class Check:
    """One question about the settings, with what to say and to do when the answer is bad.

    `check` takes no arguments and may be `async`; a plain function runs in a thread. It fails when
    it answers `False` or raises; the text of what it raises follows the warning in the report, so
    it must hold no secret. Raises `TypeError` for parts of another type.
    """

    title: str
    warning: str
    solution: str
    check: Callable[[], object]

    def __post_init__(self) -> None:
        for name in _TEXTS:
            if not isinstance(getattr(self, name), str):
                raise TypeError(f"the {name} of a check must be a text")
        if not callable(self.check):
            raise TypeError(f"the check {self.title} must have a function")


@dataclass(frozen=True, slots=True)
class CheckGroup:
    """Checks that belong together. Raises `TypeError` for parts of another type."""

    name: str
    checks: Iterable[Check] = field(default=())

    def __post_init__(self) -> None:
        if not isinstance(self.name, str):
            raise TypeError("the name of a check group must be a text")
        object.__setattr__(self, "checks", tuple(self.checks))
        if not all(isinstance(check, Check) for check in self.checks):
            raise TypeError(f"the check group {self.name} must hold checks")


GroupMaker: TypeAlias = Callable[[ServerOptions], CheckGroup]
