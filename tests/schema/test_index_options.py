"""Options of indexes, as the schema API spells them."""

import pytest

from parsepy.errors import ParseError
from parsepy.schema.index_options import LONGEST_EXPIRY, PLAIN, IndexOptions, read_options
from parsepy.schema.index_options import write_options as written
from parsepy.types import JSONObject, JSONValue

GIVEN: list[tuple[JSONObject, IndexOptions]] = [
    ({}, PLAIN),
    ({"unique": True}, IndexOptions(unique=True)),
    ({"sparse": True, "unique": True}, IndexOptions(unique=True, sparse=True)),
    ({"expireAfterSeconds": 0}, IndexOptions(expire_after_seconds=0)),
    ({"expireAfterSeconds": LONGEST_EXPIRY}, IndexOptions(expire_after_seconds=LONGEST_EXPIRY)),
]


@pytest.mark.parametrize(("value", "options"), GIVEN)
def test_options_come_back_as_they_were_given(value: JSONObject, options: IndexOptions) -> None:
    assert read_options("i", value) == options
    assert written(options) == value


def test_what_is_off_is_as_if_it_were_not_given() -> None:
    value: JSONObject = {"unique": False, "sparse": None, "expireAfterSeconds": None}

    assert read_options("i", value) == PLAIN
    assert written(PLAIN) == {}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (True, "The options of index i must be an object."),
        ([], "The options of index i must be an object."),
        ({"weights": {}}, "An index has no option weights."),
        ({"unique": 1}, "The option unique of index i must be true or false."),
        ({"sparse": "yes"}, "The option sparse of index i must be true or false."),
        ({"expireAfterSeconds": -1}, "expireAfterSeconds of index i must be a whole number"),
        ({"expireAfterSeconds": 1.5}, "expireAfterSeconds of index i must be a whole number"),
        ({"expireAfterSeconds": True}, "expireAfterSeconds of index i must be a whole number"),
        ({"expireAfterSeconds": "5"}, "expireAfterSeconds of index i must be a whole number"),
        ({"expireAfterSeconds": LONGEST_EXPIRY + 1}, "must be a whole number of seconds from 0 to"),
    ],
)
def test_other_options_are_refused(value: JSONValue, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        read_options("i", value)
    assert refused.value.code == 102
    assert message in refused.value.message
