"""What a find asks of a store besides its `where`."""

from typing import Final

from msgspec import Struct

from parsepy.protocol.find_parameters import SortKey
from parsepy.types import JSONObject


class FindOptions(Struct, frozen=True):
    """`limit` `None` is no limit; a limit of 0 never reaches a store.

    `fields` is the set of root fields wanted (`None`: all); a store may return more, never less.
    `hint` names an index, or gives its key: an unknown one is refused with 102.
    `case_insensitive` compares texts as MongoDB's collation `en`, strength 2 does (user look-ups).
    """

    order: tuple[SortKey, ...] = ()
    skip: int = 0
    limit: int | None = None
    fields: frozenset[str] | None = None
    case_insensitive: bool = False
    comment: str | None = None
    hint: str | JSONObject | None = None
    score: bool = False
    """Objects show in `score` how well the text search finds them."""
    read_preference: str | None = None
    """Which members of a replica set are asked: a name of MongoDB's, in capitals."""


DEFAULT: Final = FindOptions()
ONE: Final = FindOptions(limit=1)
