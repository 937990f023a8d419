"""Adapters of an app's own: none of their troubles reaches a client."""

import asyncio
from collections.abc import Mapping

import pytest

from parsepy.analytics.adapter import AnalyticsRequest, OwnAnalytics
from parsepy.options.errors import OptionsError
from parsepy.types import JSONObject
from tests.analytics.own_adapter import Forwarder

pytestmark = pytest.mark.anyio
SOMEBODY = AnalyticsRequest(False, None, None, "", {})


class Troubled(Forwarder):
    def __init__(self, trouble: object) -> None:
        self.trouble = trouble

    async def track_event(
        self, name: str, parameters: JSONObject, request: AnalyticsRequest
    ) -> JSONObject:
        if isinstance(self.trouble, Exception):
            raise self.trouble
        if self.trouble == "endless":
            await asyncio.Event().wait()
        return self.trouble  # type: ignore[return-value]


async def test_plain_and_async_functions_are_called() -> None:
    own = OwnAnalytics(Forwarder({}))

    assert await own.app_opened({"a": 1}, SOMEBODY) == {"opened": {"a": 1}}
    assert (await own.track_event("e", {}, SOMEBODY))["name"] == "e"


@pytest.mark.parametrize("trouble", [ValueError("secret"), None, "text", 5, [1]])
async def test_an_answer_that_is_none_is_an_empty_one(trouble: object) -> None:
    assert await OwnAnalytics(Troubled(trouble)).track_event("e", {}, SOMEBODY) == {}


async def test_nobody_waits_for_ever(caplog: pytest.LogCaptureFixture) -> None:
    own = OwnAnalytics(Troubled("endless"), timeout=0.01)

    assert await own.track_event("e", {}, SOMEBODY) == {}
    assert "track_event has taken longer" in caplog.text


@pytest.mark.parametrize("given", [object(), 5, {"app_opened": print}, type("X", (), {"a": 1})()])
def test_what_is_no_adapter_is_refused(given: object) -> None:
    with pytest.raises(OptionsError, match="Adapter prototype don't match expected prototype"):
        OwnAnalytics(given)


def test_options_are_the_adapters_own() -> None:
    options: Mapping[str, object] = {"url": "x"}

    assert Forwarder(options).options == options
