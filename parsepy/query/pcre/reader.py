"""Reads a pattern into tokens."""

from typing import Final

import msgspec

from parsepy.query.pcre import escapes
from parsepy.query.pcre.characters import ESCAPED, inside_class
from parsepy.query.pcre.classes import read_class
from parsepy.query.pcre.cursor import BadPattern, Cursor
from parsepy.query.pcre.tokens import (
    ANCHORS,
    END_OR_NEWLINE,
    LINE_END,
    LINE_START,
    SEQUENCES,
    START,
    Token,
    literal,
    only_backtracking,
    same,
)

MAX_LENGTH: Final = 32_764
"""Bytes of UTF-8 in a pattern: MongoDB's limit."""
MAX_DEPTH: Final = 250
"""Groups within groups: PCRE's limit."""
MAX_SIZE: Final = 65_536
"""Pieces of a pattern with its repeated groups written out, as engines do; about PCRE's limit.
Without it `(((a){1000}){1000}){1000}` takes all memory."""


class _Flags(msgspec.Struct):
    ignore_case: bool
    multiline: bool
    extended: bool


def tokenise(pattern: str, options: str) -> list[Token]:
    """The tokens of `pattern`. The flags `i` and `s` of `options` are left to the engines.

    Raises `BadPattern`.
    """
    if _size_of(pattern) > MAX_LENGTH:
        raise BadPattern("it is too long")
    flags = _Flags("i" in options, "m" in options, "x" in options)
    return _Reader(Cursor(pattern), flags).read()


def _size_of(pattern: str) -> int:
    try:
        return len(pattern.encode())
    except UnicodeEncodeError:
        raise BadPattern("it holds half a character") from None


class _Reader(msgspec.Struct):
    cursor: Cursor
    flags: _Flags
    captures: int = 0
    outer: list[tuple[_Flags, int]] = msgspec.field(default_factory=list)
    tokens: list[Token] = msgspec.field(default_factory=list)
    size: int = 0
    """Of the group that is being read."""
    last_size: int = 0
    """Of the last piece of it."""

    def read(self) -> list[Token]:
        while not self.cursor.ended:
            self._read_one(self.cursor.take())
        if self.outer:
            raise BadPattern("a parenthesis is not closed")
        return self.tokens

    def _add(self, token: Token, size: int = 1) -> None:
        self.tokens.append(token)
        self.last_size = size
        self._grow(size)

    def _grow(self, size: int) -> None:
        self.size += size
        if self.size > MAX_SIZE:
            raise BadPattern("it is too large")

    def _read_one(self, char: str) -> None:
        match char:
            case "\\":
                self._escape()
            case "[":
                self._add(same(read_class(self.cursor, ignore_case=self.flags.ignore_case)))
            case "(":
                self._open()
            case ")":
                self._close()
            case "^":
                self._add(LINE_START if self.flags.multiline else START)
            case "$":
                self._add(LINE_END if self.flags.multiline else END_OR_NEWLINE)
            case "." | "|":
                self._add(same(char))
            case "*" | "+" | "?":
                self._quantifier(char)
            case "{":
                self._brace()
            case "#" if self.flags.extended:
                self.cursor.until_or_rest("\n")
            case _ if self.flags.extended and char in " \t\n\v\f\r":
                pass
            case _:
                self._add(literal(char))

    def _quantifier(self, text: str, times: int = 1) -> None:
        if self.cursor.skip("+"):
            self.tokens.append(only_backtracking(text + "+"))
        else:
            self.tokens.append(same(text + "?" if self.cursor.skip("?") else text))
        if self.last_size > 1:  # one repeated character takes no more place
            self._grow(self.last_size * (times - 1))
            self.last_size *= times

    def _brace(self) -> None:
        start = self.cursor.at
        low = self.cursor.run_of("0123456789", 6)
        comma = self.cursor.skip(",")
        high = self.cursor.run_of("0123456789", 6) if comma else low
        if low and self.cursor.skip("}"):
            times = max(int(low), int(high or 0), 1)
            self._quantifier(f"{{{low},{high}}}" if comma else f"{{{low}}}", times)
        else:
            self.cursor.at = start
            self._add(literal("{"))

    def _open(self) -> None:
        if self.cursor.skip("*"):
            raise BadPattern("verbs (*…) are not supported")
        if not self.cursor.skip("?"):
            self.captures += 1
            self._push(same("("))
            return
        for opening, name_end in (("P<", ">"), ("<", ">"), ("'", "'")):
            if self.cursor.comes("<=", "<!"):
                break
            if self.cursor.skip(opening):
                self.captures += 1
                self._push(same(f"(?P<{escapes.group_name(self.cursor.until(name_end))}>"))
                return
        self._special_group()

    def _special_group(self) -> None:
        if self.cursor.skip("#"):
            self.cursor.until(")")
        elif self.cursor.skip(":"):
            self._push(same("(?:"))
        elif self.cursor.skip("P="):
            self._add(only_backtracking(f"(?P={escapes.group_name(self.cursor.until(')'))})"))
        else:
            for opening in ("=", "!", "<=", "<!", ">", "|"):
                if self.cursor.skip(opening):
                    self._push(only_backtracking(f"(?{opening}"))
                    return
            self._inline_flags()

    def _inline_flags(self) -> None:
        text = self.cursor.run_of("imsxU-", 12)
        end = self.cursor.take()
        if end not in ":)" or text.count("-") > 1:
            raise BadPattern(f"the group (?{text}{end} is not supported")
        changed = msgspec.structs.replace(self.flags)
        on, _, off = text.partition("-")
        for flags, value in ((on, True), (off, False)):
            changed.ignore_case = value if "i" in flags else changed.ignore_case
            changed.multiline = value if "m" in flags else changed.multiline
            changed.extended = value if "x" in flags else changed.extended
        # Which of several matches is the shortest does not matter: U is dropped.
        engine = _engine_flags(on, off)
        if end == ":":
            self._push(same(f"(?{engine}:"))
        elif engine:
            self._add(same(f"(?{engine})"))
        self.flags = changed

    def _push(self, token: Token) -> None:
        if len(self.outer) >= MAX_DEPTH:
            raise BadPattern("its parentheses nest too deeply")
        self.outer.append((self.flags, self.size))
        self.flags, self.size = msgspec.structs.replace(self.flags), 0
        self.tokens.append(token)

    def _close(self) -> None:
        if not self.outer:
            raise BadPattern("a closing parenthesis has no opening one")
        inner = self.size
        self.flags, self.size = self.outer.pop()
        self._add(same(")"), inner + 1)

    def _escape(self) -> None:
        char = self.cursor.take()
        if char == "Q":
            for quoted_char in escapes.quotation(self.cursor):
                self._add(literal(quoted_char))
        elif char in ANCHORS:
            self._add(ANCHORS[char])
        elif char in SEQUENCES:
            self._add(SEQUENCES[char])
        elif char.lower() in ESCAPED:
            self._add(self._escaped_set(char))
        elif char in "pP":
            self._add(same(escapes.unicode_property(self.cursor, char)))
        elif char in "gk" or char in "123456789":
            self._add(only_backtracking(escapes.reference(self.cursor, char, self.captures)))
        elif char not in "EK":  # neither has a meaning for whether the pattern matches
            self._add(literal(escapes.character(self.cursor, char)))

    def _escaped_set(self, char: str) -> Token:
        text = f"[{'^' if char.isupper() else ''}{inside_class(ESCAPED[char.lower()])}]"
        return same(f"(?-i:{text})" if self.flags.ignore_case else text)


def _engine_flags(on: str, off: str) -> str:
    """The flags that are left to the engines."""
    kept_on = "".join(flag for flag in "is" if flag in on)
    kept_off = "".join(flag for flag in "is" if flag in off)
    return f"{kept_on}-{kept_off}" if kept_off else kept_on
