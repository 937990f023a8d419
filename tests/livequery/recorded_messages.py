"""The frames of `compat_fixtures/livequery/messages.json`, whose README describes them."""

import json
from pathlib import Path
from typing import Any

from tests.wire.cases import FOLDER, layout

PATH: Path = FOLDER / "livequery" / "messages.json"


def load() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return content


def text_of(content: dict[str, Any]) -> str:
    return layout(content) + "\n"


def sent(frame: dict[str, Any]) -> str:
    """The text that is sent."""
    text: str = frame["text"] if "text" in frame else json.dumps(frame["frame"])
    return text
