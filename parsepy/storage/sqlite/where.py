"""From a `where` to SQL: exact SQL where there is such, else the in-memory matcher on one field."""

import re
from collections.abc import Sequence
from typing import Final, assert_never

import apsw
import orjson

from parsepy import errors
from parsepy.protocol import acl
from parsepy.protocol.field_types import ARRAY, STRING, FieldType
from parsepy.query import tree
from parsepy.query.match import Matcher, compile_matcher
from parsepy.query.regex import compile_pattern
from parsepy.query.stored import stored_operand
from parsepy.query.tree import Path, Where
from parsepy.schema.classes import ClassSchema
from parsepy.storage.sqlite import columns, conditions, names, text_where
from parsepy.storage.sqlite.conditions import ALWAYS, NEVER, Condition
from parsepy.storage.sqlite.encode import json_text
from parsepy.storage.sqlite.functions import MATCHES, Predicate
from parsepy.storage.sqlite.rows import entries
from parsepy.storage.sqlite.shape_conditions import compile_geo
from parsepy.types import JSONValue, Missing

_PREFIX: Final = re.compile(r"\^\\Q((?:(?!\\E).)*)\\E", re.DOTALL)
_AUTH_ID: Final = re.compile(r"authData\.[A-Za-z0-9_-]+\.id")
_MOST_PARAMETERS: Final = 5000
"""SQLite prepares a statement in a time that grows with the square of its conditions: 0.2 s."""
_PERMISSION_COLUMNS: Final = {"read": "readers", "write": "writers"}


def compile_where(where: Where, schema: ClassSchema, *, fold: bool = False) -> Condition:
    """The condition that holds exactly for the objects that match; with `fold`, texts of any case.

    Raises 102 for a bad pattern and for too many conditions, 105 for a key that names no field.
    """
    condition = _Compiler(schema, fold).compile(where)
    if len(condition.parameters) > _MOST_PARAMETERS:
        raise errors.invalid_query("The query has too many conditions.")
    return condition


class _Compiler:
    __slots__ = ("_fold", "_schema")

    def __init__(self, schema: ClassSchema, fold: bool) -> None:
        self._schema = schema
        self._fold = fold

    def compile(self, where: Where) -> Condition:
        match where:
            case tree.And(children):
                return self._all_of(children)
            case tree.Or(children):
                return self._any_of(children)
            case tree.Nor(children):
                return self._any_of(children).negated()
            case tree.Accessible():
                return _accessible(where)
            case (
                tree.Near()
                | tree.WithinCircle()
                | tree.WithinBox()
                | tree.WithinPolygon()
                | tree.Covers()
            ):
                return compile_geo(where, self._schema)
            case tree.Text():
                return text_where.condition(where, self._schema)
            case tree.InQuery() | tree.Selected() | tree.RelatedTo():
                raise TypeError(f"the read door resolves this before: {where!r}")
            case tree.NotEqual(path, value):
                return self.compile(tree.Equal(path, value)).negated()
            case tree.NotIn(path, values):
                return self.compile(tree.In(path, values)).negated()
            case _:
                return self._exact(where) or self._matched(where)

    def _all_of(self, children: Sequence[Where]) -> Condition:
        parts = [part for part in map(self.compile, children) if part is not ALWAYS]
        return conditions.joined(parts, "AND") if parts else ALWAYS

    def _any_of(self, children: Sequence[Where]) -> Condition:
        return conditions.joined(list(map(self.compile, children)), "OR") if children else NEVER

    def _exact(self, where: "_Leaf") -> Condition | None:
        if where.path.nested:
            return self._auth_id(where)
        match where:
            case tree.Equal(path, value):
                return self._one_of(path, (value,))
            case tree.In(path, values):
                return self._one_of(path, values)
            case tree.Compare(path, operator, value):
                return self._compared(path, operator, value)
            case tree.Exists(path, exists):
                return self._exists(path, exists)
            case tree.All(path, values):
                return self._contains_all(path, values)
            case tree.Matches(path, pattern, options):
                return self._like(path, pattern, options)
            case tree.AllMatch() | tree.ContainedBy():
                return None
            case _:
                assert_never(where)

    def _one_of(self, path: Path, values: Sequence[JSONValue]) -> Condition | None:
        type_ = self._type(path)
        if type_ is None:
            return None
        if type_ == ARRAY:
            return conditions.contains_one_of(columns.stored_name(path.key), values)
        expression = self._scalar(path, type_)
        if expression is None:
            return None
        operands = [columns.operand(type_, stored_operand(path, value)) for value in values]
        found = conditions.one_of(
            expression,
            [operand for operand in operands if not isinstance(operand, Missing)],
            fold=self._fold and path.key != "objectId",
        )
        if None not in values:
            return found
        absent = Condition(f"{expression} IS NULL")
        return absent if found is NEVER else conditions.joined((found, absent), "OR")

    def _compared(self, path: Path, operator: str, value: JSONValue) -> Condition | None:
        type_ = self._type(path)
        expression = self._scalar(path, type_)
        if type_ is None or expression is None:
            return None
        operand = columns.operand(type_, stored_operand(path, value))
        if isinstance(operand, Missing):
            return None
        fold = self._fold and path.key != "objectId"
        return conditions.comparison(expression, operator, operand, fold=fold)

    def _exists(self, path: Path, exists: bool) -> Condition | None:
        if path.key in columns.PERMISSION_COLUMNS:
            return None
        presence = columns.presence(columns.stored_name(path.key))
        return Condition(f"{presence} IS {'NOT ' if exists else ''}NULL")

    def _contains_all(self, path: Path, values: Sequence[JSONValue]) -> Condition | None:
        if self._type(path) != ARRAY:
            return None
        field = columns.stored_name(path.key)
        parts = [conditions.contains_one_of(field, (value,)) for value in values]
        known = [part for part in parts if part is not None]
        if len(known) < len(parts) or len(parts) > conditions.MOST_ALTERNATIVES:
            return None
        return conditions.joined(known, "AND") if known else NEVER

    def _like(self, path: Path, pattern: str, options: str) -> Condition | None:
        type_ = self._type(path)
        expression = self._scalar(path, type_) if type_ == STRING else None
        if expression is None:
            return None
        prefix = _PREFIX.fullmatch(pattern)
        if prefix is not None and not options:
            return conditions.starts_with(expression, prefix.group(1))
        search = compile_pattern(pattern, options).search
        return _matching(lambda text: text is not None and search(text), expression)

    def _auth_id(self, where: "_Leaf") -> Condition | None:
        # The look-up of every log-in with a provider. `authData` holds objects all the way down:
        # other classes, and lists on the way, go to the matcher.
        if not isinstance(where, tree.Equal) or not isinstance(where.value, str):
            return None
        if self._schema.name != "_User" or _AUTH_ID.fullmatch(where.path.key) is None:
            return None
        place = names.json_path(where.path.key)
        return Condition(
            f"data->>'{place}' = ? AND json_type(data, '{place}') = 'text'", (where.value,)
        )

    def _matched(self, where: "_Leaf") -> Condition:
        root, matcher = where.path.root, compile_matcher(where)
        if root in columns.PERMISSION_COLUMNS:
            return _matching(_of_permissions(matcher, root), columns.PERMISSION_COLUMNS[root])
        if root in columns.OWN_COLUMNS:
            return _matching(_of_text(matcher, root), root)
        field = columns.stored_name(root)
        return _matching(_of_json(matcher, field), f"data->'{names.json_path(field)}'")

    def _type(self, path: Path) -> FieldType | None:
        return columns.type_of(self._schema, columns.stored_name(path.key))

    def _scalar(self, path: Path, type_: FieldType | None) -> str | None:
        return columns.scalar(self._schema, columns.stored_name(path.key), type_)


_Leaf = (
    tree.Equal
    | tree.In
    | tree.Compare
    | tree.All
    | tree.AllMatch
    | tree.ContainedBy
    | tree.Exists
    | tree.Matches
)


def _accessible(where: tree.Accessible) -> Condition:
    column = _PERMISSION_COLUMNS[where.permission]
    group = "SELECT value FROM json_each(?)"
    granted = f"EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({group}))"
    if "*" in where.group:
        # What is public is mostly so in its first entry, and that is quickly seen.
        granted = f"{column} LIKE '[\"*\"%' OR {granted}"
    return Condition(f"{column} IS NULL OR {granted}", (json_text(where.group),))


def _matching(predicate: Predicate, expression: str) -> Condition:
    return Condition(f"{MATCHES}(?, {expression})", (apsw.pyobject(predicate),))


def _of_json(matcher: Matcher, field: str) -> Predicate:
    return lambda text: matcher({} if text is None else {field: orjson.loads(text)})


def _of_text(matcher: Matcher, field: str) -> Predicate:
    return lambda text: matcher({} if text is None else {field: text})


def _of_permissions(matcher: Matcher, column: str) -> Predicate:
    def matches(text: str | None) -> bool:
        if text is None:
            return matcher({})
        listed = entries(text)
        readers, writers = (listed, []) if column == "_rperm" else ([], listed)
        return matcher({"ACL": acl.from_lists(readers, writers)})

    return matches
