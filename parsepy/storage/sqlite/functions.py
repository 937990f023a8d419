"""The functions that SQLite calls back into Python, registered on every connection."""

import unicodedata
from collections.abc import Callable
from typing import Final, TypeAlias, cast

import apsw

from parsepy.storage.sqlite.sql_types import SQLValue
from parsepy.storage.sqlite.text_terms import terms_text

Predicate: TypeAlias = Callable[[str | None], bool]
KeyMaker: TypeAlias = Callable[[str | None], bytes]
Scorer: TypeAlias = Callable[[str], int | float]

MATCHES: Final = "parse_matches"
"""`parse_matches(predicate, text)`: the predicate is bound as a Python object."""
SORT_KEY: Final = "parse_sort_key"
"""`parse_sort_key(maker, text)`: a blob that sorts as MongoDB sorts the value."""
FOLD: Final = "parse_fold"
"""`parse_fold(text)`: equal for texts that differ in case only; accents count. Used in indexes."""

TERMS: Final = "parse_terms"
"""`parse_terms(texts)`: what a text index keeps of them. Used in triggers."""
SCORE: Final = "parse_score"
"""`parse_score(scorer, texts)`: how well a text search finds them."""


def register(connection: apsw.Connection) -> None:
    # Matching sees what the statement binds and nothing else, so it is deterministic too.
    connection.create_scalar_function(MATCHES, _matches, 2, deterministic=True)
    connection.create_scalar_function(SORT_KEY, _sort_key, 2, deterministic=True)
    connection.create_scalar_function(SCORE, _score, 2, deterministic=True)
    connection.create_scalar_function(
        FOLD, _fold, 1, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
    )
    connection.create_scalar_function(
        TERMS, _terms, 1, deterministic=True, flags=apsw.SQLITE_INNOCUOUS
    )


def folded(text: str) -> str:
    """Like MongoDB's collation `en`, strength 2: upper and lower case, wide and narrow are one."""
    if text.isascii():
        return text.lower()
    normal = unicodedata.normalize("NFKC", text)
    return unicodedata.normalize("NFKC", "".join(map(_folded_letter, normal)))


def _folded_letter(letter: str) -> str:
    """Letters that fold to several are others than those: `ß` is not `ss`."""
    fold = letter.casefold()
    return fold if len(fold) == 1 else letter.lower()


def _matches(*arguments: SQLValue) -> SQLValue:
    predicate, text = arguments
    return cast("Predicate", predicate)(cast("str | None", text))


def _sort_key(*arguments: SQLValue) -> SQLValue:
    maker, text = arguments
    return cast("KeyMaker", maker)(cast("str | None", text))


def _fold(*arguments: SQLValue) -> SQLValue:
    (text,) = arguments
    return folded(text) if isinstance(text, str) else text


def _terms(*arguments: SQLValue) -> SQLValue:
    (texts,) = arguments
    return terms_text(cast("str", texts))


def _score(*arguments: SQLValue) -> SQLValue:
    scorer, texts = arguments
    return cast("Scorer", scorer)(cast("str", texts))
