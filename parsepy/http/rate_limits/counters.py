"""Counters of fixed windows: a window begins with the first request that is counted in it."""

from typing import Protocol

import msgspec

from parsepy.protocol.clock import monotonic


class Window(msgspec.Struct):
    """`used` requests so far, and for how many more seconds they count."""

    used: int
    left: float


class Counters(Protocol):
    async def count(self, key: str, hits: int, seconds: float) -> Window:
        """Adds `hits` to the window of `key`, which lasts `seconds`; the window after that."""

    def forget(self) -> None:
        """What this process has counted by itself."""

    async def close(self) -> None: ...


class MemoryCounters:
    """Of this process alone. What has ended is swept out once per window, so there are never many
    more entries than callers in two windows."""

    def __init__(self) -> None:
        self._windows: dict[str, tuple[float, int]] = {}
        self._next_sweep = 0.0

    async def count(self, key: str, hits: int, seconds: float) -> Window:
        now = monotonic()
        if now >= self._next_sweep:
            self._sweep(now)
            self._next_sweep = now + seconds
        ends, used = self._windows.get(key, (0.0, 0))
        if ends <= now:
            ends, used = now + seconds, 0
        used += hits
        self._windows[key] = ends, used
        return Window(used, ends - now)

    def forget(self) -> None:
        self._windows.clear()

    async def close(self) -> None: ...

    def _sweep(self, now: float) -> None:
        self._windows = {key: window for key, window in self._windows.items() if window[0] > now}
