"""What a find asks of a store besides its `where`."""

from typing import Final

from msgspec import Struct

from parsepy.protocol.find_parameters import SortKey


class FindOptions(Struct, frozen=True):
    """`limit` `None` is no limit; a limit of 0 never reaches a store.

    `fields` is the set of root fields wanted (`None`: all); a store may return more, never less.
    `case_insensitive` compares texts as MongoDB's collation `en`, strength 2 does (user look-ups).
    """

    order: tuple[SortKey, ...] = ()
    skip: int = 0
    limit: int | None = None
    fields: frozenset[str] | None = None
    case_insensitive: bool = False
    comment: str | None = None


DEFAULT: Final = FindOptions()
ONE: Final = FindOptions(limit=1)
