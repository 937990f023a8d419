"""The store of an app's log files; any number of processes may write into one folder."""

from collections.abc import Sequence
from pathlib import Path

from parsepy.logs.base import LogQuery
from parsepy.logs.files.keeping import Keeping
from parsepy.logs.files.names import ERRORS, INFO, day_of, path_of
from parsepy.logs.files.reading import query_files
from parsepy.logs.files.writing import GrowingFile
from parsepy.protocol import dates
from parsepy.telemetry.entries import Entry, line_of
from parsepy.types import JSONObject


class LogFiles:
    """Every entry is in the day's info file, an error in the day's error file too."""

    def __init__(self, folder: Path, keeping: Keeping) -> None:
        self._folder = folder
        self._keeping = keeping
        self._open: dict[str, GrowingFile] = {}
        self._tidied_day = ""

    def write(self, entries: Sequence[Entry]) -> None:
        by_day: dict[str, list[Entry]] = {}
        for entry in entries:
            by_day.setdefault(day_of(entry.moment), []).append(entry)
        for day, those in by_day.items():
            errors = [entry for entry in those if entry.level == "error"]
            self._append(INFO, day, those)
            if errors:
                self._append(ERRORS, day, errors)
        # Last: an old file that cannot be removed must cost no entry.
        self._tidy()

    def query(self, query: LogQuery) -> list[JSONObject]:
        return query_files(self._folder, query)

    def close(self) -> None:
        for file in self._open.values():
            file.close()
        self._open = {}

    def _append(self, kind: str, day: str, entries: Sequence[Entry]) -> None:
        self._file(kind, day).append(b"".join(map(line_of, entries)))

    def _file(self, kind: str, day: str) -> GrowingFile:
        path, file = path_of(self._folder, kind, day), self._open.get(kind)
        if file is not None and file.path == path and file.is_there():
            return file
        opened = GrowingFile(path)
        if file is not None:
            file.close()
        self._open[kind] = opened
        return opened

    def _tidy(self) -> None:
        """Once a day, and when the server begins."""
        day = day_of(dates.now_ms())
        if day != self._tidied_day:
            self._tidied_day = day
            self._keeping.remove_others(self._folder, dates.now_ms())
