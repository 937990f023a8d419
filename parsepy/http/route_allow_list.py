"""Which routes are open to callers without a mighty key (rest-objects sheet, section 21)."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from parsepy import errors
from parsepy.http import paths
from parsepy.options.patterns import compile_pattern
from parsepy.permissions.caller import Caller

_KEPT_LENGTH: Final = 200


class RouteAllowList:
    """Patterns are matched against the whole path behind the mount, decoded, without slashes
    around it."""

    __slots__ = ("_is_open_kept", "_patterns")

    def __init__(self, patterns: Iterable[str]) -> None:
        self._patterns = [compile_pattern(pattern) for pattern in patterns]
        self._is_open_kept = lru_cache(4096)(self._is_open)

    def check(self, caller: Caller, method: str, segments: list[str]) -> None:
        """Raises 119."""
        if caller.is_privileged:
            return
        path = paths.canonical(segments).removeprefix("/")
        # Long paths are no routes of an app; keeping them would let anybody fill the memory.
        is_open = self._is_open_kept if len(path) < _KEPT_LENGTH else self._is_open
        if not is_open(path):
            raise errors.forbidden(f"Route not allowed by routeAllowList: {method} {path}")

    def _is_open(self, path: str) -> bool:
        return any(pattern.fullmatch(path) for pattern in self._patterns)
