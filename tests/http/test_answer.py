"""What a route gives back."""

import pytest

from parsepy.http.answer import created


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("http://a/classes/Game/x", b"http://a/classes/Game/x"),
        ("http://a/é b", b"http://a/%C3%A9 b"),
        ("http://a/x\r\nSet-Cookie: a=b", b"http://a/x%0D%0ASet-Cookie: a=b"),
        ("http://a/\0\x7f", b"http://a/%00%7F"),
    ],
)
def test_a_location_never_begins_another_header(location: str, expected: bytes) -> None:
    answer = created({}, location)
    assert answer.headers == [(b"Location", expected)]
    assert answer.status == 201
