"""`Range` against every length, beside what RFC 9110 says in words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parsepy.http.ranges import Part, Unsatisfiable, wanted_part

LENGTH = 11


@pytest.mark.parametrize(
    ("header", "part"),
    [
        (b"bytes=0-3", Part(0, 4)),
        (b"bytes=3-", Part(3, 11)),
        (b"bytes=-4", Part(7, 11)),
        (b"bytes=-100", Part(0, 11)),
        (b"bytes=0-100", Part(0, 11)),
        (b"bytes=0-0", Part(0, 1)),
        (b"bytes=10-10", Part(10, 11)),
    ],
)
def test_a_part(header: bytes, part: Part) -> None:
    assert wanted_part(header, LENGTH) == part


@pytest.mark.parametrize(
    "header",
    [
        None,
        b"",
        b"bytes=",
        b"bytes=-",
        b"bytes=a-b",
        b"bytes=5-2",
        b"bytes=0-1,3-4",
        b"bytes=--4",
        b"bytes=1.5-2",
        b"items=0-3",
        b"0-3",
        b"bytes=" + b"9" * 5000 + b"-",
    ],
)
def test_no_part_is_the_whole(header: bytes | None) -> None:
    assert wanted_part(header, LENGTH) is None


@pytest.mark.parametrize("header", [b"bytes=11-", b"bytes=50-60", b"bytes=-0"])
def test_a_part_behind_the_end(header: bytes) -> None:
    with pytest.raises(Unsatisfiable):
        wanted_part(header, LENGTH)


@given(start=st.integers(0, 20), last=st.integers(0, 20), length=st.integers(0, 15))
def test_a_part_is_what_a_slice_is(start: int, last: int, length: int) -> None:
    content = bytes(range(length))
    header = b"bytes=%d-%d" % (start, last)
    try:
        part = wanted_part(header, length)
    except Unsatisfiable:
        assert start >= length
        return
    if part is None:
        assert last < start
    else:
        assert content[part.start : part.end] == content[start : last + 1]
        assert part.start < part.end
