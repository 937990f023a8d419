"""What has been told lately, by the positions that the store has given it.

They are the same in every process, and the store itself knows what came after one: clients may
come back to another server, or to one that was restarted.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Final, TypeAlias

from parsepy.livequery.publications import Publication

Since: TypeAlias = Callable[[str, str, int], Awaitable[list[Publication] | None]]
"""What came after a position, up to another; `None` for what is not known, or more than so many."""

LONGEST_WAIT: Final = 10.0
"""Seconds until this server is given up to come as far as the one a client was at before."""


class StoreHistory:
    """A `history.Past`. Keeps the last `size` publications; asks the store for up to as many."""

    def __init__(self, size: int, since: Since, caught_up: Callable[[], Awaitable[None]]) -> None:
        self._size = size
        self._since = since
        self._caught_up = caught_up
        self._told: deque[Publication] = deque()
        self._known_from = ""
        """What came after this is in `_told`."""
        self._too_far = ""
        """After this there was more than is asked for, and there will not be less."""
        self._asking = asyncio.Lock()
        self.position = ""

    def begin(self, position: str) -> None:
        """What came before is known to the store, or to nobody."""
        self._told.clear()
        self.position = self._known_from = position

    def forget(self) -> None:
        self.begin(self.position)
        self._too_far = self.position

    def add(self, publication: Publication) -> str:
        self.position = publication.position
        self._told.append(publication)
        while len(self._told) > self._size:
            self._known_from = self._told.popleft().position
        return self.position

    async def reach(self, position: str) -> None:
        if position > self.position:
            # Another server was faster.
            with suppress(TimeoutError):
                async with asyncio.timeout(LONGEST_WAIT):
                    await self._caught_up()
        elif self._too_far < position < self._known_from:
            # Many come back at once: for the next one it is known then.
            async with self._asking:
                if self._too_far < position < self._known_from:
                    await self._ask(position)

    def since(self, position: str) -> list[tuple[str, Publication]] | None:
        if position < self._known_from or position > self.position:
            return None
        return [(each.position, each) for each in self._told if each.position > position]

    async def _ask(self, position: str) -> None:
        known_from = self._known_from
        earlier = await self._since(position, known_from, self._size - len(self._told))
        if known_from != self._known_from:
            # What was known last has been forgotten meanwhile: there would be a gap.
            return
        if earlier is None or len(earlier) + len(self._told) > self._size:
            self._too_far = max(self._too_far, position)
            return
        self._told.extendleft(reversed(earlier))
        self._known_from = position
