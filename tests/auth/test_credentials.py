"""Which values are ids and tokens."""

import pytest

from parsepy.auth import credentials
from parsepy.types import JSONValue


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1", "1"),
        ("ann", "ann"),
        (1, "1"),
        (0, "0"),
        (9007199254740993, "9007199254740993"),
        ("", None),
        (None, None),
        (True, None),
        (False, None),
        (1.5, None),
        ([], None),
        (["1"], None),
        ({"$ne": ""}, None),
    ],
)
def test_ids_are_texts_and_numbers_become_them(value: JSONValue, expected: str | None) -> None:
    assert credentials.identity(value) == expected


@pytest.mark.parametrize("value", ["a", "a.b-c_d~e", "a b", "x" * credentials.MAX_TOKEN])
def test_tokens(value: str) -> None:
    assert credentials.token(value) == value


@pytest.mark.parametrize(
    "value",
    [
        *("", None, 1, True, [], {}, ["a"], {"$ne": ""}),
        *("a\nb", "a\r\nX-Header: b", "a\0", "é", "\ud800", "a\u2028", "\x7f"),
        "x" * (credentials.MAX_TOKEN + 1),
    ],
)
def test_what_no_token_holds(value: JSONValue) -> None:
    assert credentials.token(value) is None


def test_texts_of_an_answer_are_cut() -> None:
    assert credentials.text({"a": "x" * 1000}, "a") == "x" * 300
    assert credentials.text({"a": ["x"]}, "a") is None
    assert credentials.text({}, "a") is None
