"""What a report may be asked for."""

import pytest

from parsepy.analytics.report import Asked, read_asked
from parsepy.errors import ParseError
from parsepy.protocol import dates
from parsepy.types import JSONObject


@pytest.fixture(autouse=True)
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = dates.parse("2026-11-30T12:00:00.000Z")
    assert moment is not None
    milliseconds = int(moment.timestamp() * 1000)
    monkeypatch.setattr(dates, "now_ms", lambda: milliseconds)


@pytest.mark.parametrize(
    ("parameters", "asked"),
    [
        ({}, Asked(("2026-11-01", "2026-11-30"))),
        ({"from": "2026-10-01"}, Asked(("2026-10-01", "2026-11-30"))),
        ({"until": "2026-01-30"}, Asked(("2026-01-01", "2026-01-30"))),
        ({"until": "0001-01-02"}, Asked(("0001-01-01", "0001-01-02"))),
        (
            {"from": {"__type": "Date", "iso": "2026-10-01T10:00:00.000Z"}, "limit": 5},
            Asked(("2026-10-01", "2026-11-30"), limit=5),
        ),
        ({"dimension": "city"}, Asked(("2026-11-01", "2026-11-30"), "city")),
        ({"dimension": 2026}, Asked(("2026-11-01", "2026-11-30"), "2026")),
    ],
)
def test_what_is_asked(parameters: JSONObject, asked: Asked) -> None:
    assert read_asked(parameters) == asked


@pytest.mark.parametrize(
    "parameters",
    [
        {"from": "2026-13-01"},
        {"from": "yesterday"},
        {"from": 2026},
        {"until": {"$gt": "2026-01-01"}},
        {"until": {"__type": "Date", "iso": 5}},
        {"limit": 0},
        {"limit": -1},
        {"limit": 10_001},
        {"limit": 1.5},
        {"limit": True},
        {"limit": "all"},
        {"dimension": {"$ne": ""}},
        {"where": {}},
    ],
)
def test_what_cannot_be_asked(parameters: JSONObject) -> None:
    with pytest.raises(ParseError) as refused:
        read_asked(parameters)

    assert refused.value.code == 102
