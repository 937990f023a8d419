"""`$text`: every malformed shape with the reference's error."""

import pytest

from parsepy.errors import ParseError
from parsepy.protocol.field_types import STRING
from parsepy.query.parse import parse_where
from parsepy.query.tree import Path, Text, Where
from parsepy.types import JSONValue


def parsed(text: JSONValue) -> Where:
    return parse_where({"s": {"$text": text}}, {"s": STRING})


def test_a_search_with_all_options() -> None:
    search: JSONValue = {
        "$term": "a",
        "$language": "es",
        "$caseSensitive": True,
        "$diacriticSensitive": True,
    }
    assert parsed({"$search": search}) == Text(Path("s", STRING), "a", "es", True, True)


def test_what_javascript_takes_for_false_is_not_given() -> None:
    search: JSONValue = {
        "$term": "a",
        "$language": "",
        "$caseSensitive": 0,
        "$diacriticSensitive": None,
    }
    assert parsed({"$search": search}) == Text(Path("s", STRING), "a")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a", "$search, should be object"),
        (None, "$search, should be object"),
        ({}, "$search, should be object"),
        ({"$search": "a"}, "$search, should be object"),
        ({"$search": None}, "$search, should be object"),
        ({"$search": []}, "$term, should be string"),
        ({"$search": {}}, "$term, should be string"),
        ({"$search": {"$term": ""}}, "$term, should be string"),
        ({"$search": {"$term": 3}}, "$term, should be string"),
        ({"$search": {"$term": "a", "$language": 3}}, "$language, should be string"),
        ({"$search": {"$term": "a", "$language": []}}, "$language, should be string"),
        ({"$search": {"$term": "a", "$caseSensitive": "x"}}, "$caseSensitive, should be boolean"),
        ({"$search": {"$term": "a", "$caseSensitive": {}}}, "$caseSensitive, should be boolean"),
        (
            {"$search": {"$term": "a", "$diacriticSensitive": 1}},
            "$diacriticSensitive, should be boolean",
        ),
    ],
)
def test_a_malformed_search(text: JSONValue, message: str) -> None:
    with pytest.raises(ParseError) as refused:
        parsed(text)
    assert (refused.value.code, refused.value.message) == (107, f"bad $text: {message}")
