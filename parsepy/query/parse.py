"""From the JSON of a `where` to its tree; every malformed shape ends here with its Parse error.

The grammar is closed: an operator that is not in the tables below is refused, so nothing a client
writes reaches a database as an operator.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final, cast

import orjson

from parsepy import errors
from parsepy.protocol import dates, values
from parsepy.protocol.field_types import ARRAY, FieldType, as_text, is_number
from parsepy.query import nearest, parse_geo, parse_subqueries, parse_text, relative_time, tree
from parsepy.query.tree import Path, Where
from parsepy.types import JSONObject, JSONValue

_KEY: Final = re.compile(r"[a-zA-Z][a-zA-Z0-9_.]*")
_OPTIONS: Final = re.compile(r"[imxsu]+")
_ATOMS: Final = ("Pointer", "Date", "Bytes", "GeoPoint", "Polygon", "File")
_STARTS_WITH: Final = re.compile(r"\^\\Q.*\\E", re.DOTALL)

ACCESS_KEYS: Final = frozenset(("_rperm", "_wperm"))
INTERNAL_KEYS: Final = frozenset(
    (
        "_email_verify_token _email_verify_token_expires_at _perishable_token"
        " _perishable_token_expires_at _failed_login_count _account_lockout_expires_at"
        " _password_changed_at _password_history _tombstone _session_token"
    ).split()
)
"""Columns that only the master and maintenance keys may name in a `where`."""

DATE_KEYS: Final = frozenset(
    (
        "createdAt updatedAt expiresAt lastUsed _email_verify_token_expires_at"
        " _perishable_token_expires_at _account_lockout_expires_at _password_changed_at"
    ).split()
)
"""Keys whose plain text value means a date."""

LOGICAL: Final[dict[str, type[tree.Or] | type[tree.And] | type[tree.Nor]]] = {
    "$or": tree.Or,
    "$and": tree.And,
    "$nor": tree.Nor,
}


def parse_where(
    where: JSONValue, fields: Mapping[str, FieldType], *, internal_keys: bool = False
) -> Where:
    """The tree of `where` for a class with `fields`.

    `internal_keys` (master and maintenance key) admits the columns of `INTERNAL_KEYS`.
    Raises 102, 105, 107, 111.
    """
    if not isinstance(where, dict):
        raise errors.invalid_query("where must be an object")
    parsed = _Parser(fields, internal_keys).parse(where)
    nearest.check_place(parsed)
    return parsed


class _Parser:
    """Holds what stays the same during one parse."""

    __slots__ = ("fields", "internal_keys")

    def __init__(self, fields: Mapping[str, FieldType], internal_keys: bool) -> None:
        self.fields = fields
        self.internal_keys = internal_keys

    def parse(self, where: JSONObject) -> Where:
        nodes: list[Where] = []
        for key, value in where.items():
            if key in LOGICAL:
                nodes.append(self._logical(key, value))
            elif key == "$relatedTo":
                nodes.append(parse_subqueries.related_to(value))
            else:
                nodes.extend(self._constraint(self._path(key), value))
        return nodes[0] if len(nodes) == 1 else tree.And(tuple(nodes))

    def _logical(self, key: str, value: JSONValue) -> Where:
        if not isinstance(value, list):
            raise self._bad_logical(key)
        if not value:
            raise errors.invalid_query(f"Bad {key} format - use an array of at least 1 value.")
        children = []
        for child in value:
            if not isinstance(child, dict):
                raise errors.invalid_query(f"Bad {key} format - use an array of objects.")
            children.append(self.parse(child))
        return LOGICAL[key](tuple(children))

    def _bad_logical(self, key: str) -> errors.ParseError:
        if self.internal_keys:
            return errors.invalid_query(f"Bad {key} format - use an array of at least 1 value.")
        return errors.ParseError(
            errors.Code.INVALID_QUERY, f"{key} must be an array", sanitised=True
        )

    def _path(self, key: str) -> Path:
        if key == "ACL":
            raise errors.invalid_query("Cannot query on ACL.")
        if _KEY.fullmatch(key) is None:
            known = key in ACCESS_KEYS or (self.internal_keys and key in INTERNAL_KEYS)
            if not known:
                raise errors.invalid_key_name(key)
        type_ = self.fields.get(key.partition(".")[0])
        return Path(key, type_)

    def _constraint(self, path: Path, value: JSONValue) -> list[Where]:
        if not isinstance(value, dict):
            return [self._plain_equality(path, value)]
        operators = [key for key in value if key.startswith("$")]
        if not operators:
            return [self._object_equality(path, value)]
        if len(operators) < len(value):
            # A mix: the plain part is an equality of its own.
            plain = {key: child for key, child in value.items() if not key.startswith("$")}
            return self._constraint(path, {"$eq": plain, **{key: value[key] for key in operators}})
        nodes = [
            self._operator(path, key, value)
            for key in operators
            if key not in _PARTS or not _PARTS[key] & value.keys()
        ]
        return parse_subqueries.united(nodes)

    def _operator(self, path: Path, key: str, constraint: JSONObject) -> Where:
        build = _OPERATORS.get(key)
        if build is None:
            raise errors.invalid_json(f"bad constraint: {key}")
        return build(path, constraint)

    def _plain_equality(self, path: Path, value: JSONValue) -> Where:
        if isinstance(value, list):
            if path.nested:
                return tree.Equal(path, values.clean_nested(value))
            raise errors.invalid_json(f"You cannot use {as_text(value)} as a query parameter.")
        if isinstance(value, str) and path.key in DATE_KEYS:
            canonical = dates.normalise(value)
            if canonical is not None:
                return tree.Equal(path, values.date(canonical))
        return tree.Equal(path, value)

    def _object_equality(self, path: Path, value: JSONObject) -> Where:
        if not value or _is_interior(path) or value.get("__type") in _ATOMS:
            return tree.Equal(path, _atom(path, value) if value else {})
        raise errors.invalid_json("You cannot use [object Object] as a query parameter.")


def _atom(path: Path, value: JSONValue) -> JSONValue:
    """A value that can be compared, canonical. Raises 107, 111, 121.

    Inside an Array or Object that is any value, at the top neither a list nor a plain object.
    """
    if _is_interior(path):
        return values.clean_nested(value)
    if isinstance(value, dict):
        if value.get("__type") not in _ATOMS:
            raise _bad_atom(value)
        return values.clean(value)
    if isinstance(value, list):
        raise _bad_atom(value)
    return value


def _operand(path: Path, value: JSONValue) -> JSONValue:
    """An atom behind an operator: there a bare id stands for the Pointer of the field's class."""
    if isinstance(value, str) and not path.nested and path.type and path.type.name == "Pointer":
        return values.pointer(path.type.target_class or "", value)
    return _atom(path, value)


def _is_interior(path: Path) -> bool:
    """Whether values of this path are stored inside an Array or Object, in their REST form."""
    return path.nested or path.type == ARRAY


def _bad_atom(value: JSONValue) -> errors.ParseError:
    return errors.invalid_json(f"bad atom: {orjson.dumps(value).decode()}")


def _single(path: Path, constraint: JSONObject, key: str) -> JSONValue:
    """The operand of an operator that takes one value."""
    value = constraint[key]
    if isinstance(value, dict) and relative_time.is_relative(value):
        return relative_time.date_of(path, key, value, dates.now_ms())
    return _operand(path, value)


def _equal(path: Path, constraint: JSONObject) -> Where:
    return tree.Equal(path, _single(path, constraint, "$eq"))


def _not_equal(path: Path, constraint: JSONObject) -> Where:
    return tree.NotEqual(path, _single(path, constraint, "$ne"))


def _compare(key: str, operator: str) -> Callable[[Path, JSONObject], Where]:
    def build(path: Path, constraint: JSONObject) -> Where:
        return tree.Compare(path, operator, _single(path, constraint, key))

    return build


def _listed(path: Path, constraint: JSONObject, key: str) -> tuple[JSONValue, ...]:
    items = constraint[key]
    if not isinstance(items, list):
        raise errors.invalid_json(f"bad {key} value")
    return listed_values(path, items)


def listed_values(path: Path, items: list[JSONValue]) -> tuple[JSONValue, ...]:
    """The values that `$in` and `$nin` compare with; lists among them are flattened one level."""
    flat: list[JSONValue] = []
    for item in items:
        flat.extend(item if isinstance(item, list) else [item])
    return tuple(_operand(path, item) for item in flat)


def _in(path: Path, constraint: JSONObject) -> Where:
    return tree.In(path, _listed(path, constraint, "$in"))


def _not_in(path: Path, constraint: JSONObject) -> Where:
    return tree.NotIn(path, _listed(path, constraint, "$nin"))


def _all(path: Path, constraint: JSONObject) -> Where:
    items = constraint["$all"]
    if not isinstance(items, list):
        raise errors.invalid_json("bad $all value")
    patterns = [_starts_with(item) for item in items]
    if items and all(pattern is not None for pattern in patterns):
        return tree.AllMatch(path, cast("tuple[str, ...]", tuple(patterns)))
    if any(isinstance(item, dict) and "$regex" in item for item in items):
        shown = ",".join(_shown(item) for item in items)
        raise errors.invalid_json(f"All $all values must be of regex type or none: {shown}")
    if any(isinstance(item, dict) and any(key[:1] == "$" for key in item) for item in items):
        # No stored object has such a key.
        return tree.NOTHING
    return tree.All(path, tuple(values.clean_nested(item) for item in items))


def _shown(item: JSONValue) -> str:
    pattern = item.get("$regex") if isinstance(item, dict) else None
    return f"/{pattern}/" if isinstance(pattern, str) else as_text(item)


def _starts_with(item: JSONValue) -> str | None:
    pattern = item.get("$regex") if isinstance(item, dict) else None
    if isinstance(pattern, str) and _STARTS_WITH.match(pattern):
        return pattern
    return None


def _contained_by(path: Path, constraint: JSONObject) -> Where:
    items = constraint["$containedBy"]
    if not isinstance(items, list):
        raise errors.invalid_json("bad $containedBy: should be an array")
    return tree.ContainedBy(path, tuple(_operand(path, item) for item in items))


def _exists(path: Path, constraint: JSONObject) -> Where:
    wanted = _single(path, constraint, "$exists")
    # Truth as MongoDB sees it: an empty text is true.
    false = wanted is None or wanted is False or (is_number(wanted) and wanted == 0)
    return tree.Exists(path, not false)


def _matches(path: Path, constraint: JSONObject) -> Where:
    pattern, options = constraint["$regex"], constraint.get("$options", "")
    if not isinstance(pattern, str):
        raise errors.invalid_query("$regex value must be a string")
    if not isinstance(options, str):
        raise errors.invalid_query("$options value must be a string")
    if "$options" in constraint and _OPTIONS.fullmatch(options) is None:
        raise errors.invalid_query(f"Bad $options value for query: {options}")
    if "\0" in pattern:
        raise errors.invalid_query("$regex value must not contain a NUL character")
    return tree.Matches(path, pattern, options)


def _options_alone(_path: Path, _constraint: JSONObject) -> Where:
    raise errors.invalid_query("$options needs a $regex")


_PARTS: Final = {
    "$options": frozenset(("$regex",)),
    **dict.fromkeys(parse_geo.DISTANCES, frozenset(("$nearSphere",))),
}
"""Keys that are read together with another operator, when that is there."""

_OPERATORS: Final[dict[str, Callable[[Path, JSONObject], Where]]] = {
    "$eq": _equal,
    "$ne": _not_equal,
    "$lt": _compare("$lt", "<"),
    "$lte": _compare("$lte", "<="),
    "$gt": _compare("$gt", ">"),
    "$gte": _compare("$gte", ">="),
    "$in": _in,
    "$nin": _not_in,
    "$all": _all,
    "$containedBy": _contained_by,
    "$exists": _exists,
    "$regex": _matches,
    "$options": _options_alone,
    "$nearSphere": parse_geo.near,
    **parse_geo.DISTANCES,
    "$within": parse_geo.within,
    "$geoWithin": parse_geo.geo_within,
    "$geoIntersects": parse_geo.geo_intersects,
    "$inQuery": parse_subqueries.in_query,
    "$notInQuery": parse_subqueries.not_in_query,
    "$select": parse_subqueries.select,
    "$dontSelect": parse_subqueries.dont_select,
    "$text": parse_text.text,
}
