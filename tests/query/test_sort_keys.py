"""Sort keys order exactly as `query.stored` compares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.protocol.values import date
from parsepy.query.sort_keys import least_key, sort_key
from parsepy.query.stored import compare
from parsepy.types import MISSING, JSONValue

SCALARS: st.SearchStrategy[JSONValue] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**53), 2**53),
    st.floats(allow_nan=False, allow_infinity=False).map(lambda number: number + 0.0),
    st.text(st.sampled_from("aAé\0\U0001f600\uffff"), max_size=3),
    st.sampled_from([date("2020-01-01T00:00:00.000Z"), date("2020-01-01T00:00:00.001Z")]),
)


def _nested(children: st.SearchStrategy[JSONValue]) -> st.SearchStrategy[JSONValue]:
    lists: st.SearchStrategy[JSONValue] = st.lists(children, max_size=3).map(list)
    maps: st.SearchStrategy[JSONValue] = st.dictionaries(
        st.sampled_from(["a", "b", "ab"]), children, max_size=3
    ).map(dict)
    return lists | maps


VALUES = st.recursive(SCALARS, _nested, max_leaves=5)


def sign(number: int) -> int:
    return (number > 0) - (number < 0)


@given(VALUES, VALUES)
def test_keys_order_as_their_values(left: JSONValue, right: JSONValue) -> None:
    first, second = sort_key(left), sort_key(right)
    assert (first > second) - (first < second) == sign(compare(left, right))


def test_binaries_order_by_length_first() -> None:
    keys = [sort_key({"__type": "Bytes", "base64": text}) for text in ("/w==", "AAA=", "AAE=")]
    assert keys == sorted(keys)


NULL = sort_key(None)
EMPTY = least_key([], [])


def test_an_empty_list_stands_before_null_and_null_with_what_is_missing() -> None:
    assert EMPTY < NULL == least_key(MISSING, [])


# Value, path, least and greatest key: observed in MongoDB 6.0.5 (`$meta: "sortKey"`).
WALKS: list[tuple[JSONValue, str, bytes, bytes]] = [
    ([3, 1, 2], "", sort_key(1), sort_key(3)),
    ([[3, 1]], "", sort_key([3, 1]), sort_key([3, 1])),
    ([[1], {"a": 5}], "a", NULL, sort_key(5)),
    ([{"a": []}, {"a": 1}], "a", EMPTY, sort_key(1)),
    ([{"a": [[3, 1], 2]}], "a", sort_key(2), sort_key([3, 1])),
    ([None, {"a": 1}], "a", NULL, sort_key(1)),
    ([], "a", NULL, NULL),
    (5, "a", NULL, NULL),
    ([[3, 1], 3], "0", sort_key([3, 1]), sort_key([3, 1])),
    ([[]], "0", EMPTY, EMPTY),
    ([5], "1", NULL, NULL),
    ({"0": [4, 3]}, "0", sort_key(3), sort_key(4)),
    ([[7, 8], 3], "0.0", sort_key(7), sort_key(7)),
    ([[9, {"a": 3}, {"a": 2}]], "0.a", NULL, sort_key(3)),
    ([{"a": [4, 3]}, 3], "0.a", sort_key(3), sort_key(4)),
]


@pytest.mark.parametrize(("value", "path", "least", "greatest"), WALKS)
def test_a_path_sorts_by_the_least_or_greatest_value_it_reaches(
    value: JSONValue, path: str, least: bytes, greatest: bytes
) -> None:
    parts = path.split(".") if path else []
    assert least_key(value, parts) == least
    assert least_key(value, parts, greatest=True) == greatest
