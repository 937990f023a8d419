"""Hypothesis strategies: updates of the objects of `tests.query.samples`, and of users.

Not all of them fit: a store may refuse them, but must not change the object then.
"""

from typing import cast

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from parsepy.protocol.operations import (
    UNSET,
    Add,
    AddUnique,
    Changes,
    Increment,
    Operation,
    Remove,
    SetValue,
)
from parsepy.protocol.values import date
from parsepy.types import JSONObject, JSONValue
from tests.query.samples import (
    AREAS,
    BLOBS,
    DATES,
    DOTTED_KEYS,
    EARLY,
    FILES,
    LATE,
    PLACES,
    POINTERS,
    TEXTS,
    nested,
)

AMOUNTS: list[int | float] = [1, -1, 0, 2.5, -0.5, 0.1, 2**31 - 1, 2**31, -(2**40), 2**53, 1e300]
PATHS = [
    *(key for key in DOTTED_KEYS if key.partition(".")[0] in ("map", "list")),
    *("map.c.0 map.10 map.9 map.a.b.c list.2 list.4 list.1.b list.00 missing.a.0").split(),
]

_ACLS: list[JSONValue] = [
    {},
    {"*": {"read": True}},
    {"user": {"read": True, "write": True}, "role:Admins": {"write": True}},
    {"user": {"write": True}, "*": {"read": True}},
]


def _set_to(*values: JSONValue) -> SearchStrategy[Operation]:
    return st.sampled_from(values).map(SetValue)


unset: SearchStrategy[Operation] = st.just(UNSET)
increments: SearchStrategy[Operation] = st.sampled_from(AMOUNTS).map(Increment)
_several: SearchStrategy[list[JSONValue]] = st.lists(nested, max_size=3)
of_lists: SearchStrategy[Operation] = st.one_of(
    _several.map(Add), _several.map(AddUnique), _several.map(Remove)
)
anything: SearchStrategy[Operation] = st.one_of(
    nested.map(SetValue), st.sampled_from(BLOBS).map(SetValue), unset, increments, of_lists
)


def _whole(kind: type) -> SearchStrategy[Operation]:
    return nested.filter(lambda value: isinstance(value, kind)).map(SetValue)


_OPERATIONS: dict[str, SearchStrategy[Operation]] = {
    "text": _set_to(None, *TEXTS) | unset,
    "number": _set_to(None, *AMOUNTS) | unset | increments,
    "flag": _set_to(None, True, False) | unset,
    "day": _set_to(None, *DATES) | unset,
    "map": _whole(dict) | unset,
    "list": _whole(list) | unset | of_lists,
    "place": _set_to(None, *PLACES) | unset,
    "area": _set_to(None, *AREAS) | unset,
    "file": _set_to(None, *FILES) | unset,
    "blob": _set_to(None, *BLOBS) | unset,
    "team": _set_to(None, *POINTERS[:2]) | unset,
    "ACL": _set_to(*_ACLS),
    "updatedAt": _set_to(EARLY, LATE),
    "brand_new": anything,
}


def _together(whole: Changes, parts: Changes) -> Changes:
    """One update cannot change a field and a part of it."""
    return whole | {path: each for path, each in parts.items() if path.split(".")[0] not in whole}


changes: SearchStrategy[Changes] = st.builds(
    _together,
    st.dictionaries(st.sampled_from(sorted(_OPERATIONS)), st.none(), max_size=5).flatmap(
        lambda chosen: st.fixed_dictionaries({name: _OPERATIONS[name] for name in chosen})
    ),
    st.dictionaries(st.sampled_from(PATHS), anything, max_size=3),
).filter(bool)
"""Mostly of several fields at once; of a list or map also below its root."""

_auth_data: SearchStrategy[JSONValue] = st.fixed_dictionaries(
    {"id": st.sampled_from(["a", "b"])},
    optional={"d": st.sampled_from(DATES), "more": nested},
)
_providers = st.sampled_from(["anonymous", "facebook", "mfa"])

users: SearchStrategy[JSONObject] = st.fixed_dictionaries(
    {"username": st.sampled_from(["ann", "bob"])},
    optional={
        "authData": cast("SearchStrategy[JSONValue]", st.dictionaries(_providers, _auth_data)),
        "_hashed_password": st.just("$2b$10$x"),
        "_failed_login_count": st.sampled_from([1, 2]),
        "_account_lockout_expires_at": st.sampled_from(DATES),
        "_password_history": st.just(["$2b$10$a"]),
    },
)
user_changes: SearchStrategy[Changes] = st.fixed_dictionaries(
    {"updatedAt": _set_to(LATE)},
    optional={
        **{
            f"authData.{provider}": _auth_data.map(SetValue) | unset
            for provider in ("anonymous", "facebook")
        },
        "authData.mfa.id": _set_to("c"),
        "_hashed_password": _set_to("$2b$10$y"),
        "_failed_login_count": increments | unset,
        "_account_lockout_expires_at": _set_to(date(EARLY), date(LATE)) | unset,
        "_password_changed_at": _set_to(date(LATE)),
        "_password_history": _set_to(["$2b$10$b", "$2b$10$a"]),
        "_email_verify_token": _set_to("token") | unset,
        "emailVerified": _set_to(True, False),
    },
)
