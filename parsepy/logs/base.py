"""What keeps an app's log, and what can be asked of it."""

from collections.abc import Sequence
from typing import Final, Protocol

import msgspec

from parsepy.telemetry.entries import Entry
from parsepy.types import JSONObject

DAY_MS: Final = 24 * 60 * 60 * 1000
DEFAULT_SIZE: Final = 10
MOST: Final = 1000
"""Entries of one answer: as long as the longest lines are, it stays below 64 MB."""


class LogQuery(msgspec.Struct, frozen=True):
    """`since` and `until` are in milliseconds since 1970, both inclusive. `level` stands for
    itself and for what is more important. `text` is looked for in any case."""

    since: int
    until: int
    size: int = DEFAULT_SIZE
    ascending: bool = False
    level: str = "info"
    text: str = ""


class LogStore(Protocol):
    """Methods are called in threads; `write` and `close` in one of their own."""

    def write(self, entries: Sequence[Entry]) -> None:
        """Keeps masked entries. What it raises is told once, and the entries are lost."""

    def query(self, query: LogQuery) -> list[JSONObject]:
        """The newest (or oldest) entries that match, in that order. Raises 115 where it cannot."""

    def close(self) -> None: ...
