"""Sets of characters as PCRE knows them without UCP: ASCII, whatever the text is."""

from collections.abc import Iterable
from typing import Final, TypeAlias

Ranges: TypeAlias = tuple[tuple[int, int], ...]


def _ranges(text: str) -> Ranges:
    """`"09AZ"` → 0 to 9, A to Z."""
    codes = [ord(char) for char in text]
    return tuple(zip(codes[::2], codes[1::2], strict=True))


def _singles(text: str) -> Ranges:
    return tuple((ord(char), ord(char)) for char in text)


_WORD: Final = _ranges("09AZ__az")
_SPACE: Final = _ranges("\t\r  ")
_BLANK: Final = _singles("\t ")
_DIGIT: Final = _ranges("09")

ESCAPED: Final[dict[str, Ranges]] = {
    "d": _DIGIT,
    "h": _singles("\t \xa0\u1680\u180e\u202f\u205f\u3000") + _ranges("\u2000\u200a"),
    "s": _SPACE,
    "v": _ranges("\n\r") + _singles("\x85\u2028\u2029"),
    "w": _WORD,
}
"""`\\d`; its capital is the complement."""

NAMED: Final[dict[str, Ranges]] = {
    "alnum": _ranges("09AZaz"),
    "alpha": _ranges("AZaz"),
    "ascii": _ranges("\0\x7f"),
    "blank": _BLANK,
    "cntrl": _ranges("\0\x1f\x7f\x7f"),
    "digit": _DIGIT,
    "graph": _ranges("!~"),
    "lower": _ranges("az"),
    "print": _ranges(" ~"),
    "punct": _ranges("!/:@[`{~"),
    "space": _SPACE,
    "upper": _ranges("AZ"),
    "word": _WORD,
    "xdigit": _ranges("09AFaf"),
}
"""`[:alpha:]`"""

_FOLDING_TO_ASCII: Final = _singles("\u017f\u212a")
_LAST: Final = 0x10FFFF


def quoted(char: str) -> str:
    """The character as either engine takes it literally, inside and outside of a class."""
    if char == "\0":
        return r"\x00"
    if " " < char < "\x7f" and not char.isalnum() and char != "_":
        return "\\" + char
    return char


def inside_class(ranges: Ranges) -> str:
    """The text for `ranges` between `[` and `]`."""
    return "".join(
        quoted(chr(low)) if low == high else f"{quoted(chr(low))}-{quoted(chr(high))}"
        for low, high in ranges
    )


def complement(ranges: Ranges, *, ignore_case: bool) -> Ranges:
    """All other characters; with `ignore_case` without the long s and the Kelvin sign.

    A class that held those two would match `s` and `k`, were case ignored.
    """
    return tuple(_gaps((*ranges, *_FOLDING_TO_ASCII) if ignore_case else ranges))


def _gaps(ranges: Ranges) -> Iterable[tuple[int, int]]:
    start = 0
    for low, high in sorted(ranges):
        if low > start:
            yield start, low - 1
        start = max(start, high + 1)
    yield start, _LAST
