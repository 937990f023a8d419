"""Where events go: the contract, and objects of an app's own behind it.

    class Forwarder:
        def __init__(self, options):  # `analyticsAdapter.options`
            self.url = options["url"]

        async def app_opened(self, parameters, request): ...

        async def track_event(self, name, parameters, request): ...

    create_app({"analyticsAdapter": {"module": Forwarder, "options": {"url": "…"}}, …})

`parameters` is the body (`dimensions`, `at`, …), `request` an `AnalyticsRequest`. An object that is
returned is the client's answer. Plain functions run in threads. What raises or takes too long goes
to the log, and the client is answered `{}`: as in parse-server, no app suffers from its analytics.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Protocol

from parsepy.options.errors import OptionsError
from parsepy.options.functions import call
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)

TIMEOUT: Final = 10.0
"""Seconds for which a client waits for an adapter."""
METHODS: Final = ("app_opened", "track_event")


@dataclass(frozen=True, slots=True)
class AnalyticsRequest:
    """Who tells of an event. `headers` have names in lower case; those with keys and tokens are
    left out."""

    master: bool
    user_id: str | None
    installation_id: str | None
    ip: str
    headers: Mapping[str, str]


class Analytics(Protocol):
    async def app_opened(self, parameters: JSONObject, request: AnalyticsRequest) -> JSONObject:
        """The answer to the client. Raises nothing."""

    async def track_event(
        self, name: str, parameters: JSONObject, request: AnalyticsRequest
    ) -> JSONObject: ...

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def forget(self) -> None:
        """All data is erased: for tests."""


class OwnAnalytics:
    """An object of the app's own."""

    def __init__(self, given: object, timeout: float = TIMEOUT) -> None:
        """Raises `OptionsError` when it lacks what an adapter needs."""
        self._methods: dict[str, Callable[..., Any]] = {}
        self._timeout = timeout
        for name in METHODS:
            method = getattr(given, name, None)
            if not callable(method):
                raise OptionsError(
                    "Option analyticsAdapter: Adapter prototype don't match expected prototype:"
                    f" {name} must be a function."
                )
            self._methods[name] = method

    async def app_opened(self, parameters: JSONObject, request: AnalyticsRequest) -> JSONObject:
        return await self._call("app_opened", parameters, request)

    async def track_event(
        self, name: str, parameters: JSONObject, request: AnalyticsRequest
    ) -> JSONObject:
        return await self._call("track_event", name, parameters, request)

    async def start(self) -> None: ...

    async def close(self) -> None: ...

    def forget(self) -> None: ...

    async def _call(self, method: str, *arguments: object) -> JSONObject:
        try:
            async with asyncio.timeout(self._timeout):
                answer = await call(self._methods[method], *arguments)
        except TimeoutError:
            _log.warning("analyticsAdapter: %s has taken longer than %s s", method, self._timeout)
            return {}
        except Exception:
            _log.exception("analyticsAdapter: %s has failed", method)
            return {}
        return answer if isinstance(answer, dict) else {}
