"""Metadata of files as headers of objects.

Plain ones are written as npm's `@parse/s3-files-adapter` writes them, one header for each. What a
header cannot hold as it is (other types than texts, other letters than ASCII, names in capitals)
goes as JSON into one header of ours, all of it.
"""

import json as standard_json
import re
from collections.abc import Mapping
from typing import Final

from parsepy.protocol import json
from parsepy.types import JSONObject

OURS: Final = "parsepymetadata"
"""A name that all three services take."""

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_VALUE: Final = re.compile(r"[!-~]([ -~]*[!-~])?")
_STANDARD: Final = frozenset(
    {
        "Content-Type",
        "Content-Disposition",
        "Content-Encoding",
        "Content-Language",
        "Cache-Control",
        "Storage-Class",
    }
)


def as_attributes(metadata: JSONObject) -> dict[str, str]:
    if all(_is_plain(name, value) for name, value in metadata.items()):
        return {name: str(value) for name, value in metadata.items()}
    return {OURS: standard_json.dumps(metadata, separators=(",", ":"))}


def from_attributes(attributes: Mapping[str, str]) -> JSONObject:
    ours = attributes.get(OURS)
    if ours is not None:
        try:
            metadata = json.loads(ours)
        except ValueError:
            return {}
        return metadata if isinstance(metadata, dict) else {}
    return {name: value for name, value in attributes.items() if name not in _STANDARD}


def _is_plain(name: str, value: object) -> bool:
    return (
        name != OURS
        and _NAME.fullmatch(name) is not None
        and isinstance(value, str)
        and _VALUE.fullmatch(value) is not None
    )
