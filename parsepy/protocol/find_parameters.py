"""The parameters of a find or a get, from a query string or a body, decoded into plain values."""

import math
import re
from collections.abc import Mapping
from typing import Final, TypeAlias

from msgspec import Struct

from parsepy import errors
from parsepy.protocol import json
from parsepy.types import MISSING, JSONMapping, JSONObject, JSONValue, Missing

SortKey: TypeAlias = tuple[str, bool]
"""A field or dotted path, and whether it sorts downwards."""

KeyPath: TypeAlias = tuple[str, ...]

_FIELD: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z0-9_]+)*")
TEXT_SCORE: Final = "$score"
"""What `order` and `keys` call the score of a text search."""

_AUTH_DATA_ID: Final = re.compile(r"authData\.[A-Za-z0-9_]+\.id")
_ALIASES: Final = {"_created_at": "createdAt", "_updated_at": "updatedAt"}

FIND_KEYS: Final = frozenset(
    "skip limit order count keys excludeKeys include includeAll redirectClassNameForKey where"
    " readPreference includeReadPreference subqueryReadPreference hint explain comment".split()
)
GET_KEYS: Final = frozenset(
    "keys include excludeKeys readPreference includeReadPreference subqueryReadPreference".split()
)
_EXPLAIN: Final = ("queryPlanner", "queryPlannerExtended", "executionStats", "allPlansExecution")
_READ_PREFERENCES: Final = frozenset(
    ("PRIMARY", "PRIMARY_PREFERRED", "SECONDARY", "SECONDARY_PREFERRED", "NEAREST")
)

MAX_PATHS: Final = 1_000
MAX_PATH_DEPTH: Final = 32
"""Bounds on `keys`, `excludeKeys`, `include` and `order`: expanding `a.a.a…` is quadratic."""


class Selection(Struct, frozen=True):
    """Which fields come back, and which Pointers are replaced by their objects.

    `keys` `None` is every field. A dotted key names a field of an included object.
    """

    keys: tuple[KeyPath, ...] | None = None
    exclude_keys: tuple[KeyPath, ...] = ()
    include: tuple[KeyPath, ...] = ()
    include_all: bool = False


class ReadPreferences(Struct, frozen=True):
    """Which members of a replica set are asked (`PRIMARY`, `NEAREST`, …); `None`: as configured."""

    objects: str | None = None
    includes: str | None = None
    subqueries: str | None = None


NO_PREFERENCES: Final = ReadPreferences()


class GetParameters(Struct, frozen=True):
    selection: Selection
    read_preferences: ReadPreferences = NO_PREFERENCES


class FindParameters(Struct, frozen=True):
    """`limit` is `MISSING` when none was given, `None` when it is no number (then: no limit)."""

    where: JSONValue
    selection: Selection
    order: tuple[SortKey, ...] = ()
    skip: int = 0
    limit: int | Missing | None = MISSING
    count: bool = False
    comment: str | None = None
    explain: bool | str = False
    """Wants the store's plan instead of objects; a text says how much of it."""
    hint: str | JSONObject | None = None
    """The index that the store shall use: its name, or its key specification."""
    redirect_key: str | None = None
    """A Relation field of the class: its target class is asked instead."""
    read_preferences: ReadPreferences = NO_PREFERENCES


def decode_find(parameters: JSONMapping) -> FindParameters:
    """Raises 102, 105, 107."""
    for key in parameters:
        if key not in FIND_KEYS:
            raise errors.invalid_query_parameter(key)
    return FindParameters(
        where=decode_where(parameters.get("where")),
        selection=_selection(parameters),
        order=_order(parameters.get("order")),
        skip=_skip(parameters.get("skip")),
        limit=_limit(parameters.get("limit")),
        count=bool(parameters.get("count")),
        comment=_comment(parameters.get("comment")),
        explain=_explain(parameters.get("explain")),
        hint=_hint(parameters.get("hint")),
        redirect_key=_redirect_key(parameters.get("redirectClassNameForKey")),
        read_preferences=_read_preferences(parameters),
    )


def decode_get(parameters: JSONMapping) -> GetParameters:
    """Raises 102."""
    for key in parameters:
        if key not in GET_KEYS:
            raise errors.improper_parameter()
    if not parameters:
        return WHOLE_OBJECT
    return GetParameters(_selection(parameters), _read_preferences(parameters))


WHOLE_OBJECT: Final = GetParameters(Selection())


def decode_where(where: JSONValue) -> JSONValue:
    """An object, or the JSON text of one (Android and query strings); nothing is `{}`."""
    if isinstance(where, str):
        try:
            where = json.loads(where)
        except json.InvalidJSON:
            raise errors.invalid_json("where parameter is not valid JSON") from None
    if not where:
        return {}
    if isinstance(where, list):
        # JavaScript's view of an array: its indices are keys, which no field may be called.
        return {str(index): item for index, item in enumerate(where)}
    if not isinstance(where, dict):
        raise errors.invalid_json("where parameter is not valid JSON")
    return where


def as_text(value: JSONValue) -> str:
    """A comma list given as text, or as a list (Swift sends JSON arrays)."""
    if isinstance(value, list):
        return ",".join(as_text(item) for item in value)
    if value is None or value is False:
        return ""
    return value if isinstance(value, str) else json.dumps(value).decode()


def _read_preferences(parameters: JSONMapping) -> ReadPreferences:
    """Those of includes and sub-queries follow the query's own where they are not given."""
    own = _read_preference(parameters, "readPreference")
    includes = _read_preference(parameters, "includeReadPreference")
    subqueries = _read_preference(parameters, "subqueryReadPreference")
    if not (own or includes or subqueries):
        return NO_PREFERENCES
    return ReadPreferences(own, includes or own, subqueries or own)


def _read_preference(parameters: JSONMapping, key: str) -> str | None:
    value = parameters.get(key)
    if not value:
        return None
    preference = value.upper() if isinstance(value, str) else ""
    if preference not in _READ_PREFERENCES:
        raise errors.invalid_query("Not supported read preference.")
    return preference


def _hint(value: JSONValue) -> str | JSONObject | None:
    if not value:
        return None
    if not isinstance(value, str | dict):
        raise errors.invalid_query("hint must be the name or the key of an index")
    return value


def _redirect_key(value: JSONValue) -> str | None:
    if not value:
        return None
    if not isinstance(value, str):
        raise errors.invalid_query("redirectClassNameForKey must be a string")
    return value


def _selection(parameters: Mapping[str, JSONValue]) -> Selection:
    include = _paths(parameters.get("include"))
    include_all = bool(parameters.get("includeAll")) or ("*",) in include
    keys = parameters.get("keys", MISSING)
    return Selection(
        keys=None if isinstance(keys, Missing) or keys is None else _paths(keys),
        exclude_keys=_paths(parameters.get("excludeKeys")),
        include=() if include_all else include,
        include_all=include_all,
    )


def _paths(value: JSONValue) -> tuple[KeyPath, ...]:
    paths = tuple(tuple(path.split(".")) for path in as_text(value).split(",") if path.strip())
    if len(paths) > MAX_PATHS or any(len(path) > MAX_PATH_DEPTH for path in paths):
        raise errors.invalid_query("too many or too deep paths in keys, excludeKeys or include")
    return paths


def _order(value: JSONValue) -> tuple[SortKey, ...]:
    text = as_text(value)
    if not text:
        return ()
    keys = tuple(_sort_key(part.strip()) for part in text.split(",") if part.strip())
    if len(keys) > MAX_PATHS:
        raise errors.invalid_query("too many keys in order")
    return keys


def _sort_key(text: str) -> SortKey:
    descending = text.startswith("-")
    name = text.removeprefix("-")
    if name == TEXT_SCORE:
        # The best come first, whatever the sign.
        return name, True
    name = _ALIASES.get(name, name)
    if _AUTH_DATA_ID.fullmatch(name):
        raise errors.ParseError(errors.Code.INVALID_KEY_NAME, f"Cannot sort by {name}")
    if _FIELD.fullmatch(name) is None or name.startswith("_") or name.count(".") > MAX_PATH_DEPTH:
        raise errors.invalid_field_name(name)
    return name, descending


def _number(value: JSONValue) -> float | None:
    """What JavaScript's `Number()` makes of it; `None` for not a number."""
    if isinstance(value, bool | int | float):
        return float(value)
    if isinstance(value, str):
        try:
            number = float(value) if value.strip() else 0.0
        except ValueError:
            return None
        return number if math.isfinite(number) else None
    return None


def _skip(value: JSONValue) -> int:
    if value is None or value == "":
        return 0
    number = _number(value)
    if number is None or number < 0 or number > _MAX_ROWS:
        raise errors.invalid_query("skip must be a non-negative number")
    return int(number)


_MAX_ROWS: Final = 2**31 - 1


def _limit(value: JSONValue) -> int | Missing | None:
    """-n behaves as n, a fraction is cut, no number is no limit (all observed)."""
    if value is None or value == "" or value is False:
        return MISSING
    number = _number(value)
    if number is None:
        return None
    return min(int(abs(number)), _MAX_ROWS)


def _explain(value: JSONValue) -> bool | str:
    if isinstance(value, bool) or not value:
        return bool(value)
    if isinstance(value, str) and value in _EXPLAIN:
        return value
    raise errors.invalid_query("Invalid value for explain")


def _comment(value: JSONValue) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise errors.invalid_query("comment must be a string")
    return value
