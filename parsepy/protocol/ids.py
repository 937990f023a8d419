"""Random identifiers, from the system's secure source."""

import secrets
from typing import Final

_ALPHABET: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
SESSION_TOKEN_PREFIX: Final = "r:"


def random_text(length: int) -> str:
    """`length` characters of `[A-Za-z0-9]`, each equally likely."""
    # 62 of 64 six-bit values are used; drawing a quarter more makes a second draw rare.
    text = ""
    while len(text) < length:
        drawn = secrets.token_bytes(length + (length >> 2) + 2)
        text += "".join(_ALPHABET[byte & 63] for byte in drawn if byte & 63 < 62)
    return text[:length]


def new_object_id(size: int) -> str:
    return random_text(size)


def new_session_token() -> str:
    """`r:` and 32 hexadecimal digits; SDKs skip the log-out of tokens without `r:`."""
    return SESSION_TOKEN_PREFIX + secrets.token_hex(16)
