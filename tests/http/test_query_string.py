"""Query strings as SDKs write them, and as nobody should."""

import pytest

from parsepy.http import query_string
from parsepy.http.query_string import MAX_NESTING, MAX_PARAMETERS
from parsepy.types import JSONValue
from tests.support.refusals import refusal


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (b"", {}),
        (b"a=1", {"a": 1}),
        (b"a=1.0&b=-0", {"a": 1, "b": 0}),
        (b"a=x", {"a": "x"}),
        (b'a="x"', {"a": "x"}),
        (b"a=true&b=null&c=[1,2]", {"a": True, "b": None, "c": [1, 2]}),
        (b"where=%7B%22a%22%3A1%7D&limit=2", {"where": {"a": 1}, "limit": 2}),
        (b"where={%22a%22:%22x+y%2Bz%22}", {"where": {"a": "x y+z"}}),
        (b"order=-createdAt,name", {"order": "-createdAt,name"}),
        (b"a=", {"a": ""}),
        (b"a", {"a": ""}),
        (b"=1&&", {}),
        (b"a=1=2", {"a": "1=2"}),
        (b"a={broken", {"a": "{broken"}),
        (b"a=%C3%A9", {"a": "é"}),
        (b"a=%ff", {"a": "\ufffd"}),
        (b"a=%", {"a": "%"}),
        (b"a=\xff", {"a": "\ufffd"}),
        (b"a=NaN&b=Infinity", {"a": "NaN", "b": "Infinity"}),
        (b"a=1&a=2&a=x", {"a": [1, 2, "x"]}),
        (b"keys[]=a&keys[]=b", {"keys": ["a", "b"]}),
        (b"keys[0]=a&keys[1]=b", {"keys": ["a", "b"]}),
        (b"where[a]=1&where[b]=x", {"where": {"a": "1", "b": "x"}}),
        (b"where[a][$in][]=x&where[a][$in][]=y", {"where": {"a": {"$in": ["x", "y"]}}}),
        (b"a[b=1", {"a[b": 1}),
        (b"a]b[=1", {"a]b[": 1}),
        (b"[a]=1", {"[a]": 1}),
        (b"a=1&a[b]=2", {"a": {"b": "2"}}),
    ],
)
def test_values_are_json_where_they_parse(query: bytes, expected: JSONValue) -> None:
    assert query_string.parse(query) == expected


def test_nesting_ends_somewhere() -> None:
    found: JSONValue = query_string.parse(b"a" + b"[b]" * 1000 + b"=x")

    depth = 0
    while isinstance(found, dict):
        (found,) = found.values()
        depth += 1
    assert depth == MAX_NESTING + 1


@pytest.mark.parametrize("parameter", ["a=1", "a[]=1", "a[b]=1", "a[0]=1"])
def test_parameters_have_a_number(parameter: str) -> None:
    allowed = "&".join([parameter] * MAX_PARAMETERS).encode()

    query_string.parse(allowed)
    error = refusal(lambda: query_string.parse(allowed + b"&z=1"))

    assert error is not None
    assert error.http_status == 400


def test_names_that_are_attributes_elsewhere_are_names_here() -> None:
    found = query_string.parse(b"__proto__[a]=1&constructor=2&__class__[b]=3")

    assert found == {"__proto__": {"a": "1"}, "constructor": 2, "__class__": {"b": "3"}}


@pytest.mark.parametrize(
    ("segment", "expected"),
    [
        ("plain", "plain"),
        ("a%20b", "a b"),
        ("a+b", "a+b"),
        ("a%2Bb", "a+b"),
        ("a%2Fb", "a/b"),
        ("%C3%A9", "é"),
        ("%2525", "%25"),
    ],
)
def test_a_part_of_a_path_is_decoded_once(segment: str, expected: str) -> None:
    assert query_string.decode_segment(segment) == expected


@pytest.mark.parametrize("segment", ["%", "%2", "%zz", "a%", "%ff", "%C3", "%00", "%ed%a0%80"])
def test_a_part_that_is_no_text_is_refused(segment: str) -> None:
    error = refusal(lambda: query_string.decode_segment(segment))

    assert error is not None
    assert error.http_status == 400


def test_parameters_of_functions_are_the_texts_that_were_sent() -> None:
    query = b"a=1e3&b=true&c=%22x%22&d={%22e%22:%201}&f[g]=2&h"

    assert query_string.parse_texts(query) == {
        "a": "1e3",
        "b": "true",
        "c": '"x"',
        "d": '{"e": 1}',
        "f": {"g": "2"},
        "h": "",
    }
