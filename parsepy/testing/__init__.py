"""Tests of apps, and of parsepy itself.

For the tests of an app: the pytest plug-in with its fixtures (`plugin.py`, docs/testing.md), and
the types of what they give.

For compatibility test suites: `python -m parsepy.testing serve` runs a server. Besides the API it
listens on a second, loopback-only port, where a suite may erase all data and replace the options.

Nothing of this is part of `parsepy serve`.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from parsepy.email.memory import MemoryAdapter, links_in
    from parsepy.testing.app_under_test import AppUnderTest
    from parsepy.testing.live_events import LiveEvent, LiveEvents
    from parsepy.testing.movable_clock import MovableClock
    from parsepy.testing.rest_client import Refused, RestClient, UserClient

__all__ = [
    "AppUnderTest",
    "LiveEvent",
    "LiveEvents",
    "MemoryAdapter",
    "MovableClock",
    "Refused",
    "RestClient",
    "UserClient",
    "links_in",
]

_PLACES: Final = {
    "AppUnderTest": "parsepy.testing.app_under_test",
    "LiveEvent": "parsepy.testing.live_events",
    "LiveEvents": "parsepy.testing.live_events",
    "MemoryAdapter": "parsepy.email.memory",
    "MovableClock": "parsepy.testing.movable_clock",
    "Refused": "parsepy.testing.rest_client",
    "RestClient": "parsepy.testing.rest_client",
    "UserClient": "parsepy.testing.rest_client",
    "links_in": "parsepy.email.memory",
}


def __getattr__(name: str) -> object:
    # Each pytest imports the plug-in, and with it this; most of them need no app.
    if name in _PLACES:
        return getattr(import_module(_PLACES[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
