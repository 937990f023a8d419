"""Base64 texts, read as Node reads them."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.files.base64_text import Decoder, from_base64


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
        ("QUI=QUI=", b"AB"),
        ("QUI=QU", b"AB"),
    ],
)
def test_base64_as_node_reads_it(text: str, content: bytes) -> None:
    assert from_base64(text) == content


@given(
    text=st.one_of(
        st.binary().map(lambda content: base64.b64encode(content).decode()),
        st.text("ABab09+/-_= \n!", max_size=40),
    ),
    size=st.integers(1, 9),
)
def test_a_text_in_pieces_is_the_same_text(text: str, size: int) -> None:
    decoder = Decoder()
    pieces = [text[at : at + size].encode() for at in range(0, len(text), size)]

    decoded = b"".join([decoder.decode(piece) for piece in pieces])

    assert decoded + decoder.rest() == from_base64(text)
