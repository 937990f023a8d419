"""The grammar of a search, MongoDB's: `coffee -decaf "fresh milk"`.

Words are alternatives; a text in quotation marks must occur as it stands, and its words are
alternatives too; a minus before a word or a quotation forbids it, up to the next white space.
"""

import re
from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from parsepy.query import tree
from parsepy.query.text.languages import language_of_search
from parsepy.query.text.words import folded, terms_of

_TOKEN: Final = re.compile(r'([ \n\v\f\r]*)(?:(["-])|([^ \n\v\f\r"-]+))')


class Search(Struct, frozen=True):
    """`terms` find candidates in an index; the rest tells which of them match.

    `wanted` and `unwanted` are terms in the search's own sensitivity. Nothing is found without
    `terms`.
    """

    language: str
    case_sensitive: bool
    diacritic_sensitive: bool
    terms: frozenset[str]
    wanted: frozenset[str]
    unwanted: frozenset[str]
    phrases: tuple[str, ...]
    unwanted_phrases: tuple[str, ...]

    @property
    def is_plain(self) -> bool:
        """Whether every object with one of `terms` matches."""
        exact = self.case_sensitive or self.diacritic_sensitive
        return not (exact or self.unwanted or self.phrases or self.unwanted_phrases)


def read_search(where: tree.Text) -> Search:
    """Raises 102 for a language that is not supported."""
    language = language_of_search(where.language)
    read = _Reading()
    read.all_of(where.term)
    positive, negative = " ".join(read.positive), " ".join(read.negative)
    sensitivity = {
        "case_sensitive": where.case_sensitive,
        "diacritic_sensitive": where.diacritic_sensitive,
    }
    return Search(
        language,
        **sensitivity,
        terms=frozenset(terms_of(positive, language)),
        wanted=frozenset(terms_of(positive, language, **sensitivity)),
        unwanted=frozenset(terms_of(negative, language, **sensitivity)),
        phrases=tuple(folded(phrase, language, **sensitivity) for phrase in read.phrases),
        unwanted_phrases=tuple(
            folded(phrase, language, **sensitivity) for phrase in read.unwanted_phrases
        ),
    )


class _Reading:
    """What a search asks for, in its own words."""

    __slots__ = ("_negated", "_quoted_from", "negative", "phrases", "positive", "unwanted_phrases")

    def __init__(self) -> None:
        self.positive: list[str] = []
        self.negative: list[str] = []
        self.phrases: list[str] = []
        self.unwanted_phrases: list[str] = []
        self._negated = False
        self._quoted_from: int | None = None

    def all_of(self, text: str) -> None:
        for place, after_space, mark, word in _tokens(text):
            if word:
                self._word(word, after_space)
            elif mark == '"':
                self._quotation_mark(text, place, after_space)
            elif self._quoted_from is None and after_space:
                self._negated = True

    def _word(self, word: str, after_space: bool) -> None:
        if self._negated and self._quoted_from is not None:
            # The words of a forbidden quotation may stand elsewhere.
            return
        if after_space:
            self._negated = False
        (self.negative if self._negated else self.positive).append(word)

    def _quotation_mark(self, text: str, place: int, after_space: bool) -> None:
        if self._quoted_from is None:
            if after_space:
                self._negated = False
            self._quoted_from = place + 1
            return
        phrase = text[self._quoted_from : place]
        (self.unwanted_phrases if self._negated else self.phrases).append(phrase)
        self._quoted_from = None


def _tokens(text: str) -> Iterator[tuple[int, bool, str, str]]:
    """Place, whether white space (or nothing) stands before, and the mark or the word."""
    for found in _TOKEN.finditer(text):
        space, mark, word = found.groups()
        place = found.start() + len(space)
        yield place, bool(space) or found.start() == 0, mark or "", word or ""
