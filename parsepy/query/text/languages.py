"""The languages of text search, by MongoDB's names for them."""

from functools import cache
from typing import Final

from parsepy import errors
from parsepy.query.text.stop_words import STOP_WORDS

DEFAULT: Final = "english"
"""The language of an object that names none, as in MongoDB's indexes."""
NONE: Final = "none"
"""No stemming, no stop words."""

_CODES: Final = {
    "da": "danish",
    "nl": "dutch",
    "en": "english",
    "fi": "finnish",
    "fr": "french",
    "de": "german",
    "hu": "hungarian",
    "it": "italian",
    "nb": "norwegian",
    "pt": "portuguese",
    "ro": "romanian",
    "ru": "russian",
    "es": "spanish",
    "sv": "swedish",
    "tr": "turkish",
}
_NAMES: Final = frozenset((NONE, *_CODES.values()))


def language_of_search(name: str | None) -> str:
    """Raises 102 for a language that is not supported."""
    if name is None:
        return DEFAULT
    found = _known(name)
    if found is None:
        raise errors.unsupported_language()
    return found


def language_of_object(name: object) -> str:
    """The language that an object's own field `language` names, else the default."""
    return (isinstance(name, str) and _known(name)) or DEFAULT


def stem(language: str, word: str) -> str:
    # Snowball's stemmers keep the word they work on, so threads must not share one.
    return word if language == NONE else str(_stemmer(language)().stemWord(word))


def is_stop_word(language: str, word: str) -> bool:
    return word in STOP_WORDS.get(language, ())


def _known(name: str) -> str | None:
    lowered = name.lower()
    full = _CODES.get(lowered, lowered)
    return full if full in _NAMES else None


@cache
def _stemmer(language: str) -> type:
    # Most apps never search: its tables take a while to load.
    import snowballstemmer

    return type(snowballstemmer.stemmer(language))
