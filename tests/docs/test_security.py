"""The page on security: every rule names tests, and they are there."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py::[\w:]+)`", TEXT)))


@pytest.mark.parametrize("test", NAMED)
def test_a_test_that_is_named_is_there(test: str) -> None:
    path, _, name = test.partition("::")

    assert name in names_in(ROOT / path)


def test_every_rule_names_a_test() -> None:
    rules = [row for row in TEXT.splitlines() if row.startswith("| ") and "Shown by" not in row]

    assert rules
    assert [row for row in rules if "`tests/" not in row.rpartition(" | ")[2]] == []


def test_every_file_of_rules_is_named() -> None:
    """A new file of rules is for this page too."""
    files = (ROOT / "tests" / "security").glob("test_*.py")
    named = {test.partition("::")[0] for test in NAMED}

    assert {file.relative_to(ROOT).as_posix() for file in files} - named == set()


@cache
def names_in(path: Path) -> frozenset[str]:
    return frozenset(_names(ast.parse(path.read_text(encoding="utf-8"))))


def _names(module: ast.Module) -> Iterator[str]:
    for node in module.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{node.name}::{inner.name}"
