"""Dates of the wire."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.protocol import dates


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("2024-01-02T03:04:05.678Z", "2024-01-02T03:04:05.678Z"),
        ("2024-01-02T03:04:05Z", "2024-01-02T03:04:05.000Z"),
        ("2024-01-02T03:04:05.6Z", "2024-01-02T03:04:05.600Z"),
        ("2024-01-02T03:04:05.678999Z", "2024-01-02T03:04:05.678Z"),
        ("2024-01-02T03:04Z", "2024-01-02T03:04:00.000Z"),
        ("2024-01-02", "2024-01-02T00:00:00.000Z"),
        ("2024-01", "2024-01-01T00:00:00.000Z"),
        ("2024", "2024-01-01T00:00:00.000Z"),
        ("2024-01-02 03:04:05", "2024-01-02T03:04:05.000Z"),
        ("2024-01-02T03:04:05+02:00", "2024-01-02T01:04:05.000Z"),
        ("2024-01-02T03:04:05-0530", "2024-01-02T08:34:05.000Z"),
        ("0001-01-01T00:00:00.000Z", "0001-01-01T00:00:00.000Z"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ("2024-02-29", "2024-02-29T00:00:00.000Z"),
    ],
)
def test_forms_that_are_read(text: str, canonical: str) -> None:
    assert dates.normalise(text) == canonical
    assert dates.normalise(canonical) == canonical


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2023-02-29",
        "2024-13-01",
        "2024-01-02T25:00:00Z",
        "2024-01-02T03:04:05.678Zjunk",
        "2024-01-02T03:04:05.678Z\n",
        "0000-01-01",
        "10000-01-01",
        "0001-01-01T00:00:00+01:00",
        "\u0662\u0660\u0662\u0664-01-01",
        "\u0662\u0660\u0662\u0664-01-01T00:00:00.000Z",
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert dates.parse(text) is None
    assert dates.normalise(text) is None


def test_milliseconds_become_text() -> None:
    assert dates.format_ms(0) == "1970-01-01T00:00:00.000Z"
    assert dates.format_ms(-1) == "1969-12-31T23:59:59.999Z"
    assert dates.format_ms(1_704_164_645_678) == "2024-01-02T03:04:05.678Z"


@pytest.mark.parametrize("milliseconds", [10**15, 10**18, 10**30])
def test_times_beyond_the_years_of_iso_are_clamped(milliseconds: int) -> None:
    assert dates.format_ms(milliseconds) == "9999-12-31T23:59:59.999Z"
    assert dates.format_ms(-milliseconds) == "0001-01-01T00:00:00.000Z"


def test_datetimes_become_text() -> None:
    moment = datetime(2024, 1, 2, 3, 4, 5, 678_999, tzinfo=UTC)
    east = timezone(timedelta(hours=2))
    assert dates.format_datetime(moment) == "2024-01-02T03:04:05.678Z"
    assert dates.format_datetime(moment.replace(tzinfo=None)) == "2024-01-02T03:04:05.678Z"
    assert dates.format_datetime(moment.replace(tzinfo=east)) == "2024-01-02T01:04:05.678Z"


def test_now_is_between_before_and_after() -> None:
    before, now, after = dates.now_ms(), dates.now(), dates.now_ms()
    assert dates.format_ms(before) <= now <= dates.format_ms(after)
    assert dates.normalise(now) == now


@given(st.integers(-62_135_596_800_000, 253_402_300_799_999))
def test_every_instant_survives_the_trip(milliseconds: int) -> None:
    text = dates.format_ms(milliseconds)
    moment = dates.parse(text)
    assert moment is not None
    assert moment - datetime(1970, 1, 1, tzinfo=UTC) == timedelta(milliseconds=milliseconds)
    assert dates.normalise(text) == text


@given(st.integers(0, 253_402_300_799_999), st.integers(0, 253_402_300_799_999))
def test_texts_order_as_instants_do(left: int, right: int) -> None:
    assert (dates.format_ms(left) < dates.format_ms(right)) == (left < right)


def test_the_millisecond_after() -> None:
    assert dates.next_millisecond("2023-12-31T23:59:59.999Z") == "2024-01-01T00:00:00.000Z"
    assert dates.next_millisecond("9999-12-31T23:59:59.999Z") == "9999-12-31T23:59:59.999Z"
