"""What an object store may know of uploads that nobody completed."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Protocol

from parsepy.files.base import Leftover, LeftoversHidden


class UnfinishedUploads(Protocol):
    """Methods raise `OSError`, whose text may hold secrets, where the service fails."""

    def before(self, prefix: str, before: datetime) -> AsyncIterator[Leftover]:
        """Those to keys with `prefix` that nothing was added to since `before`. Raises
        `LeftoversHidden` where the service shows none."""

    async def remove(self, leftover: Leftover) -> bool:
        """Whether it was still there, as it was seen."""

    async def close(self) -> None: ...


class Hidden:
    """`UnfinishedUploads` of a service that shows none; `reason` says who clears them up."""

    def __init__(self, reason: str) -> None:
        self._reason = reason

    def before(self, prefix: str, before: datetime) -> AsyncIterator[Leftover]:
        raise LeftoversHidden(self._reason)

    async def remove(self, leftover: Leftover) -> bool:
        return False

    async def close(self) -> None:
        """Nothing is open."""
