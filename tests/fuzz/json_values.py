"""Hypothesis strategies: JSON that is nearly what Parse expects.

A mistake is found sooner by values that are almost right than by noise, so most draws come from
small pools; a few are anything.
"""

from typing import Final, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.types import JSONObject, JSONValue

CLASS_NAMES: Final = [
    *("Game", "game", "GAME", "Closed", "Unknown", "_User", "_Role", "_Session", "_Installation"),
    *("_Join:users:_Role", "_Join:fans:Game", "_join:users:_Role", "_Hooks", "_SCHEMA", "_user"),
    *("_Product", "_Audience", "_GlobalConfig", "_Idempotency", "sqlite_master", "system.users"),
    *("Game.x", "Game$x", "length", "className", "__proto__", "constructor", "1Game", "Gäme", ""),
    *("Game\0", 'Game"; --', "Game~1", "me", "_", "__type", "ME"),
]
OBJECT_IDS: Final = [
    *("game1", "game2", "user1", "user2", "session1", "role1", "phone1", "closed1", "nobody"),
    *("me", "Me", "role:admins", "*", "", "$ne", "a.b", "é", "\0", "\ud800", "'", '"', "x" * 300),
]
FIELD_NAMES: Final = [
    *("name", "secret", "score", "won", "day", "map", "list", "place", "area", "file", "blob"),
    *("owner", "fans", "ACL", "objectId", "createdAt", "updatedAt", "newField", "otherNew"),
    *("username", "password", "email", "emailVerified", "authData", "sessionToken", "user"),
    *("expiresAt", "createdWith", "installationId", "users", "roles", "deviceToken", "id"),
]
ODD_NAMES: Final = [
    *("map.a", "map.b.c", "list.0", "list.1000000000", "list.x", "map.", ".map", "map..a", "."),
    *("newField.a", "newField.a.b", "score.a", "owner.objectId", "map.$inc", "list.$", "$set"),
    *("_hashed_password", "_rperm", "_wperm", "_acl", "_id", "_p_owner", "_session_token", "_tomb"),
    *("_auth_data_anonymous", "authData.anonymous", "authData.anonymous.id", "authData.$x.id"),
    *("_perishable_token", "_created_at", "_failed_login_count", "__type", "__op", "__proto__"),
    *("constructor", "prototype", "length", "className", "toString", "__class__", "__init__"),
    *("", " ", "\0", "a\0b", "\ud800", "é", "a b", "a'b", 'a"b', "0", "[0]", "x" * 300, "$where"),
    *("_method", "_ApplicationId", "_MasterKey", "_SessionToken", "_context", "_noBody"),
]
TEXTS: Final = [
    *("", "a", "chess", "ann", "ben", "correct horse", "ann@parse.test", "\0", "\ud83d", "\udc00x"),
    *("2020-01-01T00:00:00.000Z", "2020-02-30T00:00:00Z", "9999-12-31T23:59:59.999Z", "+275760-09"),
    *("0001-01-01T00:00:00+14:00", "AAA=", "****", "r:" + "5" * 32, "anon", "{}", "null", "' OR 1"),
    *("user1", "game1", "role:admins", "*", "é" * 80, "GET", "$where", "{0.__class__}", "%s%n"),
]
PATTERNS: Final = [
    *("a", "^\\Qch\\E", "(", "[", "(a+)+$", "(?<x>a)\\k<x>", "(?R)", "a{99999}", "\\", "\0", "é"),
    *("(?=a)", "(?i)A", "*", "a**", "[[:alpha:]]", "\\p{L}", "(*FAIL)", "x" * 40_000, "((((((a"),
]
NUMBERS: Final = [
    *(0, 1, -1, 2**31, 2**53 + 1, 2**63, 2**64, -(2**63) - 1, 10**30, 10**200),
    *(0.5, -0.0, 1.0, 1e308, -1e308, 5e-324, 1.7976931348623157e308),
]
TYPES: Final = [
    *("Date", "Pointer", "Relation", "File", "GeoPoint", "Bytes", "Polygon", "Object", "ACL"),
    *("date", "Nonsense", "", "__proto__", "$ne", "constructor"),
]
OPERATIONS: Final = [
    *("Increment", "Add", "AddUnique", "Remove", "Delete", "AddRelation", "RemoveRelation"),
    *("Batch", "SetOnInsert", "increment", "", "__proto__", "$set"),
]
OPERATORS: Final = [
    *("$eq", "$ne", "$lt", "$lte", "$gt", "$gte", "$in", "$nin", "$all", "$containedBy"),
    *("$exists", "$regex", "$options", "$or", "$and", "$nor", "$not", "$where", "$expr"),
    *("$inQuery", "$notInQuery", "$select", "$dontSelect", "$text", "$nearSphere", "$within"),
    *("$geoWithin", "$geoIntersects", "$relatedTo", "$jsonSchema", "$elemMatch", "$", "$type"),
]
_MEMBERS: Final = [
    *("className", "objectId", "iso", "latitude", "longitude", "base64", "coordinates", "name"),
    *("url", "amount", "objects", "ops", "id"),
]
_MIXED_NAMES: Final = [*FIELD_NAMES, *ODD_NAMES, *OPERATORS, *_MEMBERS]

numbers: SearchStrategy[JSONValue] = st.sampled_from(NUMBERS)
texts: SearchStrategy[JSONValue] = st.sampled_from(TEXTS) | st.sampled_from(PATTERNS)
names: SearchStrategy[str] = (
    st.sampled_from(FIELD_NAMES) | st.sampled_from(ODD_NAMES) | st.text(max_size=5)
)
scalars: SearchStrategy[JSONValue] = st.one_of(
    st.sampled_from([None, True, False]),
    numbers,
    texts,
    st.sampled_from([*CLASS_NAMES, *OBJECT_IDS]),
    st.text(max_size=6),
)


def _containers(children: SearchStrategy[JSONValue]) -> SearchStrategy[JSONValue]:
    return (
        st.lists(children, max_size=3)
        | st.dictionaries(st.sampled_from(_MIXED_NAMES), children, max_size=3)
        | typed_around(children)
        | operations_around(children)
    )


def maps(
    keys: SearchStrategy[str], values: SearchStrategy[JSONValue], *, most: int = 2
) -> SearchStrategy[JSONValue]:
    """JSON objects, told to mypy as what they are."""
    return cast("SearchStrategy[JSONValue]", st.dictionaries(keys, values, max_size=most))


def typed_around(members: SearchStrategy[JSONValue]) -> SearchStrategy[JSONObject]:
    """`{"__type": …}` with members that may fit."""
    return _tagged("__type", st.sampled_from(TYPES) | members, members)


def operations_around(members: SearchStrategy[JSONValue]) -> SearchStrategy[JSONObject]:
    return _tagged("__op", st.sampled_from(OPERATIONS) | members, members)


def _tagged(
    tag: str, tags: SearchStrategy[JSONValue], members: SearchStrategy[JSONValue]
) -> SearchStrategy[JSONObject]:
    return st.builds(
        lambda kind, rest: {tag: kind, **rest},
        tags,
        st.dictionaries(st.sampled_from(_MEMBERS), members, max_size=4),
    )


def _nested(depth: int, wrap: str) -> JSONValue:
    value: JSONValue = 1
    for _ in range(depth):
        value = [value] if wrap == "[]" else {wrap: [value] if wrap[:1] == "$" else value}
    return value


deep: SearchStrategy[JSONValue] = st.builds(
    _nested,
    st.sampled_from([20, 45, 60, 100, 125, 300]),
    st.sampled_from(["[]", "a", "$or", "$and", "$nor", "map"]),
)
pointers: SearchStrategy[JSONValue] = st.builds(
    lambda class_name, object_id: {
        "__type": "Pointer",
        "className": class_name,
        "objectId": object_id,
    },
    st.sampled_from(CLASS_NAMES),
    st.sampled_from(OBJECT_IDS),
)
proper_typed: SearchStrategy[JSONValue] = pointers | st.sampled_from(
    [
        {"__type": "Date", "iso": "2020-01-01T00:00:00.000Z"},
        {"__type": "GeoPoint", "latitude": 40, "longitude": -30},
        {"__type": "GeoPoint", "latitude": 1e300, "longitude": 500},
        {"__type": "Polygon", "coordinates": [[0, 0], [0, 1], [1, 1]]},
        {"__type": "Polygon", "coordinates": [[0, 0], [1e300, 1], [1, 1]]},
        {"__type": "Bytes", "base64": "AA=="},
        {"__type": "File", "name": "a.png"},
        {"__type": "Relation", "className": "_User"},
    ]
)
values: SearchStrategy[JSONValue] = st.one_of(
    scalars,
    proper_typed,
    st.recursive(scalars | proper_typed, _containers, max_leaves=6),
    deep,
)
