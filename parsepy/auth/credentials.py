"""Ids and tokens, as clients and providers write them."""

from typing import Final

from parsepy.types import JSONObject, JSONValue

MAX_TOKEN: Final = 64 * 1024
"""Bytes of a token or code; the longest ones in use, ID tokens with groups, have a few thousand."""


def identity(value: JSONValue) -> str | None:
    """An id as users have it: a text that is not empty. Several providers count theirs."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def token(value: JSONValue) -> str | None:
    """A token or code in characters that one may have (RFC 6749, appendix A), so that it can
    neither end a header nor begin another parameter."""
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TOKEN:
        return None
    return value if value.isascii() and value.isprintable() else None


def text(data: JSONObject, name: str) -> str | None:
    """A text of an answer that may be shown, cut to a sensible length."""
    value = data.get(name)
    return value[:300] if isinstance(value, str) and value else None
