"""What a page is told, in headers and addresses."""

from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.pages.parameters import headers, with_query


def header(value: str, *, encode: bool = False) -> bytes:
    ((name, found),) = headers({"appName": value}, encode=encode)
    assert name == b"x-parse-page-param-appname"
    return found


@pytest.mark.parametrize(
    ("value", "plain", "encoded"),
    [
        ("An App!", b"An App!", b"An%20App!"),
        ("a\r\nSet-Cookie: x\x7f\x85", b"aSet-Cookie: x", b"a%0D%0ASet-Cookie%3A%20x%7F%C2%85"),
        ("Kühne", b"K\xfchne", b"K%C3%BChne"),
        ("日本", b"%E6%97%A5%E6%9C%AC", b"%E6%97%A5%E6%9C%AC"),
        ("100 % 日", b"100%20%25%20%E6%97%A5", b"100%20%25%20%E6%97%A5"),
        (" a\t", b"a", b"%20a%09"),
        ("", b"", b""),
        ("~'()*-_.", b"~'()*-_.", b"~'()*-_."),
    ],
)
def test_headers_hold_the_value_or_its_code(value: str, plain: bytes, encoded: bytes) -> None:
    assert header(value) == plain
    assert header(value, encode=True) == encoded


@given(st.text(), st.booleans())
def test_no_value_ends_a_header(value: str, encode: bool) -> None:
    found = header(value, encode=encode)

    assert found == found.strip()
    assert all(byte >= 0x20 and byte != 0x7F for byte in found)


def test_a_name_that_is_no_headers_is_left_out() -> None:
    given = {"ok": "1", "not ok": "2", "nö": "3", "x:y": "4", "": "5"}

    assert [name for name, _ in headers(given, encode=False)] == [
        b"x-parse-page-param-ok",
        b"x-parse-page-param-",
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.com", "https://example.com/?token=a+b%26"),
        ("https://example.com/x?y=1#z", "https://example.com/x?y=1&token=a+b%26#z"),
        ("https://example.com/x?token=own&y=", "https://example.com/x?token=a+b%26&y="),
        ("app://reset", "app://reset/?token=a+b%26"),
        ("https://example.com/ä%20b c", "https://example.com/%C3%A4%20b%20c?token=a+b%26"),
        ("https://münchen.example:8080/", "https://xn--mnchen-3ya.example:8080/?token=a+b%26"),
    ],
)
def test_parameters_go_into_the_query_beside_its_own(url: str, expected: str) -> None:
    assert with_query(url, {"token": "a b&"}) == expected


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_arrives(text: str) -> None:
    url = with_query("https://example.com/x", {"error": text})

    assert url.isascii()
    assert url.isprintable()
    assert parse_qs(urlsplit(url).query, keep_blank_values=True) == {"error": [text]}
