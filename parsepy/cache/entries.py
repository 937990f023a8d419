"""A bounded cache whose entries live for a bounded time, and no longer than they are true."""

import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable
from typing import Generic, TypeVar

import msgspec

from parsepy.cache.changes import Changes
from parsepy.cache.marks import slot_of

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Least recently stored entries go first. `ttl` is in seconds; 0 caches nothing.

    `name` is the cache's in all processes. `topics_of` names what else an entry depends on: it is
    void as soon as one of its topics, or the whole cache, is dropped in any process.
    """

    def __init__(
        self,
        name: str,
        *,
        ttl: float,
        max_size: int,
        changes: Changes,
        topics_of: Callable[[str, Value], Iterable[str]] = lambda _key, _value: (),
    ) -> None:
        self._ttl = ttl
        self._max_size = max_size
        self._changes = changes
        self._topics_of = topics_of
        self._name = name
        self._any_drop = slot_of(f"{name}, any")
        self._all = slot_of(f"{name}, all")
        self._entries: OrderedDict[str, _Entry[Value]] = OrderedDict()

    async def fetch(self, key: str, look_up: Callable[[str], Awaitable[Value]]) -> Value:
        """The value of `key`; `look_up` is asked for it when it is not there.

        What it found is not kept if anything was dropped meanwhile: it may have been read just
        before the change that the drop was for, and would outlive it.
        """
        if not self._changes.are_heard:
            return await look_up(key)
        value = self.get(key)
        if value is None:
            self._changes.marks.refresh()
            drops = self._changes.marks.view[self._any_drop]
            value = await look_up(key)
            # Read before it is asked whether anything was dropped: a drop changes that mark before
            # those of its topics, so whoever sees a topic's new mark here is not stored.
            entry = self._entry(key, value, drops)
            if drops == self._changes.marks.view[self._any_drop]:
                self._keep(key, entry)
        return value

    def get(self, key: str) -> Value | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        if entry.deadline < time.monotonic() or not self._is_true(entry):
            del self._entries[key]
            return None
        return entry.value

    def put(self, key: str, value: Value) -> None:
        self._keep(key, self._entry(key, value, self._changes.marks.view[self._any_drop]))

    async def drop(self, *topics: str) -> None:
        await self._announce([self._slot(topic) for topic in topics])

    async def clear(self) -> None:
        await self._announce([self._all])

    async def _announce(self, slots: list[int]) -> None:
        # First, so that no look-up under way is kept; last, so that no entry that was found true
        # in between stays unexamined.
        await self._changes.announce((self._any_drop, *slots, self._any_drop))

    def _is_true(self, entry: "_Entry[Value]") -> bool:
        """Mostly nothing has been dropped since the last look, which one mark tells."""
        view = self._changes.marks.view
        drops = view[self._any_drop]
        if drops != entry.drops:
            if any(view[slot] != mark for slot, mark in entry.seen):
                return False
            entry.drops = drops
        return True

    def _keep(self, key: str, entry: "_Entry[Value]") -> None:
        if self._ttl <= 0:
            return
        self._entries.pop(key, None)
        self._entries[key] = entry
        while len(self._entries) > self._max_size:
            self._entries.popitem(last=False)

    def _entry(self, key: str, value: Value, drops: int) -> "_Entry[Value]":
        view = self._changes.marks.view
        slots = (self._all, *(self._slot(topic) for topic in self._topics_of(key, value)))
        seen = tuple((slot, view[slot]) for slot in slots)
        return _Entry(time.monotonic() + self._ttl, value, drops, seen)

    def _slot(self, topic: str) -> int:
        return slot_of(f"{self._name}, {topic}")


class _Entry(msgspec.Struct, Generic[Value]):
    """`drops` is the mark of all drops at the last look, `seen` slots with the marks they had."""

    deadline: float
    value: Value
    drops: int
    seen: tuple[tuple[int, int], ...]
