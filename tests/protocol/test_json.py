"""JSON as Node reads and writes it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.protocol import json
from parsepy.types import JSONValue


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1.0", "1"),
        ("1e3", "1000"),
        ("-0", "0"),
        ("-0.0", "0"),
        ("1.50", "1.5"),
        ("0.1", "0.1"),
        ("9007199254740992", "9007199254740992"),
        ("9007199254740993", "9007199254740992"),
        ('[1.0,{"a":2.0}]', '[1,{"a":2}]'),
        ("1e300", "1e+300"),
        ("1e-400", "0"),
        ('"1.0"', '"1.0"'),
    ],
)
def test_numbers_read_as_doubles_and_print_without_fraction(text: str, value: str) -> None:
    found = json.loads(text)
    assert json.dumps(found).decode() == value


def test_whole_numbers_are_integers() -> None:
    assert repr(json.loads('{"a":[1.0,2.5,true,1E2]}')) == "{'a': [1, 2.5, True, 100]}"


@pytest.mark.parametrize("digits", [20, 40, 300])
def test_integers_beyond_64_bits_are_doubles(digits: int) -> None:
    number = json.loads("1" + "0" * digits)
    assert number == 10.0**digits
    assert json.loads(json.dumps(number)) == number


@pytest.mark.parametrize("text", ["1e400", "-1e400", "1" + "0" * 400])
def test_numbers_beyond_doubles_are_refused(text: str) -> None:
    with pytest.raises(json.UnsupportedJSON):
        json.loads(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (r'"\ud800"', "�"),
        (r'"a\udfffb"', "a�b"),
        (r'{"\ud800": ["\udc00", 1.0]}', {"�": ["�", 1]}),
        (r'"\ud83d\ude00"', "\U0001f600"),
    ],
)
def test_lone_surrogates_become_replacement_characters(text: str, value: JSONValue) -> None:
    assert json.loads(text) == value


def test_a_null_character_is_a_character() -> None:
    assert json.loads(r'"a\u0000b"') == "a\0b"
    assert json.dumps("a\0b") == rb'"a\u0000b"'


@pytest.mark.parametrize(
    "text",
    ["", "{", "[1,]", "{'a':1}", "NaN", "Infinity", "-Infinity", "01", "1 2", "\ufeff{}", '"\x01"'],
)
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(json.InvalidJSON) as refused:
        json.loads(text)
    assert not isinstance(refused.value, json.UnsupportedJSON)


@pytest.mark.parametrize("text", [r'["\ud800", NaN]', r'["\ud800"', r'{"a": "\ud800", }'])
def test_lenience_is_for_surrogates_only(text: str) -> None:
    with pytest.raises(json.InvalidJSON):
        json.loads(text)


def test_bytes_that_are_no_utf8_are_refused() -> None:
    with pytest.raises(json.InvalidJSON):
        json.loads(b'"\xff"')


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_is_bounded(opening: str, closing: str) -> None:
    deepest = json.MAX_DEPTH
    text = opening * deepest + "1" + closing * deepest
    assert json.loads(text) is not None
    with pytest.raises(json.UnsupportedJSON, match="deeper than"):
        json.loads(opening + text + closing)


@pytest.mark.parametrize("levels", [5_000, 100_000])
def test_absurd_nesting_is_an_error_and_no_crash(levels: int) -> None:
    with pytest.raises(json.UnsupportedJSON):
        json.loads("[" * levels + "]" * levels)
    with pytest.raises(json.UnsupportedJSON):
        json.loads('["\\ud800",' + "[" * levels + "]" * levels + "]")


def test_wide_documents_are_not_deep() -> None:
    assert len(str(json.loads("[" + ",".join(["[]"] * 1000) + "]"))) > 1000


def test_raw_text_is_put_in_as_it_is() -> None:
    value: JSONValue = {"results": json.raw('[{"a":1}]')}
    assert json.dumps(value) == b'{"results":[{"a":1}]}'
    assert json.dumps({"a": value, "b": 2**70}) == b'{"a":{"results":[{"a":1}]},"b":%d}' % 2**70


def test_texts_from_foreign_databases_are_printed() -> None:
    assert json.loads(json.dumps("\ud800")) == "�"
    assert json.dumps(2**70) == str(2**70).encode()


values: st.SearchStrategy[JSONValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda children: st.lists(children) | st.dictionaries(st.text(), children),
)


@given(values)
def test_what_is_printed_reads_back_as_node_would_hold_it(value: JSONValue) -> None:
    held = json.normalise_numbers(json.loads(json.dumps(value)))
    assert json.loads(json.dumps(held)) == held == value
