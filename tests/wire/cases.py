"""The files of `compat_fixtures/`: steps with a request and the recorded answer.

The format is described in `compat_fixtures/README.md`.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parsepy.types import JSONObject, JSONValue
from tests.wire.variables import substitute

FOLDER = Path(__file__).parents[2] / "compat_fixtures"
PLACES = {"pages": str(Path(__file__).parent / "pages")}
"""What `${name}` stands for in the options of a case."""
CLOUD_CODE = Path(__file__).parent / "cloud"
OTHER_FORMATS = ("livequery", "sdk-exchanges")
"""Folders whose files hold no steps; they are described where they are read."""
LINE_WIDTH = 100


@dataclass(frozen=True, slots=True)
class Case:
    """One fixture file; `content` is its JSON, in which recording replaces the answers."""

    name: str
    path: Path
    content: dict[str, Any]

    @property
    def options(self) -> JSONObject:
        """Server options of this case, on top of `player.DEFAULT_OPTIONS`."""
        options = substitute(self.content.get("options", {}), PLACES)
        assert isinstance(options, dict)
        return options

    @property
    def store(self) -> str | None:
        """The only store that answers so; `None` where every one does."""
        store: str | None = self.content.get("store")
        return store

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = self.content["steps"]
        return steps


def with_cloud_code(options: JSONObject, suffix: str) -> JSONObject:
    """`"cloud": "name"` becomes the path of the file of that name with `suffix`: the same code is
    there for the reference (`.cjs`) and for parsepy (`.py`)."""
    name = options.get("cloud")
    return options if name is None else {**options, "cloud": str(CLOUD_CODE / f"{name}{suffix}")}


def load_case(path: Path) -> Case:
    name = path.relative_to(FOLDER).with_suffix("").as_posix()
    return Case(name, path, json.loads(path.read_text(encoding="utf-8")))


def all_cases() -> list[Case]:
    return [
        load_case(path)
        for path in sorted(FOLDER.rglob("*.json"))
        if path.parent.name not in OTHER_FORMATS
    ]


def save_case(case: Case) -> None:
    case.path.write_text(layout(case.content) + "\n", encoding="utf-8")


def layout(value: JSONValue, indent: int = 0, room: int = LINE_WIDTH) -> str:
    """Write JSON for reading: what fits into the rest of a line stays on one line.

    `room` is the width left for the value.
    """
    short = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or not value or (len(short) <= room and indent >= 1):
        return short
    inner = "  " * (indent + 1)
    if isinstance(value, dict):
        opening, closing = "{", "}"
        items = [
            (f"{json.dumps(key, ensure_ascii=False)}: ", member) for key, member in value.items()
        ]
    else:
        opening, closing = "[", "]"
        items = [("", member) for member in value]
    lines = [
        inner + label + layout(member, indent + 1, LINE_WIDTH - len(inner) - len(label) - 1)
        for label, member in items
    ]
    return "\n".join([opening, ",\n".join(lines), "  " * indent + closing])
