"""What the option `analyticsAdapter` may be."""

from typing import Any, cast

import pytest

from parsepy.analytics.adapter import OwnAnalytics
from parsepy.analytics.bounds import Bounds
from parsepy.analytics.counting import Counting, EventCounter
from parsepy.analytics.opening import open_analytics, read_counting
from parsepy.app import create_app
from parsepy.options.errors import OptionsError
from parsepy.storage.base import Storage
from tests.analytics.own_adapter import Forwarder

NAME = "tests.analytics.own_adapter:Forwarder"
NO_STORE = cast("Storage", None)


@pytest.mark.parametrize("given", ["builtin", {"module": "builtin", "options": {"maxEvents": 5}}])
def test_the_built_in_one_counts(given: object) -> None:
    assert isinstance(open_analytics(given, NO_STORE), EventCounter)


@pytest.mark.parametrize(
    "given",
    [
        NAME,
        Forwarder,
        Forwarder({}),
        {"module": NAME, "options": {"url": "x"}},
        {"class": Forwarder},
        {"adapter": Forwarder({})},
    ],
)
def test_one_of_the_apps_own_is_named_or_given(given: object) -> None:
    assert isinstance(open_analytics(given, NO_STORE), OwnAnalytics)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("nowhere.at:all", "cannot be loaded"),
        (5, "must be a module name or an object"),
        ({"options": {}}, "must have a module"),
        ({"module": "builtin", "extra": 1}, "has no extra"),
        ({"module": "builtin", "options": []}, "options must be an object"),
        ({"module": "builtin", "options": {"max": 1}}, "has no max"),
        ({"module": "builtin", "options": {"maxValues": 0}}, "whole number from 1"),
        ({"module": "builtin", "options": {"keepDays": 1}}, "whole number from 8"),
        ({"module": "builtin", "options": {"flushInterval": 0}}, "number of seconds"),
    ],
)
def test_what_cannot_work_is_refused_at_the_start(given: object, message: str) -> None:
    options: dict[str, Any] = {"appId": "app", "masterKey": "m", "analyticsAdapter": given}
    with pytest.raises(OptionsError, match=message):
        create_app({**options, "databaseURI": "sqlite::memory:"})


def test_the_settings_of_the_built_in_one() -> None:
    given = {
        "maxCounts": 500,
        "maxEvents": 5,
        "maxValues": 6,
        "keepDays": 30,
        "flushInterval": 0.5,
    }

    assert read_counting(given) == Counting(Bounds(500, 5, 6), 0.5, 30)
    assert read_counting({}) == Counting()
