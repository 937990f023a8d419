"""What a text search becomes in SQL.

FTS5 finds the objects that have one of the search's terms; what else the search asks of them is
judged on their texts.
"""

from typing import Final

import apsw

from parsepy import errors
from parsepy.protocol.find_parameters import TEXT_SCORE
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.text import match
from parsepy.query.text.leaves import searches_in
from parsepy.query.text.search import Search, read_search
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage import text_index
from parsepy.storage.sqlite import names, text, text_terms
from parsepy.storage.sqlite.conditions import NEVER, Condition, joined
from parsepy.storage.sqlite.functions import MATCHES, SCORE, Predicate, Scorer

_MOST_TERMS: Final = 1000
_NO_SCORE: Final = Condition("0")


def condition(where: tree.Text, schema: ClassSchema) -> Condition:
    """Raises 102 for an unsupported language or more words than one statement should have."""
    search = read_search(where)
    index = text_index.recorded(schema.definition.indexes)
    if index is None or where.path.key not in index.fields or not search.terms:
        # What could be indexed is by now (`text_on_demand`): the field can hold no text.
        return NEVER
    if len(search.terms) > _MOST_TERMS:
        raise errors.invalid_query("The search has too many words.")
    table = names.quoted(names.index_name(schema.name, index.name))
    found = Condition(
        f"id IN (SELECT rowid FROM {table} WHERE {table} MATCH ?)",
        (text_terms.expression(search.terms),),
    )
    if search.is_plain:
        return found
    judge = apsw.pyobject(_judge(search))
    return joined(
        (found, Condition(f"{MATCHES}(?, {text.texts('', index.fields)})", (judge,))), "AND"
    )


def score(where: Where, schema: ClassSchema, options: FindOptions) -> Condition:
    """An SQL expression for how well the first search in `where` finds a row."""
    wanted = options.score or any(key == TEXT_SCORE for key, _ in options.order)
    searches = searches_in(where) if wanted else []
    index = text_index.recorded(schema.definition.indexes) if searches else None
    if index is None:
        return _NO_SCORE
    scorer = apsw.pyobject(_scorer(read_search(searches[0])))
    return Condition(f"{SCORE}(?, {text.texts('', index.fields)})", (scorer,))


def _judge(search: Search) -> Predicate:
    return lambda texts: texts is not None and match.agrees(search, *text_terms.read(texts))


def _scorer(search: Search) -> Scorer:
    return lambda texts: match.score(search, *text_terms.read(texts))
