"""docs/analytics.md names what there is, and its configurations work."""

import json
import re
from pathlib import Path
from typing import Any, cast

import pytest

from parsepy.analytics.adapter import METHODS, TIMEOUT, AnalyticsRequest, OwnAnalytics
from parsepy.analytics.counting import Counting, EventCounter
from parsepy.analytics.event import MAX_DIMENSIONS, MAX_LATENESS, MAX_NAME, MAX_VALUE
from parsepy.analytics.opening import SETTINGS, open_analytics
from parsepy.analytics.report import DEFAULT_DAYS, DEFAULT_LIMIT, MOST, PARAMETERS
from parsepy.schema.system_classes import EVENT_CLASS
from parsepy.storage.base import Storage

PAGE = (Path(__file__).parents[2] / "docs" / "analytics.md").read_text()
BLOCKS = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
NO_STORE = cast("Storage", None)


@pytest.mark.parametrize("block", [BLOCKS[0], BLOCKS[1]])
def test_a_configuration_counts(block: str) -> None:
    assert isinstance(open_analytics(json.loads(block)["analyticsAdapter"], NO_STORE), EventCounter)


def test_the_adapter_on_the_page_is_one() -> None:
    code = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)[0]
    names: dict[str, Any] = {}
    exec(compile(code, "docs/analytics.md", "exec"), names)
    options = json.loads(BLOCKS[2])["analyticsAdapter"]["options"]

    assert OwnAnalytics(names["Forwarder"](options))
    assert [name for name in METHODS if f"`{name}`" not in PAGE] == []


def test_every_setting_has_a_row_with_its_default() -> None:
    settings = Counting()
    defaults = (
        settings.bounds.counts,
        settings.bounds.events,
        settings.bounds.values,
        settings.keep_days,
        int(settings.interval),
    )
    for name, default in zip(SETTINGS, defaults, strict=True):
        assert f"| `{name}` | {default} |" in PAGE


def test_bounds_and_names_are_those_of_the_code() -> None:
    assert (MAX_DIMENSIONS, MAX_LATENESS.days, TIMEOUT) == (8, 7, 10)
    assert f"at {MAX_NAME} characters, values at {MAX_VALUE}" in PAGE
    assert f"the last {DEFAULT_DAYS} days" in PAGE
    assert f"| `limit` | {DEFAULT_LIMIT} | at most {MOST} rows |" in PAGE
    for name in (*PARAMETERS, EVENT_CLASS, *AnalyticsRequest.__dataclass_fields__):
        assert name in PAGE
