"""Base64 texts, read as Node reads them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.files.base64_text import from_base64


@given(content=st.binary())
def test_base64_of_both_alphabets(content: bytes) -> None:
    assert from_base64(base64.b64encode(content).decode()) == content
    assert from_base64(base64.urlsafe_b64encode(content).decode()) == content


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("", b""),
        ("!!!!", b""),
        ("aGVs bG8\n", b"hello"),
        ("aGVsbG8=aGVsbG8=", b"hello"),
        ("aGVsbG8", b"hello"),
        ("aGVsb", b"hel"),
        ("é🎈", b""),
    ],
)
def test_base64_as_node_reads_it(text: str, content: bytes) -> None:
    assert from_base64(text) == content
