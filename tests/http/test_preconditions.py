"""What the headers of a conditional write ask of the object."""

import pytest

from parsepy.errors import Code, ParseError
from parsepy.http.preconditions import precondition
from parsepy.objects.conditions import UNCONDITIONAL, Condition, is_no_later_than, is_version

ISO = "2024-05-06T07:08:09.010Z"


@pytest.mark.parametrize(
    ("headers", "condition"),
    [
        ({}, UNCONDITIONAL),
        ({b"if-match": b"*"}, UNCONDITIONAL),
        ({b"if-match": b" * "}, UNCONDITIONAL),
        ({b"if-match": ISO.encode()}, is_version(ISO)),
        ({b"if-match": f'"{ISO}"'.encode()}, is_version(ISO)),
        ({b"if-match": f' "{ISO}" '.encode()}, is_version(ISO)),
        ({b"if-match": b"2024-05-06T09:08:09.01+02:00"}, is_version(ISO)),
        ({b"if-unmodified-since": ISO.encode()}, is_no_later_than(ISO)),
        (
            {b"if-unmodified-since": b"Mon, 06 May 2024 07:08:09 GMT"},
            is_no_later_than("2024-05-06T07:08:09.999Z"),
        ),
        (
            {b"if-unmodified-since": b"Mon, 06 May 2024 09:08:09 +0200"},
            is_no_later_than("2024-05-06T07:08:09.999Z"),
        ),
        ({b"if-match": ISO.encode(), b"if-unmodified-since": b"nonsense"}, is_version(ISO)),
        ({b"if-match": b"*", b"if-unmodified-since": ISO.encode()}, UNCONDITIONAL),
    ],
)
def test_the_condition_of_headers(headers: dict[bytes, bytes], condition: Condition) -> None:
    assert precondition(headers) == condition


@pytest.mark.parametrize(
    "headers",
    [
        {b"if-match": b""},
        {b"if-match": b'""'},
        {b"if-match": b'"'},
        {b"if-match": b"nonsense"},
        {b"if-match": b'W/"1a-xyz"'},
        {b"if-match": f'"{ISO}", "{ISO}"'.encode()},
        {b"if-match": b"2024-02-30T00:00:00.000Z"},
        {b"if-match": b"\xff\x00"},
        {b"if-unmodified-since": b""},
        {b"if-unmodified-since": b"*"},
        {b"if-unmodified-since": b"yesterday"},
        {b"if-unmodified-since": b"Mon, 31 Feb 2024 07:08:09 GMT"},
        {b"if-unmodified-since": b"Fri, 31 Dec 9999 23:59:59 -2300"},
        {b"if-unmodified-since": b"Mon, 06 May 2024 07:08:09 +9999999999"},
    ],
)
def test_an_unreadable_value_is_refused(headers: dict[bytes, bytes]) -> None:
    with pytest.raises(ParseError) as raised:
        precondition(headers)
    assert (raised.value.code, raised.value.http_status) == (Code.INVALID_QUERY, 400)
