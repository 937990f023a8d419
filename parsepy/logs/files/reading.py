"""Asking log files: from the nearer end, no further than the answer needs."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

import orjson

from parsepy.logs.base import DAY_MS, LogQuery
from parsepy.logs.files import lines
from parsepy.logs.files.names import ERRORS, INFO, LogFile, day_of, log_files
from parsepy.protocol import dates
from parsepy.telemetry.levels import LEVELS
from parsepy.types import JSONObject

MOST_READ: Final = 512 << 20
"""Bytes that one question reads at most; then the answer is what has been found."""

_DISORDER: Final = 60_000
"""Milliseconds by which an entry may stand before an older one: processes write their batches when
they come to it."""

_PLAIN: Final = re.compile(r"[ -!#-.0-\[\]-~]+")
"""Texts that stand in JSON as they are."""


def query_files(folder: Path, query: LogQuery) -> list[JSONObject]:
    kind = ERRORS if query.level == "error" else INFO
    search = _Search(query)
    # Files of other servers are named by days of their own time zone.
    first, last = day_of(query.since - DAY_MS), day_of(query.until + DAY_MS)
    files = [file for file in log_files(folder, kind) if first <= file.day <= last]
    found: list[tuple[int, JSONObject]] = []
    for file in files if query.ascending else reversed(files):
        found += search.in_file(file, query.size - len(found))
        if len(found) >= query.size or search.is_over:
            break
    found.sort(key=lambda pair: pair[0], reverse=not query.ascending)
    return [entry for _, entry in found]


class _Search:
    def __init__(self, query: LogQuery) -> None:
        self._query = query
        self._least = LEVELS.get(query.level, 0)
        self._text = query.text.casefold()
        plain = self._text.isascii() and _PLAIN.fullmatch(self._text)
        self._bytes = self._text.encode() if plain else b""
        self._read = 0

    @property
    def is_over(self) -> bool:
        return self._read >= MOST_READ

    def in_file(self, file: LogFile, most: int) -> Iterator[tuple[int, JSONObject]]:
        try:
            opened = file.path.open("rb")
        except OSError:
            return  # removed meanwhile, as too old
        with opened:
            for line in self._lines(opened):
                self._read += len(line)
                if self.is_over or most <= 0:
                    return
                entry = self._entry(line)
                if entry is None:
                    continue
                moment = _moment(entry)
                if moment is None:
                    continue
                if self._is_past(moment):
                    return
                if self._matches(entry, moment):
                    most -= 1
                    yield moment, entry

    def _lines(self, file: BinaryIO) -> Iterator[bytes]:
        query, end = self._query, lines.end_of(file)
        if query.ascending:
            start, _ = lines.around(file, end, _is_behind(query.since - _DISORDER))
            return lines.forwards(file, start)
        _, stop = lines.around(file, end, _is_behind(query.until + _DISORDER))
        return lines.backwards(file, stop)

    def _entry(self, line: bytes) -> JSONObject | None:
        """`None` for what cannot be an answer, most of it without decoding it."""
        if self._bytes and self._bytes not in line.lower():
            return None
        return _decoded(line)

    def _is_past(self, moment: int) -> bool:
        if self._query.ascending:
            return moment > self._query.until + _DISORDER
        return moment < self._query.since - _DISORDER

    def _matches(self, entry: JSONObject, moment: int) -> bool:
        level = LEVELS.get(str(entry.get("level")), LEVELS["error"])
        return (
            self._query.since <= moment <= self._query.until
            and level >= self._least
            and (not self._text or _holds(entry, self._text))
        )


def _is_behind(moment: int) -> "lines.Judge":
    def judge(line: bytes) -> bool | None:
        entry = _decoded(line)
        found = None if entry is None else _moment(entry)
        return None if found is None else found > moment

    return judge


def _decoded(line: bytes) -> JSONObject | None:
    """`None` for a line that is no entry: one that was cut by a full disk, say."""
    try:
        entry = orjson.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _moment(entry: JSONObject) -> int | None:
    text = entry.get("timestamp")
    moment = dates.parse(text) if isinstance(text, str) else None
    return None if moment is None else round(moment.timestamp() * 1000)


def _holds(entry: JSONObject, text: str) -> bool:
    message = entry.get("message")
    if isinstance(message, str) and text in message.casefold():
        return True
    rest = {name: value for name, value in entry.items() if name not in ("message", "timestamp")}
    return text in orjson.dumps(rest).decode().casefold()
