"""The page on aggregation names everything that the evaluator has, and nothing else."""

import re
from pathlib import Path

from parsepy.aggregation.evaluate.accumulators import ACCUMULATORS
from parsepy.aggregation.evaluate.operators import OPERATORS
from parsepy.aggregation.evaluate.pipeline import STAGES

PAGE = Path(__file__).parents[2] / "docs" / "aggregation.md"


def named_from(start: str, end: str) -> set[str]:
    text = PAGE.read_text(encoding="utf-8")
    part = text[text.index(start) : text.index(end)]
    return set(re.findall(r"`(\$[A-Za-z0-9]+)`", part))


def test_every_stage_is_named() -> None:
    assert named_from("Stages:", "Accumulators:") == set(STAGES)


def test_every_accumulator_is_named() -> None:
    assert named_from("Accumulators:", "| Expressions") == {*ACCUMULATORS, "$count"}


def test_every_expression_is_named() -> None:
    assert named_from("| Expressions", "Conditions of") == set(OPERATORS)
