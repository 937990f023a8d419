"""Metadata as headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.files.objectstore.metadata import OURS, as_attributes, from_attributes
from parsepy.types import JSONObject


def test_plain_metadata_are_written_as_npm_s_adapter_writes_them() -> None:
    metadata: JSONObject = {"owner": "u 1", "kind": "x"}

    assert as_attributes(metadata) == {"owner": "u 1", "kind": "x"}


@pytest.mark.parametrize(
    "metadata",
    [
        {"n": 1},
        {"Capital": "x"},
        {"a-b": "x"},
        {"k": "é"},
        {"k": ""},
        {"k": " x"},
        {"k": "a\nb"},
        {"k": "x", "n": None},
        {OURS: "{}"},
    ],
    ids=ascii,
)
def test_what_no_header_can_hold_goes_as_json(metadata: JSONObject) -> None:
    attributes = as_attributes(metadata)

    assert list(attributes) == [OURS]
    assert attributes[OURS].isascii()
    assert attributes[OURS].isprintable()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=5), JSON, max_size=4))
def test_metadata_come_back_as_they_were(metadata: JSONObject) -> None:
    attributes = {**as_attributes(metadata), "Content-Type": "text/plain", "Cache-Control": "no"}

    assert from_attributes(attributes) == metadata


def test_what_others_wrote_is_read() -> None:
    assert from_attributes({"a-b": "x", "Content-Type": "t"}) == {"a-b": "x"}
    assert from_attributes({OURS: "no json"}) == {}
    assert from_attributes({OURS: "[1]"}) == {}
