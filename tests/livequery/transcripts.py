"""The transcripts of `compat_fixtures/livequery/`: who said what, and what came to whom of it.

The format is described in the folder's README.
"""

import json
from pathlib import Path
from typing import Any, Final

from parsepy.types import JSONObject
from tests.livequery.recorded_messages import PATH as MESSAGES
from tests.wire.cases import Case, layout

FOLDER: Final = MESSAGES.parent


def load_transcript(path: Path) -> Case:
    return Case(path.stem, path, json.loads(path.read_text(encoding="utf-8")))


def all_transcripts() -> list[Case]:
    return [load_transcript(path) for path in sorted(FOLDER.glob("*.json")) if path != MESSAGES]


def text_of(transcript: Case) -> str:
    return layout(transcript.content) + "\n"


def said_in(transcript: Case) -> str:
    """All that is sent, as written in the file: what comes back literally is kept so."""
    said = [
        {key: step[key] for key in ("request", "send", "text") if key in step}
        for step in transcript.steps
    ]
    return json.dumps(said, ensure_ascii=False)


def expected(step: dict[str, Any]) -> JSONObject:
    """By the name of a client, the frames that come to him here."""
    frames: JSONObject = step.get("ours", step)["frames"]
    return frames
