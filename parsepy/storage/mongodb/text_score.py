"""How well a text search finds an object, in MongoDB's sort and projection."""

from typing import Any, Final, cast

from msgspec.structs import replace

from parsepy.protocol.find_parameters import TEXT_SCORE
from parsepy.query.options import FindOptions
from parsepy.query.text.leaves import searches_in
from parsepy.query.tree import Where
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.text_index import SCORE_FIELD, can_hold_text

SCORE: Final = {"$meta": "textScore"}
SORTED: Final = "_text_score"
"""What a sort by the score is called: no field has this name."""


def without_idle_score(where: Where, options: FindOptions) -> FindOptions:
    """`options` without the score where no text is searched in the end, which MongoDB refuses."""
    order = tuple(key for key in options.order if key[0] != TEXT_SCORE)
    if not options.score and len(order) == len(options.order):
        return options
    if any(can_hold_text(search.path) for search in searches_in(where)):
        return options
    return replace(options, order=order, score=False)


def with_score(projection: dict[str, int] | None) -> dict[str, Any]:
    return {**(projection or {}), SCORE_FIELD: SCORE}


def take_score(document: Document) -> int | float:
    """The score as it is shown; the document is left with its own fields."""
    score = cast("float", document.pop(SCORE_FIELD))
    return int(score) if score == int(score) else score
