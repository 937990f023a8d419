"""The matchers accept what they name and nothing else."""

import pytest

from parsepy.types import JSONObject, JSONValue
from tests.exchanges.matching import differences


def fits(wanted: JSONValue, got: JSONValue) -> bool:
    return not list(differences("body", wanted, got))


@pytest.mark.parametrize(
    ("matcher", "good", "bad"),
    [
        ("<any>", None, None),
        ("<string>", "", 1),
        ("<number>", 1.5, True),
        ("<int>", 2, 2.0),
        ("<bool>", False, 0),
        ("<object>", {}, []),
        ("<array>", [], {}),
        ("<null>", None, ""),
        ("<objectId>", "abcDEF0123", "short"),
        ("<date>", "2024-02-29T12:34:56.789Z", "2024-02-29T12:34:56Z"),
        ("<token>", "r:0123456789abcdef", "0123456789abcdef"),
        ("<uuid>", "01234567-89ab-cdef-0123-456789abcdef", "0123456789abcdef"),
        ("<url>", "https://example.com/x", "/x"),
        ("<regex:^a.c$>", "abc", "xabc"),
        ("<oneOf:a.|b>", "a.", "ab"),
        ("plain.", "plain.", "plainX"),
        (2, 2, 2.0),
        (True, True, 1),
        (None, None, False),
    ],
)
def test_matcher(matcher: JSONValue, good: JSONValue, bad: JSONValue) -> None:
    assert fits(matcher, good)
    assert matcher == "<any>" or not fits(matcher, bad)


def test_objects_have_the_keys_named_and_no_others() -> None:
    wanted: JSONObject = {"a": 1, "b?": 2, "c": "<absent>"}

    assert fits(wanted, {"a": 1})
    assert fits(wanted, {"a": 1, "b": 2})
    assert not fits(wanted, {})
    assert not fits(wanted, {"a": 1, "b": 3})
    assert not fits(wanted, {"a": 1, "c": None})
    assert not fits(wanted, {"a": 1, "d": 1})
    assert fits({**wanted, "...": "<any>"}, {"a": 1, "d": 1})
    assert not fits({**wanted, "...": "<any>"}, {"a": 1, "c": 1})


def test_arrays_match_in_order_each_or_some() -> None:
    assert fits([1, "<string>"], [1, "x"])
    assert not fits([1], [1, 1])
    assert fits(["<each>", "<int>"], [1, 2])
    assert fits(["<each>", "<int>"], [])
    assert not fits(["<each>", "<int>"], [1, "x"])
    assert fits(["<some>", {"a": 1}], [{"a": 2}, {"a": 1}])
    assert not fits(["<some>", {"a": 1}], [{"a": 2}])
    assert not fits(["<some>", {"a": 1}], [])


def test_a_difference_says_where_it_is() -> None:
    assert list(differences("body", {"a": [{"b": 1}]}, {"a": [{"b": 2}]})) == [
        "body.a.0.b: expected 1, got 2"
    ]
