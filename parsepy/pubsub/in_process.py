"""Publishing within one process."""

from collections import defaultdict
from collections.abc import Callable

from parsepy.pubsub.base import Receive


class InProcessPubSub:
    hears = True

    def __init__(self) -> None:
        self._subscribers: defaultdict[str, list[Receive]] = defaultdict(list)

    def subscribe(self, channel: str, receive: Receive) -> None:
        self._subscribers[channel].append(receive)

    def when_joined(self, joined: Callable[[], None]) -> None:
        """Nothing is ever missed here."""

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    async def publish(self, channel: str, message: bytes) -> int:
        receivers = self._subscribers.get(channel, [])
        for receive in receivers:
            await receive(message)
        return 1 if receivers else 0
