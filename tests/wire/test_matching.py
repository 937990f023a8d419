"""The comparison of answers fails on what it must fail on."""

import pytest

from parsepy.types import JSONValue
from tests.wire.matching import compare

SAME: list[tuple[JSONValue, JSONValue]] = [
    ({"a": [1, "x", None, True]}, {"a": [1, "x", None, True]}),
    ("<objectId>", "abcDEF0123"),
    ("http://a/classes/Item/<objectId>", "http://a/classes/Item/abcDEF0123"),
    ("<date>", "2024-01-02T03:04:05.678Z"),
    ("<token>", "r:0123456789abcdef0123456789abcdef"),
    ("<text>", "two\nlines"),
    ("Pointer<A>", "Pointer<A>"),
]
DIFFERENT: list[tuple[JSONValue, JSONValue]] = [
    (1, 1.0),
    (1, True),
    (0, False),
    ("1", 1),
    (None, False),
    ({"a": 1}, {}),
    ({}, {"a": 1}),
    ({"a": None}, {}),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ([], {}),
    ("<objectId>", "abcDEF012"),
    ("<objectId>", 1234567890),
    ("<date>", "2024-01-02T03:04:05Z"),
    ("<text>", ""),
    ("a.b", "axb"),
    ("a.<objectId>", "ax0123456789"),
]


@pytest.mark.parametrize(("wanted", "got"), SAME)
def test_equal_values_have_no_differences(wanted: JSONValue, got: JSONValue) -> None:
    assert list(compare("body", wanted, got)) == []


@pytest.mark.parametrize(("wanted", "got"), DIFFERENT)
def test_other_values_differ(wanted: JSONValue, got: JSONValue) -> None:
    assert list(compare("body", wanted, got))


def test_an_id_or_token_that_was_known_is_no_new_one() -> None:
    wanted: JSONValue = {"objectId": "<objectId>"}

    assert list(compare("body", wanted, {"objectId": "abcDEF0123"}, ["xyzDEF0123"])) == []
    assert list(compare("body", wanted, {"objectId": "abcDEF0123"}, ["abcDEF0123"]))


def test_difference_names_its_place() -> None:
    found = list(compare("body", {"results": [{"n": 1}]}, {"results": [{"n": 2}]}))

    assert found == ["body.results.0.n: expected 1, got 2"]
