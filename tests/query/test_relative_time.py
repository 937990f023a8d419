"""`$relativeTime`: what a text means at a given moment, and which texts mean nothing."""

import pytest

from parsepy.protocol import dates
from parsepy.protocol.field_types import DATE, NUMBER
from parsepy.query.relative_time import date_of
from parsepy.query.tree import Path
from parsepy.types import JSONValue
from tests.support.refusals import refusal

AT = Path("at", DATE)
DAY = 86_400_000


def _offset(text: JSONValue, operator: str = "$lt", path: Path = AT) -> int:
    """Milliseconds between the moment of the query and the one that is meant."""
    now_ms = 1_700_000_000_000
    iso = date_of(path, operator, {"$relativeTime": text}, now_ms)["iso"]
    moment = dates.parse(str(iso))
    assert moment is not None
    return round(moment.timestamp() * 1000) - now_ms


@pytest.mark.parametrize(
    ("text", "milliseconds"),
    [
        ("now", 0),
        ("NOW", 0),
        ("in 1 day", DAY),
        ("1 day ago", -DAY),
        ("in 1 year", 365 * DAY),
        ("2 yrs 3 wks 4 d 5 hrs 6 mins 7 secs ago", -(755 * DAY + 18_367_000)),
        ("In  2   Weeks", 14 * DAY),
        ("in -1 hour", -3_600_000),
        ("in", 0),
        ("ago", 0),
    ],
)
def test_a_text_is_an_offset_from_now(text: str, milliseconds: int) -> None:
    assert _offset(text) == milliseconds


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("3 days", "Time should either start with 'in' or end with 'ago'"),
        ("", "Time should either start with 'in' or end with 'ago'"),
        (" now", "Time should either start with 'in' or end with 'ago'"),
        ("in 3 days ago", "Time cannot have both 'in' and 'ago'"),
        ("in 3", "Invalid time string. Dangling unit or number."),
        ("in x days", "'x' is not an integer."),
        ("in 1.5 days", "'1.5' is not an integer."),
        ("in 9999999999999999 days", "'9999999999999999' is not an integer."),
        ("in ３ days", "'３' is not an integer."),
        ("in 3 fortnights", "Invalid interval: 'fortnights'"),
        (5, "It should be a text."),
        ({"a": 1}, "It should be a text."),
    ],
)
def test_what_is_no_time_is_refused_with_the_reason(text: JSONValue, why: str) -> None:
    error = refusal(lambda: _offset(text, "$gte"))

    assert error is not None
    assert (error.code, error.message) == (107, f"bad $relativeTime ($gte) value. {why}")


@pytest.mark.parametrize("operator", ["$eq", "$ne", "$exists"])
def test_only_comparisons_take_a_relative_time(operator: str) -> None:
    error = refusal(lambda: _offset("now", operator))

    assert error is not None
    assert "$lt, $lte, $gt, and $gte" in error.message


def test_only_dates_are_compared_with_a_relative_time() -> None:
    error = refusal(lambda: _offset("now", path=Path("n", NUMBER)))

    assert error is not None
    assert error.message == "$relativeTime can only be used with Date field"
    assert _offset("now", path=Path("unknown")) == 0


def test_a_time_beyond_what_dates_can_carry_is_the_last_or_first_one() -> None:
    far = date_of(AT, "$lt", {"$relativeTime": "in 999999999999999 years"}, 0)["iso"]
    past = date_of(AT, "$lt", {"$relativeTime": "999999999999999 years ago"}, 0)["iso"]

    assert (far, past) == ("9999-12-31T23:59:59.999Z", "0001-01-01T00:00:00.000Z")
