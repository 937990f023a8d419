"""What is counted of an event, whatever a client sends."""

import pytest

from parsepy.analytics.event import Event, Key, read_event
from parsepy.types import JSONValue

NOW = "2026-11-30T12:00:00.000Z"
TODAY = "2026-11-30"


def test_an_event_and_its_dimensions_are_counted() -> None:
    event = read_event("search", {"dimensions": {"city": "Rome", "n": 2, "paid": True}}, NOW)

    assert list(event.counted()) == [
        Key(TODAY, "search"),
        Key(TODAY, "search", "city", "Rome"),
        Key(TODAY, "search", "n", "2"),
        Key(TODAY, "search", "paid", "true"),
    ]


def test_an_app_that_is_opened_by_a_push_tells_which() -> None:
    event = read_event("AppOpened", {"push_hash": "d41d8"}, NOW)

    assert event == Event("AppOpened", TODAY, (("push_hash", "d41d8"),))
    assert read_event("other", {"push_hash": "d41d8"}, NOW).dimensions == ()


@pytest.mark.parametrize(
    "dimensions", [None, "x", 5, [1], {"a": None}, {"a": {}}, {"a": [1]}, {"": "x"}]
)
def test_what_is_no_dimension_is_left_out(dimensions: JSONValue) -> None:
    assert read_event("e", {"dimensions": dimensions}, NOW) == Event("e", TODAY)


def test_dimensions_and_texts_are_bounded() -> None:
    many: JSONValue = {f"{n:0200}": "v" * 1000 for n in range(20)}
    same: JSONValue = {f"{n}": "v" * 1000 for n in range(20)}

    assert len(read_event("e" * 1000, {"dimensions": many}, NOW).name) == 100
    assert len(read_event("e", {"dimensions": many}, NOW).dimensions) == 1
    found = read_event("e", {"dimensions": same}, NOW).dimensions
    assert len(found) == 8
    assert {len(value) for _, value in found} == {140}


def test_characters_that_no_store_takes_are_replaced() -> None:
    event = read_event("a\0b\ud800", {"dimensions": {"k\0": "v\udfff"}}, NOW)

    assert event == Event("ab?", TODAY, (("k", "v?"),))


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ({"__type": "Date", "iso": "2026-11-28T23:59:59.999Z"}, "2026-11-28"),
        ("2026-11-28T23:59:59.999Z", "2026-11-28"),
        ("2026-11-29T00:30:00+01:00", "2026-11-28"),
        ("2026-11-30", TODAY),
        ("2026-11-01T00:00:00.000Z", TODAY),
        ("2027-01-01T00:00:00.000Z", TODAY),
        ("never", TODAY),
        ({"__type": "Date", "iso": 5}, TODAY),
        ({"__type": "Bytes", "base64": ""}, TODAY),
        (1764500000000, TODAY),
        (None, TODAY),
    ],
)
def test_the_day_of_an_event(at: JSONValue, day: str) -> None:
    assert read_event("e", {"at": at}, NOW).day == day
