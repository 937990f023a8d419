"""One member of a JSON object, taken out while it arrives."""

import json
from collections.abc import Iterator
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.protocol import json as wire_json
from parsepy.protocol.json import InvalidJSON
from parsepy.protocol.member_text import MemberText
from parsepy.types import JSONObject, JSONValue


def _cut(document: bytes, size: int) -> Iterator[bytes]:
    for at in range(0, len(document), size):
        yield document[at : at + size]


def _read(document: bytes, size: int = 1 << 16) -> JSONValue:
    """The document with its text put back in place of the mark."""
    member, text = MemberText("base64"), b""
    for part in _cut(document, size):
        for piece in member.feed(part):
            text = b"" if piece is None else text + piece
    value = member.rest()
    if isinstance(value, dict) and value.get("base64") == member.mark:
        value["base64"] = text.decode()
    return value


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize(
    "document",
    [
        b'{"base64":"aGVsbG8=","_ApplicationId":"app"}',
        b'{ "_ApplicationId" : "app" , "base64" : "" }',
        b'{"a":{"base64":"of another"},"b":["base64",{"base64":["x"]}],"base64":"mine"}',
        b'{"base64":"a\\/b\\u002bc\\n\\"\\\\u00","x":"base64"}',
        b'{"base64":5}',
        b'{"base64":null,"x":{}}',
        b'{"base64":["a"]}',
        b'{"base64":{"base64":"a"}}',
        b'{"b\\u0061se64":"escaped"}',
        b'{"x\\"base64":"a","base64x":"b","":"c"}',
        b'{"base64":"first","base64":"last"}',
        b'{"base64":"first","b\\u0061se64":"last"}',
        b'{"b\\u0061se64":"first","base64":"last"}',
        b'{"base64":"first","base64":7}',
        b" \r\n\t{}\n",
    ],
)
def test_a_document_is_what_the_parser_says(document: bytes, size: int) -> None:
    assert _read(document, size) == json.loads(document)


@pytest.mark.parametrize("size", [1, 4, 1000])
def test_what_is_not_ascii_is_left_out(size: int) -> None:
    document = json.dumps({"base64": "aé\u20acb\\"}, ensure_ascii=False).encode()

    assert _read(document, size) == {"base64": "ab\\"}
    assert _read(b'{"base64":"a\\u00e9\\ud800b"}', size) == {"base64": "ab"}


@pytest.mark.parametrize("size", [1, 5, 1000])
@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"{",
        b"no JSON",
        b" \n",
        b'["base64","a"]',
        b'"base64"',
        b"5",
        b'{"base64":"aGVs',
        b'{"base64":"aGVs"',
        b'{"base64":"aGVs\\',
        b'{"base64":"aGVs\\"}',
        b'{"base64":"a\nb"}',
        b'{"base64":"a\0b"}',
        b'{"base64":"a\\u00zzzzzzzz"}',
        b'{"base64":"a\\xb"}',
        b'{"base64" "a"}',
        b'{"base64":"a""b"}',
        b'{"base64":"a"}}',
        b'{"base64":"a",}',
    ],
)
def test_what_is_no_json_is_refused(document: bytes, size: int) -> None:
    with pytest.raises(InvalidJSON):
        _read(document, size)


def test_what_begins_as_no_object_is_refused_before_it_ends() -> None:
    for document in (b"\x89PNG", b" [", b"\xef\xbb\xbf{"):
        with pytest.raises(InvalidJSON):
            list(MemberText("base64").feed(document))


def test_a_document_of_commas_is_left_to_the_parser() -> None:
    """Nobody else waits while each of them is looked at."""
    member = MemberText("base64")

    assert list(member.feed(b"{" + b"," * 100_000 + b'"base64":"a"}')) == []
    many: JSONObject = {"x": cast("list[JSONValue]", list(range(50_000))), "base64": "here"}
    assert _read(json.dumps(many).encode()) == many


_texts = st.text(st.characters(codec="ascii", exclude_categories=["Cc"]), max_size=30)
_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), _texts),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.just("base64"), _texts), inner, max_size=3),
    ),
    max_leaves=8,
)


@given(
    value=st.dictionaries(st.one_of(st.just("base64"), _texts), _values, max_size=5),
    size=st.integers(1, 20),
    indent=st.sampled_from([None, 1]),
)
def test_any_document_is_what_the_parser_says(
    value: JSONObject, size: int, indent: int | None
) -> None:
    document = json.dumps(value, indent=indent).encode()

    assert _read(document, size) == wire_json.loads(document)
