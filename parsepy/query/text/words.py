"""From a text to its words, and from a word to the term that an index keeps of it."""

import re
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Final, TypeAlias

from parsepy.query.text.languages import DEFAULT, is_stop_word, stem

# What separates words in MongoDB's text indexes of version 3: white space, dashes, quotation marks
# and the marks that Unicode calls syntax or the end of a sentence. `_` and most symbols do not.
_DELIMITERS: Final = (
    r"\x09-\x0d\x20-\x26\x28-\x2f\x3a-\x40\x5b-\x5e\x60\x7b-\x7e\x85\xa0-\xa7\xa9\xab-\xae"
    r"\xb0\xb1\xb6\xbb\xbf\xd7\xf7\u037e\u0387\u0589\u058a\u05be\u05c3\u060c\u061b\u061f\u06d4"
    r"\u0700-\u070a\u070c\u07f8\u07f9\u0830-\u083e\u085e\u0964\u0965\u0e5a\u0e5b\u0f08"
    r"\u0f0d-\u0f12\u104a\u104b\u1361-\u1368\u1400\u166d\u166e\u1680\u16eb-\u16ed\u1735\u1736"
    r"\u17d4-\u17d6\u17da\u1802-\u1806\u1808\u1809\u1944\u1945\u1aa8-\u1aab\u1b5a\u1b5b"
    r"\u1b5d-\u1b5f\u1c3b-\u1c3f\u1c7e\u1c7f\u2000-\u200a\u2010-\u2029\u202f-\u203e"
    r"\u2041-\u2053\u2055-\u205f\u207b\u208b\u2190-\u245f\u2500-\u2775\u2794-\u2bff"
    r"\u2e00-\u2e7f\u3000-\u3003\u3008-\u3020\u3030\u30a0\u30fb\ua4fe\ua4ff\ua60d-\ua60f"
    r"\ua6f3-\ua6f7\ua876\ua877\ua8ce\ua8cf\ua92f\ua9c7-\ua9c9\uaa5d-\uaa5f\uaadf\uaaf0\uaaf1"
    r"\uabeb\ufd3e\ufd3f\ufe31\ufe32\ufe41-\ufe46\ufe50-\ufe52\ufe54-\ufe58\ufe63\uff01\uff02"
    r"\uff07\uff0c-\uff0e\uff1a\uff1b\uff1f\uff61-\uff65\U0001039f\U000103d0\U00010857"
    r"\U0001091f\U00010a56\U00010a57\U00010af0-\U00010af5\U00010b3a-\U00010b3f"
    r"\U00010b99-\U00010b9c"
)
_WORD: Final = re.compile(f"[^'{_DELIMITERS}]+")
# An English word may hold an apostrophe: "don't" is one.
_ENGLISH_WORD: Final = re.compile(f"[^{_DELIMITERS}]+")

_MOST_KEPT: Final = 1 << 14
_MOST_KEPT_OF_RARE: Final = 1 << 10
_LONGEST: Final = 64
_TURKISH: Final = str.maketrans("Iİ", "ıi")

TermMaker: TypeAlias = Callable[[str], str | None]


def terms_of(
    text: str,
    language: str,
    *,
    case_sensitive: bool = False,
    diacritic_sensitive: bool = False,
    stop_words: bool = False,
) -> list[str]:
    """The terms of a text in their order; those of stop words are left out by default."""
    pattern = _ENGLISH_WORD if language == DEFAULT else _WORD
    words = pattern.findall(text)
    kept, fresh = _term_makers(language, case_sensitive, diacritic_sensitive, stop_words)
    # Words without end, which no language has, are not kept: they would fill the memory.
    make = kept if max(map(len, words), default=0) <= _LONGEST else fresh
    return [term for term in map(make, words) if term is not None]


def folded(text: str, language: str, *, case_sensitive: bool, diacritic_sensitive: bool) -> str:
    """A text in the form in which phrases are looked for in it."""
    if not case_sensitive:
        text = _lowered(text, language)
    return text if diacritic_sensitive else _without_diacritics(text)


@cache
def _term_makers(
    language: str, case_sensitive: bool, diacritic_sensitive: bool, stop_words: bool
) -> tuple[TermMaker, TermMaker]:
    """One that keeps what it made, and one that does not.

    Few words make up most of all texts, and a stemmer takes its time.
    """

    def term_of(word: str) -> str | None:
        lowered = _lowered(word, language)
        if not stop_words and is_stop_word(language, lowered):
            return None
        # Languages stem by their accents, so those go last. Stemmers are slow on what is no word.
        term = word if case_sensitive else lowered
        term = stem(language, term) if len(term) <= _LONGEST else term
        return term if diacritic_sensitive else _without_diacritics(term)

    rare = case_sensitive or diacritic_sensitive or stop_words
    return lru_cache(_MOST_KEPT_OF_RARE if rare else _MOST_KEPT)(term_of), term_of


def _lowered(text: str, language: str) -> str:
    return (text.translate(_TURKISH) if language == "turkish" else text).lower()


def _without_diacritics(text: str) -> str:
    if text.isascii():
        return text
    apart = unicodedata.normalize("NFD", text)
    kept = "".join(mark for mark in apart if not unicodedata.combining(mark))
    return unicodedata.normalize("NFC", kept)
