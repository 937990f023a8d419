"""The pieces of a pattern, in the syntax of each engine."""

from typing import Final

import msgspec

from parsepy.query.pcre.characters import quoted


class Token(msgspec.Struct, frozen=True):
    """A piece of the pattern in the syntax of both engines; `char` when it is one character."""

    linear: str | None
    backtracking: str
    char: str | None = None
    newline_sensitive: bool = False
    """RE2 reads this anchor otherwise than PCRE in a text that ends with a newline."""


_IS_WORD: Final = "[0-9A-Za-z_]"
_BOUNDARY: Final = f"(?-i:(?<={_IS_WORD})(?!{_IS_WORD})|(?<!{_IS_WORD})(?={_IS_WORD}))"
_NO_BOUNDARY: Final = f"(?-i:(?<={_IS_WORD})(?={_IS_WORD})|(?<!{_IS_WORD})(?!{_IS_WORD}))"

START: Final = Token(r"\A", r"\A")
END: Final = Token(r"\z", r"\Z")
END_OR_NEWLINE: Final = Token(r"\z", r"(?=\n?\Z)", newline_sensitive=True)
LINE_START: Final = Token("(?m:^)", r"(?:\A|(?<=\n)(?!\Z))", newline_sensitive=True)
LINE_END: Final = Token("(?m:$)", r"(?=\n|\Z)")
ANCHORS: Final = {
    "A": START,
    "G": START,
    "z": END,
    "Z": END_OR_NEWLINE,
    "b": Token(r"\b", _BOUNDARY),
    "B": Token(None, _NO_BOUNDARY),  # RE2 finds one between the bytes of a character
}
SEQUENCES: Final = {
    "N": Token(r"[^\n]", r"[^\n]"),
    "R": Token(None, r"(?>\r\n|[\n-\r\x85\u2028\u2029])"),
    "X": Token(None, r"\X"),
}


def same(text: str) -> Token:
    return Token(text, text)


def only_backtracking(text: str) -> Token:
    return Token(None, text)


def literal(char: str) -> Token:
    text = quoted(char)
    return Token(text, text, char)
