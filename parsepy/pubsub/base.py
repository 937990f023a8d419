"""What publishes and subscribes. Channel names and messages are the caller's."""

from collections.abc import Awaitable, Callable
from typing import Protocol, TypeAlias

Receive: TypeAlias = Callable[[bytes], Awaitable[None]]


class PubSub(Protocol):
    """Messages go to whoever is subscribed at that moment, at most once, in order per sender."""

    @property
    def hears(self) -> bool:
        """Whether what is published now is sure to arrive at this process's subscribers."""

    def subscribe(self, channel: str, receive: Receive) -> None:
        """To be called before `start`."""

    def when_joined(self, joined: Callable[[], None]) -> None:
        """`joined` is called whenever messages begin to arrive, some having been missed maybe."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def publish(self, channel: str, message: bytes) -> int:
        """How many processes are subscribed. Raises `ConnectionError` when nobody can be told."""
