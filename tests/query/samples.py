"""Hypothesis strategies: objects of a class with every field type, and queries upon them.

The pools of values are small on purpose: a query shall often meet a value that it asks for.
"""

from collections.abc import Mapping
from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.protocol.field_types import (
    ARRAY,
    BOOLEAN,
    BYTES,
    DATE,
    FILE,
    GEO_POINT,
    NUMBER,
    OBJECT,
    POLYGON,
    STRING,
    Fields,
    FieldType,
)
from parsepy.protocol.values import date, pointer
from parsepy.schema.classes import ClassDefinition, ClassSchema, Field
from parsepy.types import JSONObject, JSONValue, ParseObject

FIELDS: Fields = {
    "text": STRING,
    "number": NUMBER,
    "flag": BOOLEAN,
    "day": DATE,
    "map": OBJECT,
    "list": ARRAY,
    "place": GEO_POINT,
    "area": POLYGON,
    "file": FILE,
    "blob": BYTES,
    "team": FieldType("Pointer", "Team"),
}
SCHEMA = ClassSchema(
    ClassDefinition("Sample", {name: Field(type_) for name, type_ in FIELDS.items()})
)

EARLY, LATE = "2020-02-29T00:00:00.000Z", "2020-02-29T00:00:00.001Z"
TEXTS = ["", "a", "b", "ab", "A", "é", "1", "a\nb", "\U0001f600", "\uffff", "Team$one", "x.png"]
NUMBERS: list[int | float] = [0, 1, 2, -1, 1.5, 10, 5_000_000_000, 2**53, 1e300]
DATES = [date(EARLY), date(LATE)]
POINTERS = [pointer("Team", "one"), pointer("Team", "two"), pointer("User", "one")]
PLACES: list[JSONObject] = [
    {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
    {"__type": "GeoPoint", "latitude": 1, "longitude": 2},
]
AREAS: list[JSONObject] = [
    {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1], [0, 0]]},
    {"__type": "Polygon", "coordinates": [[0, 0], [0, 2], [2, 2], [0, 0]]},
]
FILES: list[JSONObject] = [{"__type": "File", "name": name} for name in ("a", "x.png")]
BLOBS: list[JSONObject] = [
    {"__type": "Bytes", "base64": text} for text in ("AA==", "/w==", "AAA=", "aGVsbG8=")
]
PATTERNS = ["a", "^a", "^\\Qa\\E", "b$", ".", "^$", "(?i)^A", "^(?!a)", "\\$one", "[^a]", "^Team"]

_KEYS = st.sampled_from(["a", "b", "0", "objectId"])


def _pool(*values: JSONValue) -> SearchStrategy[JSONValue]:
    return st.sampled_from(values)


scalars: SearchStrategy[JSONValue] = _pool(None, True, False, *TEXTS, *NUMBERS)
nested_typed: SearchStrategy[JSONValue] = _pool(*DATES, *POINTERS, PLACES[0], FILES[0])
typed: SearchStrategy[JSONValue] = nested_typed | _pool(*AREAS, *BLOBS, PLACES[1], FILES[1])


def _lists(children: SearchStrategy[JSONValue]) -> SearchStrategy[JSONValue]:
    return cast("SearchStrategy[JSONValue]", st.lists(children, max_size=3))


def _maps(children: SearchStrategy[JSONValue]) -> SearchStrategy[JSONValue]:
    return cast("SearchStrategy[JSONValue]", st.dictionaries(_KEYS, children, max_size=3))


nested: SearchStrategy[JSONValue] = st.recursive(
    scalars | nested_typed, lambda children: _lists(children) | _maps(children), max_leaves=4
)

_VALUES: Mapping[str, SearchStrategy[JSONValue]] = {
    "text": _pool(*TEXTS),
    "number": _pool(*NUMBERS),
    "flag": _pool(True, False),
    "day": _pool(*DATES),
    "map": _maps(nested),
    "list": _lists(nested),
    "place": _pool(*PLACES),
    "area": _pool(*AREAS),
    "file": _pool(*FILES),
    "blob": _pool(*BLOBS),
    "team": _pool(*POINTERS[:2]),
}
_ACLS: SearchStrategy[JSONValue] = st.dictionaries(
    st.sampled_from(["*", "user", "role:Admins"]),
    _pool({"read": True}, {"write": True}, {"read": True, "write": True}),
    max_size=2,
)


def _object_id(number: int) -> str:
    return f"id{number}"


def _objects(fields: list[JSONObject]) -> list[ParseObject]:
    return [{"objectId": _object_id(number), **given} for number, given in enumerate(fields)]


_one_object: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {"createdAt": _pool(EARLY, LATE), "updatedAt": _pool(LATE)},
    optional={
        **{name: st.none() | values for name, values in _VALUES.items()},
        "ACL": _ACLS,
    },
)
bodies: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {}, optional={**{name: st.none() | values for name, values in _VALUES.items()}, "ACL": _ACLS}
)
"""What a client sends to make or change an object of the class."""

objects: SearchStrategy[list[ParseObject]] = st.lists(_one_object, min_size=1, max_size=10).map(
    _objects
)
"""Objects of the class `SCHEMA`, with every field missing, null or of its type."""

PLAIN_KEYS = [*FIELDS, "objectId", "createdAt", "missing"]
DOTTED_KEYS = (
    "map.a map.b map.a.b map.0 map.a.0 map.objectId map.a.objectId"
    " list.0 list.1 list.a list.0.a list.a.b list.0.0 list.objectId list.a.0 list.0.a.b"
    " place.0 place.latitude area.type area.coordinates.0.0.0 team.objectId file.name"
    " day.iso blob.base64 text.a missing.a"
).split()

_atoms: SearchStrategy[JSONValue] = scalars | typed


def _fitting(key: str) -> SearchStrategy[JSONValue]:
    """Atoms, mostly such as the field may hold."""
    if key == "objectId":
        return st.integers(0, 9).map(_object_id)
    if key == "createdAt":
        return _pool(*DATES, EARLY)
    if key == "list" or key in DOTTED_KEYS:
        # Inside an Array or Object lists and plain objects can be compared too.
        return _atoms | nested
    fitting = _VALUES.get(key)
    return _atoms if fitting is None or key == "map" else fitting | fitting | _atoms


def _operators(key: str) -> SearchStrategy[JSONObject]:
    atom = _fitting(key)
    several = _lists(nested | atom)
    regex = st.fixed_dictionaries(
        {"$regex": _pool(*PATTERNS)}, optional={"$options": _pool("i", "ms")}
    )
    one: dict[str, SearchStrategy[JSONValue]] = {
        **dict.fromkeys(("$eq", "$ne", "$lt", "$lte", "$gt", "$gte"), atom),
        **dict.fromkeys(("$in", "$nin"), _lists(atom)),
        **dict.fromkeys(("$all", "$containedBy"), several),
        "$exists": st.booleans(),
    }
    single = [st.fixed_dictionaries({name: operand}) for name, operand in one.items()]
    return st.one_of(*single, regex) | st.fixed_dictionaries({}, optional=dict(one))


def _constraint(key: str) -> SearchStrategy[JSONObject]:
    plain = _fitting(key) | _maps(nested) if key == "list" else _fitting(key)
    return st.fixed_dictionaries({key: plain | _operators(key) | _operators(key)})


_constraints: SearchStrategy[JSONObject] = st.one_of(
    st.sampled_from(PLAIN_KEYS).flatmap(_constraint),
    st.sampled_from(DOTTED_KEYS).flatmap(_constraint),
)


def _logical(children: SearchStrategy[JSONObject]) -> SearchStrategy[JSONObject]:
    operator = st.sampled_from(["$or", "$and", "$nor"])
    listed = st.lists(children, min_size=1, max_size=2)
    return st.builds(lambda name, parts: {name: cast("JSONValue", parts)}, operator, listed)


wheres: SearchStrategy[JSONObject] = st.recursive(_constraints, _logical, max_leaves=3)
"""A `where` as a client sends it; a few of them are refused by the parser."""

groups: SearchStrategy[tuple[str, ...]] = st.lists(
    st.sampled_from(["*", "user", "role:Admins"]), max_size=2, unique=True
).map(tuple)

_SINGLE_KEYS = [key for key in PLAIN_KEYS if key not in ("map", "list", "place")]
_MANY_KEYS = ["map", "map.a", "list", "list.a", "place"]


def _order_of(keys: list[str]) -> SearchStrategy[tuple[tuple[str, bool], ...]]:
    return st.tuples(*(st.tuples(st.just(key), st.booleans()) for key in keys))


orders: SearchStrategy[tuple[tuple[str, bool], ...]] = (
    # MongoDB refuses to sort by two fields that are lists.
    st.builds(
        lambda single, many: [*single, *many],
        st.lists(st.sampled_from(_SINGLE_KEYS), max_size=2, unique=True),
        st.lists(st.sampled_from(_MANY_KEYS), max_size=1),
    )
    .flatmap(st.permutations)
    .flatmap(_order_of)
)
