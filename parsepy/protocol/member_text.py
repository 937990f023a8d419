"""The text of one member of a JSON object, as it arrives.

An upload of the JavaScript SDK is a text of megabytes among a few short members; it needs not be
in memory to be parsed.
"""

import re
from collections.abc import Iterator
from secrets import token_hex
from typing import Final, Literal, TypeAlias

from parsepy.protocol import json
from parsepy.types import JSONValue

_MOST_TOKENS: Final = 10_000
_TOKEN: Final = re.compile(rb'[{}\[\],:"]')
_ESCAPED: Final = re.compile(rb'[^"\\]*(?:\\(?:u[0-9a-fA-F]{4}|[^u])[^"\\]*)*', re.DOTALL)
_LONGEST_ESCAPE: Final = 6
_BEYOND_ASCII: Final = bytes(range(0x80, 0x100))
_QUOTE: Final = ord('"')

_Place: TypeAlias = Literal["before", "outside", "key", "text", "member", "left"]


class MemberText:
    """Takes the text of the member `name` of the outermost object out of a document.

    Pieces of it come out, as ASCII: other characters are left out. The rest of the document is
    kept and parsed at the end, with `mark` in place of the text. A document of many tokens is left
    to the parser from there on: to look at each of a million commas would hold up everybody. What
    begins as no object is refused at once.
    """

    def __init__(self, name: str) -> None:
        self.mark = token_hex(16)
        self._name = name.encode()
        self._rest = bytearray()
        self._place: _Place = "before"
        self._tokens = 0
        self._depth = 0
        self._at_key = False
        self._is_named = False
        self._key = b""
        self._unfinished = b""

    def feed(self, part: bytes) -> Iterator[bytes | None]:
        """Pieces of the text. `None`: it begins, anew where the name is there twice, as the last
        one counts. Raises `InvalidJSON`."""
        part, self._unfinished = self._unfinished + part, b""
        at = 0
        while at < len(part):
            match self._place:
                case "left":
                    self._rest += part[at:]
                    return
                case "before":
                    at = self._pass_beginning(part)
                case "outside":
                    at = self._pass_token(part, at)
                    if self._is_in_member:
                        yield None
                case _:
                    run, at = self._run_of_text(part, at)
                    if self._is_in_member and run:
                        yield _ascii(run)
                    self._pass_text(run)
                    at = self._pass_quote(part, at)

    def rest(self) -> JSONValue:
        """The document without that text. Raises `InvalidJSON`, also for one that is not over."""
        return json.loads(bytes(self._rest))

    @property
    def _is_in_member(self) -> bool:
        return self._place == "member"

    def _pass_beginning(self, part: bytes) -> int:
        document = part.lstrip(b" \t\r\n")
        if document:
            if not document.startswith(b"{"):
                raise json.InvalidJSON("JSON is no object")
            self._place = "outside"
        return len(part) - len(document)

    def _pass_token(self, part: bytes, at: int) -> int:
        found = _TOKEN.search(part, at)
        if found is None:
            self._rest += part[at:]
            return len(part)
        self._rest += part[at : found.end()]
        self._tokens += 1
        match found[0]:
            case b'"':
                self._begin_text()
            case b":":
                pass
            case token:
                self._depth += {b"{": 1, b"[": 1, b"}": -1, b"]": -1}.get(token, 0)
                self._at_key = self._depth == 1 and token in b"{,"
                self._is_named = False
        if self._tokens > _MOST_TOKENS and self._place == "outside":
            self._place = "left"
        return found.end()

    def _begin_text(self) -> None:
        if self._at_key:
            self._place, self._key = "key", b""
        elif self._is_named:
            self._place = "member"
            self._rest += self.mark.encode()
        else:
            self._place = "text"
        self._is_named = False

    def _run_of_text(self, part: bytes, at: int) -> tuple[bytes, int]:
        """What is surely of the text: up to its quote, or to an escape that is not all there."""
        quote = part.find(b'"', at)
        end = len(part) if quote < 0 else quote
        if part.find(b"\\", at, end) >= 0:
            escaped = _ESCAPED.match(part, at)
            assert escaped is not None
            end = escaped.end()
        return part[at:end], end

    def _pass_text(self, run: bytes) -> None:
        if self._place == "key" and len(self._key) <= len(self._name):
            self._key += run
        if not self._is_in_member:
            self._rest += run

    def _pass_quote(self, part: bytes, at: int) -> int:
        if at == len(part):
            return at
        if part[at] != _QUOTE:
            if len(part) - at >= _LONGEST_ESCAPE:
                raise json.InvalidJSON("JSON has an escape that is none")
            self._unfinished = part[at:]
            return len(part)
        self._rest += b'"'
        self._is_named = self._place == "key" and self._key == self._name
        self._place, self._at_key = "outside", False
        return at + 1


def _ascii(run: bytes) -> bytes:
    if not run.isascii():
        # A character of several bytes may be cut in two here, and is left out in any case.
        run = run.translate(None, _BEYOND_ASCII)
    return json.text_of(run).encode("ascii", "ignore")
