"""What has been told lately, for clients that come back after a break.

A position names a place in one server's history: `<server>-<number>`. Whoever comes with one of
another server, or of longer ago than the history reaches, is told that he cannot resume.
"""

from collections import deque
from secrets import token_hex
from typing import NamedTuple, Protocol

from parsepy.livequery.publications import Publication


class Past(Protocol):
    @property
    def position(self) -> str:
        """Of the last publication."""

    def add(self, publication: Publication) -> str:
        """Its position."""

    async def reach(self, position: str) -> None:
        """Learns, if it can, what came after `position`. While it waits, more is added."""

    def since(self, position: str) -> list[tuple[str, Publication]] | None:
        """What came after `position`, each with its own; `None` where that is not known."""

    def forget(self) -> None:
        """Knows no position any more that it has given: for tests."""


class Told(NamedTuple):
    number: int
    publication: Publication


class History:
    """A `Past`: keeps the last `size` publications."""

    def __init__(self, size: int) -> None:
        self._told: deque[Told] = deque(maxlen=size)
        self.forget()

    def forget(self) -> None:
        self._server = token_hex(4)
        self._number = 0
        self._told.clear()

    async def reach(self, position: str) -> None:
        """There is nobody to ask."""

    @property
    def position(self) -> str:
        return f"{self._server}-{self._number}"

    def add(self, publication: Publication) -> str:
        self._number += 1
        self._told.append(Told(self._number, publication))
        return self.position

    def since(self, position: str) -> list[tuple[str, Publication]] | None:
        server, _, text = position.rpartition("-")
        if server != self._server or not text.isascii() or not text.isdigit():
            return None
        number = int(text[:20])
        oldest = self._told[0].number if self._told else self._number + 1
        if not oldest - 1 <= number <= self._number:
            return None
        return [
            (f"{self._server}-{told.number}", told.publication)
            for told in self._told
            if told.number > number
        ]
