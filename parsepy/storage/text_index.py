"""Which text index serves a search: MongoDB's rule, kept by every store.

A class has at most one text index, over one field or several. A search names a field of it and
looks into all of them. The index of a field that is searched for the first time is made then.
"""

from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.query.text.leaves import searches_in
from parsepy.query.tree import Path, Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONMapping, JSONObject

TEXT: Final = "text"
SCORE_FIELD: Final = "score"
"""The field under which an object shows its text score."""

_KINDS: Final = frozenset(("String", "Array", "File"))
# Stored under other names, in which nobody is to search.
_NEVER: Final = frozenset(("objectId", "sessionToken", "password"))


class TextIndexMissing(ParseError):
    """The store turned out to have no text index for a search, though one was recorded."""

    def __init__(self) -> None:
        super().__init__(errors.Code.INVALID_QUERY, "The class has no text index.")


class TextIndex(Struct, frozen=True):
    name: str
    fields: tuple[str, ...]


def fields_in(key: JSONMapping) -> tuple[str, ...]:
    """The fields that an index with `key` holds the words of."""
    return tuple(field for field, kind in key.items() if kind == TEXT)


def recorded(indexes: Mapping[str, JSONObject]) -> TextIndex | None:
    for name, key in indexes.items():
        fields = fields_in(key)
        if fields:
            return TextIndex(name, fields)
    return None


def made_for(field: str) -> TextIndex:
    """The index that a first search in `field` makes, as parse-server calls it."""
    return TextIndex(f"{field}_text", (field,))


def can_hold_text(path: Path) -> bool:
    if path.nested:
        return True
    return path.type is not None and path.type.name in _KINDS and path.key not in _NEVER


def unserved(schema: ClassSchema, where: Where) -> str | None:
    """A field that is searched and that the recorded index does not hold.

    Raises 102 for a field that the class does not have.
    """
    index = recorded(schema.definition.indexes)
    known = () if index is None else index.fields
    for search in searches_in(where):
        path = search.path
        if path.key in known:
            continue
        if path.nested or path.type is None:
            raise errors.invalid_query(f"Field {path.key} does not exist, cannot add index.")
        if can_hold_text(path):
            return path.key
    return None


def held_by_another(class_name: str, field: str) -> ParseError:
    return errors.invalid_query(
        f"{field} cannot be searched: {class_name} has a text index that does not hold it, and a"
        " class can have one only."
    )


def second_refused(class_name: str) -> ParseError:
    return errors.invalid_query(f"{class_name} has a text index already, and can have one only.")
