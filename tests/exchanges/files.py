"""The files of `compat_fixtures/sdk-exchanges/`, whose format its README describes."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from parsepy.types import JSONObject

FOLDER = Path(__file__).parents[2] / "compat_fixtures" / "sdk-exchanges"


@dataclass(frozen=True, slots=True)
class ExchangeFile:
    """What one SDK sends and expects, step by step."""

    name: str
    variables: dict[str, str]
    steps: list[dict[str, Any]]


@cache
def exchange_files() -> list[ExchangeFile]:
    return [_load(path) for path in sorted(FOLDER.glob("*.json"))]


def _load(path: Path) -> ExchangeFile:
    content: JSONObject = json.loads(path.read_text(encoding="utf-8"))
    variables, steps = content.get("vars", {}), content["steps"]
    assert isinstance(variables, dict)
    assert isinstance(steps, list)
    return ExchangeFile(
        path.stem,
        {name: str(value) for name, value in variables.items()},
        [step for step in steps if isinstance(step, dict)],
    )
