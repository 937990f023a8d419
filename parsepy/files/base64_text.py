"""Bytes that came as a base64 text."""

import asyncio
import base64
import re
from collections.abc import AsyncIterator
from typing import Final

_NOT_BASE64: Final = re.compile(rb"[^A-Za-z0-9+/]+")


async def decoded(text: str) -> AsyncIterator[bytes]:
    """The bytes of a base64 text; large ones take a while, so not in the loop."""
    yield await asyncio.to_thread(from_base64, text)


def from_base64(text: str) -> bytes:
    """As Node reads it: both alphabets, ends at the first `=`, what is no digit is passed over."""
    digits = text.partition("=")[0].encode("ascii", "ignore").translate(_ONE_ALPHABET)
    digits = _NOT_BASE64.sub(b"", digits)
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + b"=" * (-len(digits) % 4))


_ONE_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")
