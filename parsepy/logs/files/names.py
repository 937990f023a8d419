"""Names of log files: parse-server's, `parse-server.info.2026-11-30`; days are those of UTC."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from parsepy.protocol import dates

INFO: Final = "info"
"""The files that hold every entry."""

ERRORS: Final = "err"
"""The files that hold errors alone."""

_NAME: Final = re.compile(r"parse-server\.(info|err)\.(\d{4}-\d\d-\d\d)", re.ASCII)


class LogFile(msgspec.Struct, frozen=True):
    path: Path
    kind: str
    day: str


def path_of(folder: Path, kind: str, day: str) -> Path:
    return folder / f"parse-server.{kind}.{day}"


def day_of(moment: int) -> str:
    return dates.format_ms(moment)[:10]


def log_files(folder: Path, kind: str) -> list[LogFile]:
    """The files of a kind that are there, the oldest first."""
    return sorted(_found(folder, kind), key=lambda file: file.day)


def _found(folder: Path, kind: str) -> Iterator[LogFile]:
    try:
        names = [path.name for path in folder.iterdir()]
    except FileNotFoundError:
        return
    for name in names:
        match = _NAME.fullmatch(name)
        if match is not None and match[1] == kind:
            yield LogFile(folder / name, kind, match[2])
