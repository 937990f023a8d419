"""Telling all processes something and knowing that they have taken it in.

Redis tells a publisher how many are subscribed; each of them confirms on the publisher's own
channel. One that hears nothing any more does not confirm; after `PATIENCE` it has noticed that
itself, since its lease has run out, and uses nothing that it remembers.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

import orjson

from parsepy.pubsub.base import PubSub

_log = logging.getLogger(__name__)

PATIENCE: Final = 2.5
"""Seconds; longer than the lease of a listener."""


@dataclass(slots=True)
class _Told:
    confirmed: int = 0
    expected: int | None = None
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def check(self) -> None:
        if self.expected is not None and self.confirmed >= self.expected:
            self.done.set()


class Confirmed:
    """`take_in` gets what others tell; `void` is called when something may have been missed."""

    def __init__(
        self,
        pubsub: PubSub,
        app_id: str,
        *,
        take_in: Callable[[Sequence[int]], None],
        void: Callable[[], None],
        patience: float = PATIENCE,
    ) -> None:
        self._pubsub = pubsub
        self._take_in = take_in
        self._patience = patience
        self._channel = f"parsepy:{app_id}:changes"
        self._own = f"{self._channel}:{uuid4().hex}"
        self._told: dict[int, _Told] = {}
        self._number = 0
        pubsub.subscribe(self._channel, self._hear)
        pubsub.subscribe(self._own, self._hear_confirmation)
        pubsub.when_joined(void)

    @property
    def hears(self) -> bool:
        return self._pubsub.hears

    async def tell(self, slots: Sequence[int]) -> None:
        """Returns when all have confirmed, or have stopped to trust what they remember."""
        self._number += 1
        number = self._number
        told = self._told[number] = _Told()
        message = orjson.dumps({"from": self._own, "number": number, "slots": slots})
        try:
            told.expected = await self._pubsub.publish(self._channel, message)
            told.check()
            async with asyncio.timeout(self._patience):
                await told.done.wait()
        except ConnectionError:
            _log.warning("a change could not be told through Redis")
            if self._pubsub.hears:
                # It has just stopped to answer: the others believe in it as long as this one.
                await asyncio.sleep(self._patience)
        except TimeoutError:
            _log.warning("%s of %s confirmed a change", told.confirmed, told.expected)
        finally:
            del self._told[number]

    async def _hear(self, message: bytes) -> None:
        told = orjson.loads(message)
        if told["from"] == self._own:
            self._note_confirmation(told["number"])
            return
        self._take_in(told["slots"])
        await self._pubsub.publish(told["from"], str(told["number"]).encode())

    async def _hear_confirmation(self, message: bytes) -> None:
        self._note_confirmation(int(message))

    def _note_confirmation(self, number: int) -> None:
        told = self._told.get(number)
        if told is not None:
            told.confirmed += 1
            told.check()
