"""A real store that remembers what it was asked, and can be made to answer late."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, cast

from parsepy.storage.base import Storage


@dataclass(slots=True)
class Held:
    """Calls whose answers the store has ready and keeps back until `release`."""

    repeats: bool = False
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    _released: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        self._released.set()

    async def pause(self) -> None:
        self.reached.set()
        await self._released.wait()


class RecordingStorage:
    """Passes everything on to `inner`; a `Storage` by its attributes."""

    def __init__(self, inner: Storage) -> None:
        self._inner = inner
        self._calls: list[str] = []
        self._held: dict[str, Held] = {}

    @property
    def storage(self) -> Storage:
        """Itself, as what the app takes it for."""
        return cast("Storage", self)

    def taken_calls(self) -> list[str]:
        """The methods that were called since the last time one asked, in their order."""
        taken, self._calls = self._calls, []
        return taken

    def hold_next(self, method: str) -> Held:
        """The next call of `method` does its work and then waits for `release`."""
        held = self._held[method] = Held()
        return held

    def hold_every(self, method: str) -> Held:
        """As `hold_next`, for all calls until `release`."""
        held = self._held[method] = Held(repeats=True)
        return held

    def __getattr__(self, name: str) -> Any:
        member = getattr(self._inner, name)
        return self._recorded(name, member) if inspect.iscoroutinefunction(member) else member

    def _recorded(
        self, name: str, method: Callable[..., Awaitable[object]]
    ) -> Callable[..., Awaitable[object]]:
        async def call(*arguments: object, **named: object) -> object:
            self._calls.append(name)
            answer = await method(*arguments, **named)
            held = self._held.get(name)
            if held is not None:
                if not held.repeats:
                    del self._held[name]
                await held.pause()
            return answer

        return call
