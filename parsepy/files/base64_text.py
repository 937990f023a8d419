"""Bytes that came as a base64 text, read as Node reads it."""

import base64
import binascii
from typing import Final

import pybase64

_DIGITS: Final = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
_NO_DIGITS: Final = bytes(byte for byte in range(256) if byte not in _DIGITS)
_ONE_ALPHABET: Final = bytes.maketrans(b"-_", b"+/")


def from_base64(text: str) -> bytes:
    """Both alphabets; ends at the first `=`; what is no digit is passed over."""
    decoder = Decoder()
    return decoder.decode(text.encode("ascii", "ignore")) + decoder.rest()


class Decoder:
    """The same for a text that comes in pieces."""

    __slots__ = ("_ended", "_waiting")

    def __init__(self) -> None:
        self._waiting = b""
        self._ended = False

    def decode(self, piece: bytes) -> bytes:
        """The bytes that are known with this piece; up to three digits wait for the next one."""
        if self._ended:
            return b""
        digits = self._waiting + piece if self._waiting else piece
        whole = len(digits) & ~3
        try:
            # Of all ways the fastest, for texts without anything odd: fifty times binascii's.
            decoded = pybase64.b64decode(memoryview(digits)[:whole], validate=True)
        except binascii.Error:
            return self._decode_odd(digits)
        self._ended = whole > 0 and digits[whole - 1] == ord("=")
        self._waiting = b"" if self._ended else digits[whole:]
        return decoded

    def rest(self) -> bytes:
        """What the last digits hold; one that is alone holds nothing."""
        digits, self._waiting, self._ended = self._waiting, b"", True
        return _padded(digits.partition(b"=")[0].translate(_ONE_ALPHABET, _NO_DIGITS))

    def _decode_odd(self, digits: bytes) -> bytes:
        digits, end, _ = digits.partition(b"=")
        digits = digits.translate(_ONE_ALPHABET, _NO_DIGITS)
        if end:
            self._waiting, self._ended = b"", True
            return _padded(digits)
        whole = len(digits) & ~3
        self._waiting = digits[whole:]
        return base64.b64decode(digits[:whole])


def _padded(digits: bytes) -> bytes:
    if len(digits) % 4 == 1:
        digits = digits[:-1]
    return base64.b64decode(digits + b"=" * (-len(digits) % 4))
