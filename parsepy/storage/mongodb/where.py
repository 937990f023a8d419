"""The query tree → a filter (storage-mongodb sheet, section 11).

Operators come from here alone: a client's value is encoded, a document stands behind an explicit
`$eq`, and one whose keys could be read as operators is refused.
"""

from collections.abc import Callable
from typing import Any, Final, TypeAlias, cast

from bson import Regex

from parsepy import errors
from parsepy.protocol.field_types import ARRAY
from parsepy.query import tree
from parsepy.query.text.languages import language_of_search
from parsepy.query.tree import Path, Where
from parsepy.storage.mongodb import where_geo
from parsepy.storage.mongodb.columns import READ_COLUMN, WRITE_COLUMN, Columns
from parsepy.storage.mongodb.documents import Document
from parsepy.storage.mongodb.values import encode_field, encode_nested
from parsepy.storage.text_index import can_hold_text
from parsepy.types import JSONValue

_Compilers: TypeAlias = dict[type, Callable[[Columns, Where], Document]]

_COMPARISONS: Final = {"<": "$lt", "<=": "$lte", ">": "$gt", ">=": "$gte"}


def compile_where(columns: Columns, where: Where) -> Document:
    return _COMPILERS[type(where)](columns, where)


def holds_one_of(group: tuple[str, ...]) -> Document:
    """The condition that an object's ACL lets one of `group` read it, or that it has none."""
    return {"$in": [None, *group]}


def _refuse_operators(value: JSONValue) -> None:
    """The parser lets none through; but `$in` and `$all` know no `$eq` for their elements."""
    if type(value) is dict and any(key[:1] == "$" for key in value):
        raise errors.invalid_nested_key()


def _element(value: JSONValue) -> Any:
    """As it stands inside an Array or Object."""
    _refuse_operators(value)
    return encode_nested(value)


def _value(columns: Columns, path: Path, value: JSONValue) -> Any:
    if path.type == ARRAY or path.nested:
        return _element(value)
    _refuse_operators(value)
    if columns.is_config and path.key == "objectId" and isinstance(value, str):
        return columns.id(value)
    return encode_field(value)


def _values(columns: Columns, path: Path, values: tuple[JSONValue, ...]) -> list[Any]:
    return [_value(columns, path, value) for value in values]


def _equal(columns: Columns, where: tree.Equal) -> Document:
    value = _value(columns, where.path, where.value)
    column = columns.of(where.path.key)
    return {column: {"$eq": value} if isinstance(value, dict) else value}


def _not_equal(columns: Columns, where: tree.NotEqual) -> Document:
    return {columns.of(where.path.key): {"$ne": _value(columns, where.path, where.value)}}


def _compare(columns: Columns, where: tree.Compare) -> Document:
    operator = _COMPARISONS[where.operator]
    return {columns.of(where.path.key): {operator: _value(columns, where.path, where.value)}}


def _in(columns: Columns, where: tree.In) -> Document:
    return {columns.of(where.path.key): {"$in": _values(columns, where.path, where.values)}}


def _not_in(columns: Columns, where: tree.NotIn) -> Document:
    return {columns.of(where.path.key): {"$nin": _values(columns, where.path, where.values)}}


def _all(columns: Columns, where: tree.All) -> Document:
    # As in parse-server, elements of a list, whatever the field is: a Pointer field has none.
    return {columns.of(where.path.key): {"$all": [_element(item) for item in where.values]}}


def _all_match(columns: Columns, where: tree.AllMatch) -> Document:
    patterns = [Regex(pattern) for pattern in where.patterns]
    return {columns.of(where.path.key): {"$all": patterns}}


def _contained_by(columns: Columns, where: tree.ContainedBy) -> Document:
    others = {"$elemMatch": {"$nin": _values(columns, where.path, where.values)}}
    return {"$nor": [{columns.of(where.path.key): others}]}


def _exists(columns: Columns, where: tree.Exists) -> Document:
    key = where.path.key
    condition = {"$exists": where.exists}
    if key not in columns.pointers:
        return {columns.of(key): condition}
    # A Pointer field that was created as null is stored under its own name.
    both: list[Document] = [{columns.of(key): condition}, {key: condition}]
    return {"$or" if where.exists else "$and": both}


def _matches(columns: Columns, where: tree.Matches) -> Document:
    condition = {"$regex": where.pattern}
    if where.options:
        condition["$options"] = where.options
    return {columns.of(where.path.key): condition}


def _text(_columns: Columns, where: tree.Text) -> Document:
    if not can_hold_text(where.path):
        return dict(where_geo.MATCHES_NOTHING)
    # The field decides which index there is; what it finds is up to the database.
    search: Document = {"$search": where.term}
    if where.language is not None:
        search["$language"] = language_of_search(where.language)
    if where.case_sensitive:
        search["$caseSensitive"] = True
    if where.diacritic_sensitive:
        search["$diacriticSensitive"] = True
    return {"$text": search}


def _accessible(_columns: Columns, where: tree.Accessible) -> Document:
    column = READ_COLUMN if where.permission == "read" else WRITE_COLUMN
    return {column: holds_one_of(where.group)}


def _and(columns: Columns, where: tree.And) -> Document:
    """One flat document; what would overwrite an earlier condition goes into its `$and`."""
    combined: Document = {}
    clashing: list[Document] = []
    for child in where.children:
        condition = compile_where(columns, child)
        if combined.keys().isdisjoint(condition):
            combined |= condition
        else:
            clashing.append(condition)
    if clashing:
        combined["$and"] = [*combined.get("$and", ()), *clashing]
    return combined


def _or(columns: Columns, where: tree.Or) -> Document:
    children = [compile_where(columns, child) for child in where.children]
    return {"$or": children} if children else dict(where_geo.MATCHES_NOTHING)


def _nor(columns: Columns, where: tree.Nor) -> Document:
    children = [compile_where(columns, child) for child in where.children]
    return {"$nor": children} if children else {}


_COMPILERS: Final = cast(
    "_Compilers",
    {
        tree.And: _and,
        tree.Or: _or,
        tree.Nor: _nor,
        tree.Equal: _equal,
        tree.NotEqual: _not_equal,
        tree.Compare: _compare,
        tree.In: _in,
        tree.NotIn: _not_in,
        tree.All: _all,
        tree.AllMatch: _all_match,
        tree.ContainedBy: _contained_by,
        tree.Exists: _exists,
        tree.Matches: _matches,
        tree.Text: _text,
        tree.Near: where_geo.in_circle,
        tree.WithinCircle: where_geo.in_circle,
        tree.WithinBox: where_geo.in_box,
        tree.WithinPolygon: where_geo.in_polygon,
        tree.Covers: where_geo.covers,
        tree.Accessible: _accessible,
    },
)
