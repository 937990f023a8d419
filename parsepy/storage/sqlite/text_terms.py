"""How FTS5 sees texts: as terms of letters, digits and `_`, made by `query.text`.

Nothing that a client writes can be syntax in such a term, neither in the index nor in a MATCH.
"""

import re
from collections.abc import Iterable
from typing import Final, cast

import orjson

from parsepy.query.text.languages import language_of_object
from parsepy.query.text.match import texts_in
from parsepy.query.text.words import terms_of
from parsepy.types import JSONValue

TOKENIZER: Final = "ascii tokenchars '_'"

_PLAIN: Final = re.compile(r"[a-z0-9]+")


def terms_text(document: str) -> str:
    """What the index keeps of an object's texts, which come as `[language, value, …]` in JSON."""
    texts, language = read(document)
    found = dict.fromkeys(term for text in texts for term in terms_of(text, language))
    return " ".join(map(_encoded, found))


def expression(terms: Iterable[str]) -> str:
    """The MATCH that finds the rows with one of `terms`."""
    return " OR ".join(f'"{_encoded(term)}"' for term in sorted(terms))


def read(document: str) -> tuple[list[str], str]:
    """The texts and their language."""
    language, *values = cast("list[JSONValue]", orjson.loads(document))
    texts = [text for value in values for text in texts_in(value)]
    return texts, language_of_object(language)


def _encoded(term: str) -> str:
    if _PLAIN.fullmatch(term):
        return term
    return f"_{term.encode('utf-8', 'surrogatepass').hex()}"
