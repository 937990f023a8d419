"""Keys and ordered scalars mean what `query.stored` means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.livequery.index_keys import NULL_KEY, key_of, ordered
from parsepy.protocol.values import pointer
from parsepy.query.stored import compare, equal, kind, stored_value
from parsepy.query.traversal import Reached
from parsepy.types import MISSING, JSONValue
from tests.query.samples import nested, scalars, typed

ALIKE: list[JSONValue] = [0, -0.0, 0.0, 1, 1.0, 2**53, 2.0**53, False, True, "1", [0], [-0.0]]
VALUES = st.sampled_from(ALIKE) | scalars | typed.map(stored_value) | nested


@given(left=VALUES, right=VALUES)
def test_keys_are_equal_when_values_are(left: JSONValue, right: JSONValue) -> None:
    assert (key_of(left) == key_of(right)) == equal(left, right)
    if equal(left, right):
        assert hash(key_of(left)) == hash(key_of(right))


@given(left=VALUES, right=VALUES)
def test_scalars_are_ordered_as_they_are_stored(left: JSONValue, right: JSONValue) -> None:
    first, second = ordered(left), ordered(right)
    if first is None or second is None or kind(left) != kind(right):
        return
    assert first[0] == second[0] == kind(left)
    difference = (first[1] > second[1]) - (first[1] < second[1])
    assert difference == compare(left, right)


def test_shorter_bytes_come_first() -> None:
    first = ordered({"__type": "Bytes", "base64": "/w=="})
    second = ordered({"__type": "Bytes", "base64": "AAA="})
    assert first is not None
    assert second is not None
    assert first < second


@pytest.mark.parametrize("value", [None, MISSING, [], [1], {}, {"a": 1}, pointer("Team", "one")])
def test_null_lists_and_objects_are_not_ordered(value: Reached) -> None:
    assert ordered(value) is None


def test_what_is_missing_has_the_key_of_null() -> None:
    assert key_of(MISSING) == key_of(None) == NULL_KEY


def test_names_in_objects_have_an_order() -> None:
    assert key_of({"a": 1, "b": 2}) != key_of({"b": 2, "a": 1})
