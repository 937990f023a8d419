"""Values between the wire and cloud code."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from parsepy.cloud import values
from parsepy.cloud.objects import Object
from parsepy.types import JSONValue

DATE: JSONValue = {"__type": "Date", "iso": "2020-01-02T03:04:05.006Z"}
POINTER: JSONValue = {"__type": "Pointer", "className": "Game", "objectId": "x1"}
WIRE: list[JSONValue] = [
    None,
    True,
    1,
    1.5,
    "text",
    [1, [DATE]],
    {"a": {"b": POINTER}},
    {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
    {"__type": "Bytes", "base64": "aGk="},
    {"__type": "File", "name": "a.txt", "url": "http://localhost/a.txt"},
    {"__type": "Relation", "className": "Game"},
    {"__type": "Date", "iso": "no date"},
]


@pytest.mark.parametrize("value", WIRE)
def test_what_came_in_goes_out_the_same(value: JSONValue) -> None:
    assert values.encode(values.decode(value, Object)) == value


def test_a_date_is_a_moment() -> None:
    assert values.decode(DATE, Object) == datetime(2020, 1, 2, 3, 4, 5, 6000, tzinfo=UTC)


def test_moments_of_other_zones_go_out_in_utc() -> None:
    moment = datetime(2020, 1, 2, 5, 4, 5, 6000, tzinfo=timezone(timedelta(hours=2)))

    assert values.encode(moment) == DATE
    assert values.encode(moment.astimezone(UTC).replace(tzinfo=None)) == DATE


def test_a_pointer_is_an_object_that_is_not_fetched() -> None:
    found = values.decode(POINTER, Object)

    assert isinstance(found, Object)
    assert (found.class_name, found.object_id, found.state) == ("Game", "x1", {})


def test_an_object_is_a_pointer_inside_and_whole_in_an_answer() -> None:
    game = Object("Game", "x1", {"objectId": "x1", "score": 1})

    assert values.encode([game]) == [POINTER]
    assert values.encode({"g": game}, whole_objects=True) == {
        "g": {"__type": "Object", "className": "Game", "objectId": "x1", "score": 1}
    }


def test_an_unsaved_object_cannot_be_pointed_to() -> None:
    for whole in (True, False):
        with pytest.raises(ValueError, match="unsaved Game"):
            values.encode({"g": Object("Game")}, whole_objects=whole)


def test_what_json_cannot_say_is_refused() -> None:
    with pytest.raises(TypeError, match="object is no value"):
        values.encode({"a": [object()]})


def test_numbers_that_are_none_become_null() -> None:
    assert values.encode([float("nan"), float("inf"), 2.0]) == [None, None, 2]
