"""Codes of authenticator apps (RFC 6238)."""

import hashlib
import hmac
from typing import Final

import pyotp

from parsepy.auth.mfa.options import MfaOptions

WINDOW: Final = 1
"""Steps before and after the present one whose codes are taken: clocks differ."""

SHORTEST_SECRET: Final = 20
LONGEST_SECRET: Final = 500
"""Characters of Base32."""

_LEAST_DIGITS: Final = 6
_ENDS_IN_PART_OF_A_BYTE: Final = frozenset((1, 3, 6))
"""Eight characters hold five bytes. So many more hold a last one that adds no whole byte."""


class _Codes(pyotp.HOTP):
    # Who enrolled with a shorter secret than is advised today has to get in all the same.
    min_secret_length_bits = 0


def is_secret(given: object) -> bool:
    """Whether it is Base32 of a length that nobody guesses."""
    if not isinstance(given, str) or len(given) > LONGEST_SECRET:
        return False
    secret = _bare(given)
    return len(secret) >= SHORTEST_SECRET and _codes(secret, "sha1", _LEAST_DIGITS) is not None


def same_secret(one: object, other: object) -> bool:
    return isinstance(one, str) and isinstance(other, str) and _bare(one) == _bare(other)


def end_of_code(
    code: str, secret: str, options: MfaOptions, now: float, *, used_until: float = 0
) -> int | None:
    """When the step ends whose code this is, in seconds since 1970; `None`: it opens nothing.

    Codes of steps that begin before `used_until` are spent, so whoever remembers the end takes no
    code twice. Seconds rather than numbers of steps: they keep their meaning when the option
    `period` changes.
    """
    codes = _codes(_bare(secret), options.algorithm, max(options.digits, _LEAST_DIGITS))
    if codes is None or len(code) != options.digits or not code.isascii():
        return None
    found = None
    present = int(now) // options.period
    for step in range(max(present - WINDOW, 0), present + WINDOW + 1):
        # A code of fewer digits is the end of one with more.
        good = hmac.compare_digest(codes.at(step)[-options.digits :], code)
        if good and step * options.period >= used_until:
            found = (step + 1) * options.period
    return found


def _bare(secret: str) -> str:
    """Without what authenticator apps pass over: spaces, padding, a character of no whole byte."""
    text = secret.replace(" ", "").rstrip("=").upper()
    return text[:-1] if len(text) % 8 in _ENDS_IN_PART_OF_A_BYTE else text


def _codes(secret: str, algorithm: str, digits: int) -> _Codes | None:
    try:
        codes = _Codes(secret, digits=digits, digest=getattr(hashlib, algorithm))
        codes.byte_secret()
    except ValueError:
        return None
    return codes
