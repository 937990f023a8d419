"""Runs a story file in Node and reads what its steps say."""

import json
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.support.node import ensure_node_modules, find_node

FOLDER = Path(__file__).parent
STORIES = sorted((FOLDER / "story").glob("*.mjs"))
STORY_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Step:
    """One `test` of a story; `error` says what went wrong and where."""

    name: str
    passed: bool
    error: str | None


def run_story(story: Path, environment: Mapping[str, str]) -> list[Step]:
    """Run the steps of a story in order, in a Node process of its own.

    Raises MissingComponentError without Node or when npm cannot install the SDK, and AssertionError
    when Node ends without a verdict on any step.
    """
    ensure_node_modules(FOLDER)
    result = subprocess.run(
        [find_node(), "--test-reporter=./reporter.mjs", str(story)],
        cwd=FOLDER,
        env=dict(environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=STORY_SECONDS,
        check=False,
    )
    lines = result.stdout.splitlines()
    steps = [Step(**json.loads(line)) for line in lines if line.startswith('{"name":')]
    broken = result.returncode != 0 and all(step.passed for step in steps)
    assert steps, f"{story.name} told nothing:\n{result.stdout}{result.stderr}"
    assert not broken, f"{story.name} ended with {result.returncode}:\n{result.stderr}"
    return steps


def failures(steps: list[Step]) -> str:
    """The failed steps as text for people, empty when there is none."""
    return "\n".join(f"- {step.name}: {step.error}" for step in steps if not step.passed)
