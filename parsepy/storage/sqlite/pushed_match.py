"""The part of a leading `$match` that SQL can do: conditions on fields with values of one type."""

from collections.abc import Callable, Sequence
from typing import Final

from msgspec import Struct

from parsepy.aggregation.stored_names import COMMON, POINTER_PREFIX
from parsepy.query import tree
from parsepy.query.stored import is_object
from parsepy.query.tree import Path, Where
from parsepy.schema.classes import ClassSchema
from parsepy.types import JSONObject, JSONValue

_FIELDS: Final = {column: field for field, column in COMMON.items()}
_SCALARS: Final = frozenset(("String", "Number", "Boolean", "Date", "File"))
_OPTIONS: Final = frozenset("imsxu")


class Split(Struct, frozen=True):
    """`where` holds for every document that matches; those must still match `rest`."""

    where: Where
    rest: JSONObject


def split_match(query: JSONObject, schema: ClassSchema) -> Split:
    pushed: list[Where] = []
    rest: JSONObject = {}
    for key, value in query.items():
        found = _clause(key, value, schema)
        if found is None:
            rest[key] = value
        else:
            pushed.extend(found)
    return Split(tree.And(tuple(pushed)) if pushed else tree.EVERYTHING, rest)


def field_of(name: str, schema: ClassSchema) -> Path | None:
    """The field of a stored name, if its values are of one type."""
    if name.startswith(POINTER_PREFIX):
        field = name.removeprefix(POINTER_PREFIX)
        return Path(field, schema.type_of(field)) if field in schema.pointers else None
    field = _FIELDS.get(name, name)
    if name != field or name not in COMMON:
        type_ = schema.type_of(field)
        if type_ is not None and type_.name in _SCALARS and not field.startswith("_"):
            return Path(field, type_)
    return None


def _clause(key: str, value: JSONValue, schema: ClassSchema) -> list[Where] | None:
    if key == "$and":
        return _alternatives(value, schema)
    if key in ("$or", "$nor"):
        parts = _alternatives(value, schema)
        if parts is None:
            return None
        return [tree.Or(tuple(parts)) if key == "$or" else tree.Nor(tuple(parts))]
    path = field_of(key, schema)
    if path is None:
        return None
    if is_object(value):
        return _operators(path, value)
    return [tree.Equal(path, value)] if _is_scalar(value) else None


def _alternatives(value: JSONValue, schema: ClassSchema) -> list[Where] | None:
    """The conditions of a list, if all of each can be pushed."""
    if not isinstance(value, list) or not value:
        return None
    parts: list[Where] = []
    for child in value:
        split = split_match(child, schema) if is_object(child) else None
        if split is None or split.rest:
            return None
        parts.append(split.where)
    return parts


def _operators(path: Path, condition: JSONObject) -> list[Where] | None:
    if not condition:
        return None
    found: list[Where] = []
    for name, operand in condition.items():
        if name == "$options" and "$regex" in condition:
            continue
        part = _regex(path, condition) if name == "$regex" else _operator(path, name, operand)
        if part is None:
            return None
        found.append(part)
    return found


def _operator(path: Path, name: str, operand: JSONValue) -> Where | None:
    if name in ("$in", "$nin"):
        if not isinstance(operand, list) or not all(map(_is_scalar, operand)):
            return None
        listed = tuple(operand)
        return tree.In(path, listed) if name == "$in" else tree.NotIn(path, listed)
    if not _is_scalar(operand):
        return None
    build = _BUILDERS.get(name)
    if build is not None:
        return build(path, operand)
    if name in _COMPARISONS and operand is not None:
        return tree.Compare(path, _COMPARISONS[name], operand)
    return None


def _regex(path: Path, condition: JSONObject) -> Where | None:
    pattern, options = condition["$regex"], condition.get("$options", "")
    if not isinstance(pattern, str) or not isinstance(options, str):
        return None
    if "\0" in pattern or not _OPTIONS.issuperset(options):
        return None
    return tree.Matches(path, pattern, options)


def _is_scalar(value: JSONValue) -> bool:
    if isinstance(value, dict):
        return value.get("__type") == "Date"
    return not isinstance(value, list)


_COMPARISONS: Final = {"$lt": "<", "$lte": "<=", "$gt": ">", "$gte": ">="}
_BUILDERS: Final[dict[str, Callable[[Path, JSONValue], Where]]] = {
    "$eq": tree.Equal,
    "$ne": tree.NotEqual,
}


def pushed_sort(
    spec: Sequence[tuple[str, bool]], schema: ClassSchema
) -> list[tuple[str, bool]] | None:
    """The sort keys as fields, if all of them can be pushed."""
    found = [(field_of(name, schema), down) for name, down in spec]
    if any(path is None for path, _ in found):
        return None
    return [(path.key, down) for path, down in found if path is not None]
