"""What a find with a text search may ask for."""

from collections.abc import Iterable

from parsepy import errors
from parsepy.permissions import protected_fields
from parsepy.protocol.find_parameters import TEXT_SCORE, Selection
from parsepy.query import tree
from parsepy.query.text.leaves import searches_in
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage import text_index
from parsepy.storage.text_index import SCORE_FIELD


def check(
    where: Where,
    sort_keys: Iterable[str],
    selection: Selection,
    schema: ClassSchema,
    hidden: frozenset[str],
) -> None:
    """Raises 102 for what no store could answer, 119 for a search that would tell hidden texts."""
    searches = searches_in(where)
    if not searches:
        if TEXT_SCORE in sort_keys or shows_score(selection):
            raise errors.invalid_query(f"{TEXT_SCORE} needs a $text query.")
        return
    if len(searches) > 1:
        raise errors.invalid_query("A query can hold one $text only.")
    if _is_negated(where):
        raise errors.invalid_query("$text cannot stand in a $nor.")
    if hidden:
        # A search in one field looks into all that its index holds.
        index = text_index.recorded(schema.definition.indexes)
        for field in index.fields if index else ():
            protected_fields.check_key(field, hidden, schema.name)


def _is_negated(where: Where) -> bool:
    if isinstance(where, tree.Nor):
        return bool(searches_in(where))
    return isinstance(where, tree.And | tree.Or) and any(map(_is_negated, where.children))


def shows_score(selection: Selection) -> bool:
    return selection.keys is not None and (TEXT_SCORE,) in selection.keys


def shown_name(key: str) -> str:
    """The field that an entry of `keys` shows."""
    return SCORE_FIELD if key == TEXT_SCORE else key
