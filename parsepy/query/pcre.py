"""Rewrites a PCRE pattern, as MongoDB and the SDKs use it, for the two engines of `query.regex`.

What the engines would read differently is spelled out for them: `\\Q…\\E`, extended patterns
(`x`), classes such as `\\s` and `[[:alpha:]]` (ASCII in PCRE, although case folds as in Unicode),
escapes of characters, anchors at line ends, `{` that is no quantifier.
"""

import re
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias

from parsepy.query.characters import ESCAPED, NAMED, Ranges, complement, inside_class, quoted

MAX_LENGTH: Final = 32_764
"""Bytes of UTF-8 in a pattern: MongoDB's limit."""
MAX_DEPTH: Final = 250
"""Groups within groups: PCRE's limit."""
MAX_SIZE: Final = 65_536
"""Pieces of a pattern with its repeated groups written out, as engines do; about PCRE's limit.
Without it `(((a){1000}){1000}){1000}` takes all memory."""


class BadPattern(ValueError):
    """Not a regular expression, or one with a construct that no engine here has."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of the pattern in the syntax of both engines; `char` when it is one character."""

    linear: str | None
    backtracking: str
    char: str | None = None
    newline_sensitive: bool = False
    """RE2 reads this anchor otherwise than PCRE in a text that ends with a newline."""


_CONTROLS: Final = {"a": "\a", "e": "\x1b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

_IS_WORD, _NO_WORD = "[0-9A-Za-z_]", "[^0-9A-Za-z_]"
_BOUNDARY: Final = f"(?-i:(?<={_IS_WORD})(?!{_IS_WORD})|(?<!{_IS_WORD})(?={_IS_WORD}))"
_NO_BOUNDARY: Final = f"(?-i:(?<={_IS_WORD})(?={_IS_WORD})|(?<!{_IS_WORD})(?!{_IS_WORD}))"

START: Final = Token(r"\A", r"\A")
END: Final = Token(r"\z", r"\Z")
END_OR_NEWLINE: Final = Token(r"\z", r"(?=\n?\Z)", newline_sensitive=True)
_LINE_START: Final = Token("(?m:^)", r"(?:\A|(?<=\n)(?!\Z))", newline_sensitive=True)
_LINE_END: Final = Token("(?m:$)", r"(?=\n|\Z)")
_ANCHORS: Final = {
    "A": START,
    "G": START,
    "z": END,
    "Z": END_OR_NEWLINE,
    "b": Token(r"\b", _BOUNDARY),
    "B": Token(None, _NO_BOUNDARY),  # RE2 finds one between the bytes of a character
}
_SEQUENCES: Final = {
    "N": Token(r"[^\n]", r"[^\n]"),
    "R": Token(None, r"(?>\r\n|[\n-\r\x85\u2028\u2029])"),
    "X": Token(None, r"\X"),
}

_PROPERTY: Final = re.compile("[A-Za-z_]+")
_NUMBER: Final = re.compile(r"-?[1-9]\d{0,2}")
_NAMED_SET: Final = re.compile(r":(\^?)([a-z]+):\]")


def same(text: str) -> Token:
    return Token(text, text)


def only_backtracking(text: str) -> Token:
    return Token(None, text)


def literal(char: str) -> Token:
    text = quoted(char)
    return Token(text, text, char)


@dataclass(slots=True)
class _Flags:
    ignore_case: bool
    multiline: bool
    extended: bool


def tokenise(pattern: str, options: str) -> list[Token]:
    """The tokens of `pattern`. The flags `i` and `s` of `options` are left to the engines.

    Raises `BadPattern`.
    """
    if len(pattern.encode()) > MAX_LENGTH:
        raise BadPattern("it is too long")
    return _Reader(pattern, _Flags("i" in options, "m" in options, "x" in options)).read()


@dataclass(slots=True)
class _Reader:
    pattern: str
    flags: _Flags
    at: int = 0
    captures: int = 0
    outer: list[tuple[_Flags, int]] = field(default_factory=list)
    tokens: list[Token] = field(default_factory=list)
    size: int = 0
    """Of the group that is being read."""
    last_size: int = 0
    """Of the last piece of it."""

    def read(self) -> list[Token]:
        while self.at < len(self.pattern):
            self._read_one(self._take())
        if self.outer:
            raise BadPattern("a parenthesis is not closed")
        return self.tokens

    # -- characters of the pattern

    def _take(self, count: int = 1) -> str:
        taken = self.pattern[self.at : self.at + count]
        if len(taken) < count:
            raise BadPattern("it ends too early")
        self.at += count
        return taken

    def _next_is(self, text: str) -> bool:
        if not self.pattern.startswith(text, self.at):
            return False
        self.at += len(text)
        return True

    def _until(self, end: str) -> str:
        found = self.pattern.find(end, self.at)
        if found < 0:
            raise BadPattern(f"{end} is missing")
        text = self.pattern[self.at : found]
        self.at = found + len(end)
        return text

    def _while(self, allowed: str, most: int) -> str:
        start = self.at
        while self.at - start < most and self.pattern[self.at : self.at + 1] in allowed:
            if self.at >= len(self.pattern):
                break
            self.at += 1
        return self.pattern[start : self.at]

    # -- pieces

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
                self._add(self._class())
            case "(":
                self._open()
            case ")":
                self._close()
            case "^":
                self._add(_LINE_START if self.flags.multiline else START)
            case "$":
                self._add(_LINE_END if self.flags.multiline else END_OR_NEWLINE)
            case "." | "|":
                self._add(same(char))
            case "*" | "+" | "?":
                self._quantifier(char)
            case "{":
                self._brace()
            case "#" if self.flags.extended:
                newline = self.pattern.find("\n", self.at)
                self.at = len(self.pattern) if newline < 0 else newline + 1
            case _ if self.flags.extended and char in " \t\n\v\f\r":
                pass
            case _:
                self._add(literal(char))

    def _quantifier(self, text: str, times: int = 1) -> None:
        if self._next_is("+"):
            self.tokens.append(only_backtracking(text + "+"))
        else:
            self.tokens.append(same(text + "?" if self._next_is("?") else text))
        if self.last_size > 1:  # one repeated character takes no more place
            self._grow(self.last_size * (times - 1))
            self.last_size *= times

    def _brace(self) -> None:
        start = self.at
        low = self._while("0123456789", 6)
        comma = self._next_is(",")
        high = self._while("0123456789", 6) if comma else low
        if low and self._next_is("}"):
            times = max(int(low), int(high or 0), 1)
            self._quantifier(f"{{{low},{high}}}" if comma else f"{{{low}}}", times)
        else:
            self.at = start
            self._add(literal("{"))

    # -- groups

    def _open(self) -> None:
        if self._next_is("*"):
            raise BadPattern("verbs (*…) are not supported")
        if not self._next_is("?"):
            self.captures += 1
            self._push(same("("))
            return
        for opening, name_end in (("P<", ">"), ("<", ">"), ("'", "'")):
            if self.pattern.startswith(("<=", "<!"), self.at):
                break
            if self._next_is(opening):
                self.captures += 1
                self._push(same(f"(?P<{self._name(name_end)}>"))
                return
        self._special_group()

    def _special_group(self) -> None:
        if self._next_is("#"):
            self._until(")")
        elif self._next_is(":"):
            self._push(same("(?:"))
        elif self._next_is("P="):
            self._add(only_backtracking(f"(?P={self._name(')')})"))
        else:
            for opening in ("=", "!", "<=", "<!", ">", "|"):
                if self._next_is(opening):
                    self._push(only_backtracking(f"(?{opening}"))
                    return
            self._inline_flags()

    def _inline_flags(self) -> None:
        text = self._while("imsxU-", 12)
        end = self._take()
        if end not in ":)" or text.count("-") > 1:
            raise BadPattern(f"the group (?{text}{end} is not supported")
        changed = replace(self.flags)
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
        self.flags, self.size = replace(self.flags), 0
        self.tokens.append(token)

    def _close(self) -> None:
        if not self.outer:
            raise BadPattern("a closing parenthesis has no opening one")
        inner = self.size
        self.flags, self.size = self.outer.pop()
        self._add(same(")"), inner + 1)

    def _name(self, end: str) -> str:
        name = self._until(end)
        if not (name.isascii() and name.isidentifier()):
            raise BadPattern("a group's name is not valid")
        return name

    # -- escapes

    def _escape(self) -> None:
        char = self._take()
        if char == "Q":
            for quoted_char in self._quotation():
                self._add(literal(quoted_char))
        elif char in _ANCHORS:
            self._add(_ANCHORS[char])
        elif char in _SEQUENCES:
            self._add(_SEQUENCES[char])
        elif char.lower() in ESCAPED:
            self._add(self._escaped_set(char))
        elif char in "pP":
            self._add(same(self._property(char)))
        elif char in "gk" or char in "123456789":
            self._add(only_backtracking(self._reference(char)))
        elif char not in "EK":  # neither has a meaning for whether the pattern matches
            self._add(literal(self._character(char)))

    def _quotation(self) -> str:
        if r"\E" in self.pattern[self.at :]:
            return self._until(r"\E")
        return self._take(len(self.pattern) - self.at)

    def _escaped_set(self, char: str) -> Token:
        text = f"[{'^' if char.isupper() else ''}{inside_class(ESCAPED[char.lower()])}]"
        return same(f"(?-i:{text})" if self.flags.ignore_case else text)

    def _property(self, char: str) -> str:
        name = self._until("}") if self._next_is("{") else self._take()
        negated = name.startswith("^") != (char == "P")
        name = name.removeprefix("^")
        if _PROPERTY.fullmatch(name) is None:
            raise BadPattern("the name of a Unicode property is not valid")
        return f"\\{'P' if negated else 'p'}{{{name}}}"

    def _reference(self, char: str) -> str:
        if char.isdigit():
            return rf"\g<{char}{self._while('0123456789', 2)}>"
        for opening, closing in (("{", "}"), *((("<", ">"), ("'", "'")) if char == "k" else ())):
            if self._next_is(opening):
                return self._reference_to(self._until(closing))
        return self._reference_to(self._while("-0123456789", 4))

    def _reference_to(self, name: str) -> str:
        if _NUMBER.fullmatch(name):
            number = int(name)
            return rf"\g<{number if number > 0 else self.captures + 1 + number}>"
        if not (name.isascii() and name.isidentifier()):
            raise BadPattern("a reference names no group")
        return f"(?P={name})"

    def _character(self, char: str) -> str:
        """The one character that an escape stands for."""
        if char in _CONTROLS:
            return _CONTROLS[char]
        if char == "c":
            return chr(ord(self._take().upper()) & 0x7F ^ 0x40)
        if char == "0":
            return _from_code("0" + self._while("01234567", 2), 8)
        if char in "xo" and self._next_is("{"):
            return _from_code(self._until("}"), 16 if char == "x" else 8)
        if char == "x":
            return _from_code("0" + self._while("0123456789abcdefABCDEF", 2), 16)
        if char.isascii() and char.isalnum():
            raise BadPattern(rf"the escape \{char} is not supported")
        return char

    # -- classes

    def _class(self) -> Token:
        negated = self._next_is("^")
        items: list[_Item] = []
        while True:
            char = self._take()
            if char == "]" and items:
                break
            items.extend(self._class_items(char))
        text = f"[{'^' if negated else ''}{''.join(_with_ranges(items))}]"
        return same(text)

    def _class_items(self, char: str) -> "list[_Item]":
        if char == "-":
            return [_HYPHEN]
        if char == "[":
            named = _NAMED_SET.match(self.pattern, self.at)
            if named:
                self.at = named.end()
                return [self._named_set(named[2], bool(named[1]))]
            return [char]
        return self._class_escape(self._take()) if char == "\\" else [char]

    def _class_escape(self, char: str) -> "list[_Item]":
        if char == "Q":
            return list(self._quotation())
        if char == "E":
            return []
        if char == "b":
            return ["\b"]
        if char.lower() in ESCAPED:
            return [self._set(ESCAPED[char.lower()], negated=char.isupper())]
        if char in "pP":
            return [_Set(self._property(char))]
        if char in "1234567":
            return [_from_code(char + self._while("01234567", 2), 8)]
        return [self._character(char)]

    def _named_set(self, name: str, negated: bool) -> "_Set":
        if name not in NAMED:
            raise BadPattern(f"there is no class [:{name}:]")
        return self._set(NAMED[name], negated=negated)

    def _set(self, ranges: Ranges, *, negated: bool) -> "_Set":
        if negated:
            ranges = complement(ranges, ignore_case=self.flags.ignore_case)
        return _Set(inside_class(ranges))


class _Set(str):
    """The text of several characters inside a class."""

    __slots__ = ()


_HYPHEN: Final = _Set("-")
_Item: TypeAlias = str
"""One character, or a `_Set`."""


def _with_ranges(items: list[_Item]) -> list[str]:
    """The texts of `items`, with a hyphen between two characters read as a range."""
    texts, at = [], 0
    while at < len(items):
        item = items[at]
        end = items[at + 2] if at + 2 < len(items) and items[at + 1] is _HYPHEN else None
        if end is None or (isinstance(item, _Set) and item is not _HYPHEN) or _is_wide(end):
            texts.append(_item_text(item))
            at += 1
            continue
        if end < item:
            raise BadPattern("a range in a class is in the wrong order")
        texts.append(f"{quoted(item)}-{quoted(end)}")
        at += 3
    return texts


def _is_wide(item: _Item) -> bool:
    return isinstance(item, _Set) and item is not _HYPHEN


def _item_text(item: _Item) -> str:
    return item if _is_wide(item) else quoted(item)


def _from_code(digits: str, base: int) -> str:
    try:
        code = int(digits, base)
        chr(code).encode()
    except (ValueError, OverflowError):
        raise BadPattern("the code of a character is not valid") from None
    return chr(code)


def _engine_flags(on: str, off: str) -> str:
    """The flags that are left to the engines."""
    kept_on = "".join(flag for flag in "is" if flag in on)
    kept_off = "".join(flag for flag in "is" if flag in off)
    return f"{kept_on}-{kept_off}" if kept_off else kept_on
