"""Hypothesis strategies: bodies and parameters, each for the place where it will stand."""

from typing import Final, cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.types import JSONObject, JSONValue
from tests.fuzz.data import BADGE_CODE, PASSWORD, RESET_TOKEN, VERIFY_TOKEN
from tests.fuzz.json_values import (
    CLASS_NAMES,
    FIELD_NAMES,
    OBJECT_IDS,
    OPERATORS,
    TYPES,
    maps,
    names,
    numbers,
    operations_around,
    pointers,
    proper_typed,
    scalars,
    texts,
    typed_around,
    values,
)

_FIND_PARAMETERS: Final = [
    *("where", "limit", "skip", "order", "keys", "excludeKeys", "include", "includeAll", "count"),
    *("explain", "hint", "comment", "redirectClassNameForKey", "readPreference", "nonsense"),
]
_PATHS: Final = [
    *("owner", "owner.email", "*", "list", "map.a", "-score", "score,-name", "", ",", "a" * 400),
    *(".", "a..b", "_hashed_password", "fans", "owner." * 50, "$score", "name,name", "-", "x\0"),
]
_LEVEL_PERMISSIONS: Final = [
    *("find", "get", "count", "create", "update", "delete", "addField", "protectedFields"),
    *("readUserFields", "writeUserFields", "ACL", "nonsense"),
]

conditions: SearchStrategy[JSONValue] = st.deferred(
    lambda: (
        values
        | st.dictionaries(st.sampled_from(OPERATORS), values, min_size=1, max_size=2)
        | st.dictionaries(
            st.sampled_from(["$in", "$nin", "$all", "$containedBy"]),
            st.lists(values, max_size=3),
            min_size=1,
            max_size=1,
        )
    )
)
wheres: SearchStrategy[JSONValue] = st.recursive(
    st.dictionaries(names, conditions, max_size=2),
    lambda inner: st.dictionaries(
        st.sampled_from(["$or", "$and", "$nor"]), st.lists(inner, max_size=3), max_size=1
    ),
    max_leaves=4,
)
parameters: SearchStrategy[JSONObject] = st.builds(
    lambda where, others: {**where, **others},
    st.just({}) | st.builds(lambda where: {"where": where}, wheres),
    st.dictionaries(
        st.sampled_from(_FIND_PARAMETERS), values | st.sampled_from(_PATHS), max_size=2
    ),
)
selections: SearchStrategy[JSONObject] = st.dictionaries(
    st.sampled_from(["keys", "include", "excludeKeys"]),
    st.sampled_from(_PATHS) | values,
    max_size=2,
)

acls: SearchStrategy[JSONValue] = scalars | maps(
    st.sampled_from(["*", "user1", "role:admins", "*unresolved", "", "a.b", "$x", "\0"]),
    scalars | maps(st.sampled_from(["read", "write", "x"]), scalars),
    most=3,
)
_proofs: SearchStrategy[JSONValue] = maps(
    st.sampled_from(["id", "code", "token", "secret", "recovery", "mobile", "old", "status"]),
    st.sampled_from(["anon", "badge1", BADGE_CODE, "123456", "request"]) | values,
    most=3,
)
_good_proof: SearchStrategy[JSONValue] = st.just({"id": "badge1", "code": BADGE_CODE})
auth_data: SearchStrategy[JSONValue] = values | maps(
    st.sampled_from(["anonymous", "badge", "mfa", "facebook", "a.b", "$x", "", "__proto__"]),
    _proofs | _good_proof | scalars | maps(names, values),
)
operations: SearchStrategy[JSONValue] = st.one_of(
    operations_around(values),
    st.builds(
        lambda name, objects: {"__op": name, "objects": objects},
        st.sampled_from(["Add", "AddUnique", "Remove", "AddRelation", "RemoveRelation"]),
        st.lists(values | pointers, max_size=3),
    ),
    st.builds(lambda amount: {"__op": "Increment", "amount": amount}, scalars),
    st.just({"__op": "Delete"}),
)
_odd_fields: SearchStrategy[JSONObject] = st.dictionaries(
    names, values | operations | typed_around(values), max_size=2
)
_amounts = st.builds(lambda amount: {"__op": "Increment", "amount": amount}, numbers)
_changed_lists = st.builds(
    lambda name, objects: {"__op": name, "objects": objects},
    st.sampled_from(["Add", "AddUnique", "Remove"]),
    st.lists(values, max_size=3),
)
_fitting_fields: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {},
    optional={
        "name": texts,
        "score": numbers | _amounts,
        "map": st.dictionaries(names, values, max_size=2),
        "list": st.lists(values, max_size=3) | _changed_lists,
        "owner": pointers,
        "map.a": _amounts | values,
        "map.b.c": _changed_lists | values,
        "list.0": _amounts | values,
        "newField": proper_typed | values | operations,
        "ACL": acls,
    },
)
objects: SearchStrategy[JSONObject] = st.one_of(
    _fitting_fields,
    _fitting_fields,
    st.builds(lambda fields, odd: {**fields, **odd}, _fitting_fields, _odd_fields),
    st.builds(lambda fields, odd: {**fields, "authData": odd}, _odd_fields, auth_data),
)

_user_names: SearchStrategy[JSONValue] = (
    st.sampled_from(["ann", "ben", "cleo", "dora", "Ann"]) | values
)
_addresses: SearchStrategy[JSONValue] = (
    st.sampled_from(["ann@parse.test", "dora@parse.test", "cleo@parse.test", "ann"]) | values
)
_GOOD_ACCOUNTS: Final[list[JSONObject]] = [
    {"username": "ann", "password": PASSWORD},
    {"email": "ann@parse.test", "password": PASSWORD},
    {"email": "dora@parse.test", "password": PASSWORD},
    {"username": "cleo", "password": "a new one", "email": "cleo@parse.test"},
    {"authData": {"anonymous": {"id": "anon"}}},
    {"authData": {"badge": {"id": "badge1", "code": BADGE_CODE}}},
    {"authData": {"badge": {"id": "badge2", "code": BADGE_CODE}}},
    {"userId": "user1"},
]
_odd_account: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {},
    optional={
        "username": _user_names,
        "password": st.sampled_from([PASSWORD, "x" * 80, "\0"]) | values,
        "email": _addresses,
        "authData": auth_data,
        "emailVerified": scalars,
        "ignoreEmailVerification": scalars,
        "installationId": scalars,
        "userId": st.sampled_from(OBJECT_IDS) | values,
    },
)
accounts: SearchStrategy[JSONObject] = st.one_of(
    st.sampled_from(_GOOD_ACCOUNTS),
    st.builds(
        lambda good, name, odd: {**good, **({name: odd[name]} if name in odd else {})},
        st.sampled_from(_GOOD_ACCOUNTS),
        st.sampled_from(["username", "password", "email", "authData", "installationId"]),
        _odd_account,
    ),
    st.builds(lambda account, others: {**others, **account}, _odd_account, objects),
)
challenges: SearchStrategy[JSONObject] = st.builds(
    lambda wanted, account: {**account, "challengeData": wanted},
    maps(st.sampled_from(["badge", "mfa", "anonymous", "", "__proto__"]), texts | values) | values,
    st.builds(lambda proofs: {"authData": proofs}, auth_data) | accounts,
)
addresses: SearchStrategy[JSONObject] = st.dictionaries(
    st.sampled_from(["email", "email", "token", "username"]),
    _addresses | st.sampled_from([RESET_TOKEN, VERIFY_TOKEN, "ann@parse.test"]),
    max_size=2,
)
sessions: SearchStrategy[JSONObject] = st.dictionaries(
    st.sampled_from(
        [
            *("sessionToken", "user", "createdWith", "expiresAt", "installationId", "restricted"),
            *("objectId", "createdAt", "ACL", "user.objectId", "expiresAt.iso"),
        ]
    ),
    pointers | proper_typed | values,
    max_size=3,
)

_definitions: SearchStrategy[JSONValue] = values | cast(
    "SearchStrategy[JSONValue]",
    st.fixed_dictionaries(
        {"type": st.sampled_from([*TYPES, "String", "Number", "Array", "Boolean"]) | values},
        optional={
            "targetClass": st.sampled_from(CLASS_NAMES) | values,
            "required": scalars,
            "defaultValue": values,
        },
    )
    | st.just({"__op": "Delete"}),
)
_field_lists = cast("SearchStrategy[JSONValue]", st.lists(st.sampled_from(FIELD_NAMES), max_size=2))
_permissions: SearchStrategy[JSONValue] = values | maps(
    st.sampled_from(_LEVEL_PERMISSIONS),
    acls
    | maps(
        st.sampled_from(["*", "role:admins", "requiresAuthentication", "pointerFields", "a"]),
        scalars | _field_lists,
    ),
    most=3,
)
_indexes: SearchStrategy[JSONValue] = values | maps(
    st.sampled_from(["one", "two", "_id_", "", "\0", "a'b", "$x"]),
    values
    | maps(
        st.sampled_from([*FIELD_NAMES, "_p_owner", "_id", "map.a"]),
        st.sampled_from([1, -1, "text", "2dsphere", "hashed", 0, "x", 1.5, None]),
    ),
)
_index_options: SearchStrategy[JSONValue] = values | maps(
    st.sampled_from(["one", "two", "_id_", "", "\0", "a'b", "$x"]),
    values
    | maps(
        st.sampled_from(["unique", "sparse", "expireAfterSeconds", "weights"]),
        st.sampled_from([True, False, 0, 1, 60, -1, 1.5, 10**20, "x", None, {}]),
    ),
)
class_definitions: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {},
    optional={
        "className": st.sampled_from(CLASS_NAMES) | values,
        "fields": st.dictionaries(names, _definitions, max_size=3) | values,
        "classLevelPermissions": _permissions,
        "indexes": _indexes,
        "indexOptions": _index_options,
        "nonsense": values,
    },
)
