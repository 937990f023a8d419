"""Headers that an app's own code wants a file to be sent with."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.errors import ParseError
from parsepy.files.response_headers import check_headers


@pytest.mark.parametrize(
    "headers",
    [None, {}, {"X-A": "1", "Content-Type": "text/plain"}, {"X-Caf\x65": "caf\xe9"}, {"A": ""}],
)
def test_headers_that_can_be_sent(headers: Mapping[str, str] | None) -> None:
    check_headers(headers)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("", "a"),
        ("X A", "a"),
        ("X-A:", "a"),
        ("X-Ä", "a"),
        ("X-A", "a\nb"),
        ("X-A", "a\rb"),
        ("X-A", "a\0b"),
        ("X-A", "€"),
        ("Content-Length", "1"),
        ("transfer-encoding", "chunked"),
        ("Connection", "close"),
    ],
)
def test_headers_that_would_break_an_answer(name: str, value: str) -> None:
    with pytest.raises(ParseError) as refused:
        check_headers({"X-Good": "1", name: value})
    assert (refused.value.code, refused.value.http_status) == (141, 403)


@given(st.text(max_size=20), st.text(max_size=20))
def test_what_passes_is_one_line(name: str, value: str) -> None:
    try:
        check_headers({name: value})
    except ParseError:
        return
    line = f"{name}: {value}".encode("latin-1")
    assert not {b"\r", b"\n", b"\0"} & {line[at : at + 1] for at in range(len(line))}
