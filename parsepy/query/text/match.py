"""Whether a search finds an object by its texts, and how well: MongoDB's rule and its numbers."""

from collections.abc import Sequence
from typing import Final

from parsepy.query.text.search import Search
from parsepy.query.text.words import folded, terms_of
from parsepy.types import JSONValue

_EXACT: Final = 1.1
"""What a text that is the term itself, and nothing else, counts."""


def texts_in(value: JSONValue) -> list[str]:
    """The texts of a stored field: of a list those that stand in it, of a File its name."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, list):
        return [item for item in value if isinstance(item, str)]
    if isinstance(value, dict) and value.get("__type") == "File":
        return [str(value.get("name"))]
    return []


def finds(search: Search, texts: Sequence[str], language: str) -> bool:
    """Whether `search` finds an object with `texts` in `language`."""
    if search.terms.isdisjoint(term for text in texts for term in terms_of(text, language)):
        return False
    return search.is_plain or agrees(search, texts, language)


def agrees(search: Search, texts: Sequence[str], language: str) -> bool:
    """Whether an object that has one of the search's `terms` is what was asked for."""
    return _has_words(search, texts, language) and _has_phrases(search, texts, language)


def score(search: Search, texts: Sequence[str], language: str) -> int | float:
    """MongoDB's text score: more occurrences and shorter texts count more."""
    total = sum(_score(search.terms, text, language) for text in texts)
    return int(total) if total == int(total) else total


def _has_words(search: Search, texts: Sequence[str], language: str) -> bool:
    if not (search.unwanted or search.case_sensitive or search.diacritic_sensitive):
        return True
    # What is a stop word in the object's language may be a word in the search's.
    found = {
        term
        for text in texts
        for term in terms_of(
            text,
            language,
            stop_words=True,
            case_sensitive=search.case_sensitive,
            diacritic_sensitive=search.diacritic_sensitive,
        )
    }
    if not found.isdisjoint(search.unwanted):
        return False
    # Without sensitivity the index has told already.
    exact = search.case_sensitive or search.diacritic_sensitive
    return not exact or not found.isdisjoint(search.wanted)


def _has_phrases(search: Search, texts: Sequence[str], language: str) -> bool:
    if not (search.phrases or search.unwanted_phrases):
        return True
    looked_at = [
        folded(
            text,
            language,
            case_sensitive=search.case_sensitive,
            diacritic_sensitive=search.diacritic_sensitive,
        )
        for text in texts
    ]
    return all(any(phrase in text for text in looked_at) for phrase in search.phrases) and not any(
        phrase in text for phrase in search.unwanted_phrases for text in looked_at
    )


def _score(wanted: frozenset[str], text: str, language: str) -> float:
    terms = terms_of(text, language)
    whole = text.lower()
    total = 0.0
    for term in wanted.intersection(terms):
        count = terms.count(term)
        # Each further occurrence counts half of the one before.
        weight = (2 - 2.0 ** (1 - count)) * (0.5 + 0.5 * count / len(terms))
        total += weight * (_EXACT if term == whole else 1)
    return total
