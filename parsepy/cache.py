"""A bounded cache whose entries live for a bounded time."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Least recently stored entries go first. `ttl` is in seconds; 0 caches nothing."""

    def __init__(self, *, ttl: float, max_size: int) -> None:
        self._ttl = ttl
        self._max_size = max_size
        self._entries: OrderedDict[str, tuple[float, Value]] = OrderedDict()
        self._drops = 0

    async def fetch(self, key: str, look_up: Callable[[str], Awaitable[Value]]) -> Value:
        """The value of `key`; `look_up` is asked for it when it is not there.

        What it found is not kept if anything was dropped meanwhile: it may have been read just
        before the change that the drop was for, and would outlive it.
        """
        value = self.get(key)
        if value is None:
            drops = self._drops
            value = await look_up(key)
            if drops == self._drops:
                self.put(key, value)
        return value

    def get(self, key: str) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry[0] < time.monotonic():
            del self._entries[key]
            return None
        return entry[1]

    def put(self, key: str, value: Value) -> None:
        if self._ttl <= 0:
            return
        self._entries.pop(key, None)
        self._entries[key] = (time.monotonic() + self._ttl, value)
        while len(self._entries) > self._max_size:
            self._entries.popitem(last=False)

    def drop(self, key: str) -> None:
        self._drops += 1
        self._entries.pop(key, None)

    def drop_where(self, unwanted: Callable[[Value], bool]) -> None:
        self._drops += 1
        for key in [key for key, (_, value) in self._entries.items() if unwanted(value)]:
            del self._entries[key]

    def clear(self) -> None:
        self._drops += 1
        self._entries.clear()
