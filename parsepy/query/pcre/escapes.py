"""What stands behind a backslash."""

import re
from typing import Final

from parsepy.query.pcre.cursor import BadPattern, Cursor

_CONTROLS: Final = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_DECIMAL: Final = "0123456789"
_OCTAL: Final = "01234567"
_HEXADECIMAL: Final = "0123456789abcdefABCDEF"

_PROPERTY: Final = re.compile("[A-Za-z_]+")
_NUMBER: Final = re.compile(r"-?[1-9]\d{0,2}")


def quotation(cursor: Cursor) -> str:
    """The text of `\\Q…\\E`; the end of the pattern ends it too."""
    return cursor.until_or_rest(r"\E")


def character(cursor: Cursor, char: str) -> str:
    """The one character that an escape stands for."""
    if char in _CONTROLS:
        return _CONTROLS[char]
    if char == "c":
        return chr(ord(cursor.take().upper()) & 0x7F ^ 0x40)
    if char == "0":
        return octal(cursor, char)
    if char in "xo" and cursor.skip("{"):
        return _from_code(cursor.until("}"), 16 if char == "x" else 8)
    if char == "x":
        return _from_code("0" + cursor.run_of(_HEXADECIMAL, 2), 16)
    if char.isascii() and char.isalnum():
        raise BadPattern(rf"the escape \{char} is not supported")
    return char


def octal(cursor: Cursor, first: str) -> str:
    return _from_code(first + cursor.run_of(_OCTAL, 2), 8)


def unicode_property(cursor: Cursor, char: str) -> str:
    """`\\p{Lu}`, `\\pL`, `\\P{Greek}`, `\\p{^Lu}` in the form that both engines read."""
    name = cursor.until("}") if cursor.skip("{") else cursor.take()
    negated = name.startswith("^") != (char == "P")
    name = name.removeprefix("^")
    if _PROPERTY.fullmatch(name) is None:
        raise BadPattern("the name of a Unicode property is not valid")
    return f"\\{'P' if negated else 'p'}{{{name}}}"


def reference(cursor: Cursor, char: str, captures: int) -> str:
    """`\\1`, `\\g{-1}`, `\\k<name>`, …; `captures` groups were opened before it."""
    if char.isdigit():
        return rf"\g<{char}{cursor.run_of(_DECIMAL, 2)}>"
    forms = [("{", "}"), ("<", ">"), ("'", "'")] if char == "k" else [("{", "}")]
    for opening, closing in forms:
        if cursor.skip(opening):
            return _reference_to(cursor.until(closing), captures)
    return _reference_to(cursor.run_of("-" + _DECIMAL, 4), captures)


def group_name(text: str) -> str:
    if not (text.isascii() and text.isidentifier()):
        raise BadPattern("the name of a group is not valid")
    return text


def _reference_to(name: str, captures: int) -> str:
    if _NUMBER.fullmatch(name):
        number = int(name)
        return rf"\g<{number if number > 0 else captures + 1 + number}>"
    return f"(?P={group_name(name)})"


def _from_code(digits: str, base: int) -> str:
    try:
        char = chr(int(digits, base))
        char.encode()
    except (ValueError, OverflowError):
        raise BadPattern("the code of a character is not valid") from None
    return char
