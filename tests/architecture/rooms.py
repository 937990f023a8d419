"""The order of the house, and which import goes against it.

A room may import from rooms on the lines above its own. Rooms on one line do not know each
other. Imports for types only count like all others: they tie rooms together just as well.
"""

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

PACKAGE = "parsepy"

LINES: tuple[frozenset[str], ...] = (
    frozenset({"types"}),
    frozenset({"errors"}),
    frozenset({"protocol"}),
    frozenset({"options", "cache", "pubsub", "outbound", "telemetry", "query"}),
    frozenset({"schema"}),
    frozenset({"permissions", "aggregation"}),
    frozenset({"storage"}),
    frozenset({"objects", "copying", "doctor"}),
    frozenset(
        {"auth", "installations", "files", "email", "jobs", "analytics", "purchases", "logs"}
    ),
    frozenset({"users"}),
    frozenset({"livequery"}),
    frozenset({"cloud", "push"}),
    frozenset({"pages", "security_check"}),
    frozenset({"graphql", "http"}),
    frozenset({"app"}),
    frozenset({PACKAGE}),
    frozenset({"cli", "testing"}),
    frozenset({"__main__"}),
)

# (importing room, imported room): why it has to be.
EXCEPTIONS: dict[tuple[str, str], str] = {}

# Folders of one room that do not know each other either.
STRANGERS: tuple[frozenset[str], ...] = (
    frozenset({"parsepy.storage.mongodb", "parsepy.storage.sqlite"}),
    frozenset({"parsepy.doctor.mongodb", "parsepy.doctor.sqlite"}),
)


class Import(NamedTuple):
    """One import statement's target, as seen from `module`."""

    module: str
    target: str
    line: int

    def __str__(self) -> str:
        return f"{self.module}:{self.line} imports {self.target}"


def module_name(file: Path, root: Path) -> str:
    """`parsepy/query/tree.py` is `parsepy.query.tree`; a package is named without `__init__`."""
    parts = file.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(source: str, module: str, *, is_package: bool) -> Iterator[Import]:
    """All imports of the package in a source, wherever in the file they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base(node, module, is_package=is_package)
            targets = [f"{base}.{alias.name}" for alias in node.names]
        else:
            continue
        for target in targets:
            if target.split(".")[0] == PACKAGE:
                yield Import(module, target, node.lineno)


def _base(node: ast.ImportFrom, module: str, *, is_package: bool) -> str:
    if node.level == 0:
        return node.module or ""
    up = node.level - 1 if is_package else node.level
    parts = module.split(".")
    return ".".join([*parts[: len(parts) - up], *filter(None, [node.module])])


def room_of(name: str) -> str:
    """The room of a dotted name; what the package itself defines is a room of its own."""
    parts = name.split(".")
    known = frozenset().union(*LINES)
    return parts[1] if len(parts) > 1 and parts[1] in known else PACKAGE


def line_of(room: str) -> int:
    return next(number for number, line in enumerate(LINES) if room in line)


def is_wrong(found: Import) -> bool:
    """Whether an import goes against the order."""
    if any(_between_strangers(found, strangers) for strangers in STRANGERS):
        return True
    here, there = room_of(found.module), room_of(found.target)
    if here == there or (here, there) in EXCEPTIONS:
        return False
    return line_of(there) >= line_of(here)


def _between_strangers(found: Import, strangers: frozenset[str]) -> bool:
    sides = [
        {name for name in strangers if f"{dotted}.".startswith(f"{name}.")}
        for dotted in (found.module, found.target)
    ]
    return all(sides) and sides[0] != sides[1]
