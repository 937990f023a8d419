"""Telling every process that something has changed."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from parsepy.cache.marks import Marks, PrivateMarks


class Relay(Protocol):
    """Carries changes to processes that share no memory with this one."""

    @property
    def hears(self) -> bool:
        """Whether the changes of others are sure to arrive here now."""

    async def tell(self, slots: Sequence[int]) -> None:
        """Returns when all who hear have taken the change in, or after a bounded time."""


class Changes:
    """A change is announced after it has been stored and before it is answered: then whoever asks
    after the answer, wherever, does not get what was remembered before."""

    def __init__(self) -> None:
        self.marks: Marks = PrivateMarks()
        self.relay: Relay | None = None

    def share(self, marks: Marks) -> None:
        """From now on changes are those that others see, and theirs are seen here."""
        self.marks = marks

    @property
    def are_heard(self) -> bool:
        """Whether what is remembered may be used: a process that might have missed a change asks
        the store."""
        return self.relay is None or self.relay.hears

    async def announce(self, slots: Iterable[int]) -> None:
        slots = tuple(slots)
        self.marks.touch(slots)
        if self.relay is not None:
            await self.relay.tell(slots)

    def take_in(self, slots: Iterable[int]) -> None:
        """What another process told."""
        self.marks.touch(slots)

    def void_all(self) -> None:
        """Some change may have been missed."""
        self.marks.touch_all()

    def close(self) -> None:
        self.marks.close()
