"""Random identifiers, from the system's secure source."""

import secrets
from typing import Final

_ALPHABET: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
_CHARACTER_OF_BYTE: Final = bytes((_ALPHABET * 5)[byte] for byte in range(256))
_UNUSED_BYTES: Final = bytes(range(len(_ALPHABET) * 4, 256))
SESSION_TOKEN_PREFIX: Final = "r:"


def random_text(length: int) -> str:
    """`length` characters of `[A-Za-z0-9]`, each equally likely."""
    # 248 of 256 bytes are used, four for each character; a second draw is rare.
    text = b""
    while len(text) < length:
        drawn = secrets.token_bytes(length + (length >> 2) + 2)
        text += drawn.translate(_CHARACTER_OF_BYTE, _UNUSED_BYTES)
    return text[:length].decode()


def spelled(drawn: bytes) -> str:
    """Random bytes as characters of `[A-Za-z0-9]`, each equally likely; a few bytes are lost."""
    return drawn.translate(_CHARACTER_OF_BYTE, _UNUSED_BYTES).decode()


def new_object_id(size: int) -> str:
    return random_text(size)


def new_session_token() -> str:
    """`r:` and 32 hexadecimal digits; SDKs skip the log-out of tokens without `r:`."""
    return SESSION_TOKEN_PREFIX + secrets.token_hex(16)
