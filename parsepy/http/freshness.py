"""Whether a client has what it asks for already."""

from collections.abc import Mapping


def is_fresh(headers: Mapping[bytes, bytes], tag: bytes) -> bool:
    """Whether the client has this very answer. A `no-cache` of his asks for it all the same.

    Dates are not looked at: the .NET SDK asks whether anything changed since the year 2030.
    """
    known = headers.get(b"if-none-match")
    if known is None or b"no-cache" in headers.get(b"cache-control", b""):
        return False
    return known == b"*" or tag in (part.strip() for part in known.split(b","))
