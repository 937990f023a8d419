"""Class-level permissions (CLP), read into rules that a request can test quickly."""

from collections.abc import Mapping
from typing import Final

import msgspec

from parsepy.protocol.acl import PUBLIC
from parsepy.types import JSONObject, JSONValue

OPERATIONS: Final = ("find", "count", "get", "create", "update", "delete", "addField")
READS: Final = frozenset(("find", "count", "get"))
REQUIRES_AUTHENTICATION: Final = "requiresAuthentication"
POINTER_FIELDS: Final = "pointerFields"


class Rule(msgspec.Struct, frozen=True):
    """Who may do one operation. `entities` are user ids and `role:<name>` entries."""

    public: bool
    authenticated: bool = False
    entities: frozenset[str] = frozenset()
    pointer_fields: tuple[str, ...] = ()
    """Fields through which the users they point to are allowed, restricted to those objects."""
    user_fields: tuple[str, ...] = ()
    """The same, from `readUserFields` or `writeUserFields`, which hold for several operations."""

    @property
    def restricting_fields(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*self.pointer_fields, *self.user_fields)))


OPEN: Final = Rule(public=True)


class ClassPermissions(msgspec.Struct, frozen=True):
    """`protected_fields`: group → hidden fields. `default_acl`: `None` when objects are public."""

    rules: Mapping[str, Rule]
    protected_fields: Mapping[str, frozenset[str]]
    default_acl: JSONObject | None = None


def read(permissions: JSONObject | None) -> ClassPermissions:
    """A class that never got a CLP is open; one that got one is closed where it says nothing."""
    if permissions is None:
        return UNRESTRICTED
    return ClassPermissions(
        {operation: _rule(permissions, operation) for operation in OPERATIONS},
        _protected(permissions.get("protectedFields")),
        _default_acl(permissions.get("ACL")),
    )


UNRESTRICTED: Final = ClassPermissions(dict.fromkeys(OPERATIONS, OPEN), {})


def _rule(permissions: JSONObject, operation: str) -> Rule:
    granted = permissions.get(operation)
    entries = granted if isinstance(granted, dict) else {}
    shared = "readUserFields" if operation in READS else "writeUserFields"
    # A new object points to nobody yet: to `create` such fields open nothing.
    creates = operation == "create"
    return Rule(
        public=entries.get(PUBLIC) is True,
        authenticated=entries.get(REQUIRES_AUTHENTICATION) is True,
        entities=frozenset(
            entity
            for entity, value in entries.items()
            if value is True and entity not in (PUBLIC, REQUIRES_AUTHENTICATION)
        ),
        pointer_fields=() if creates else _texts(entries.get(POINTER_FIELDS)),
        user_fields=() if creates else _texts(permissions.get(shared)),
    )


def _protected(groups: JSONValue) -> dict[str, frozenset[str]]:
    if not isinstance(groups, dict):
        return {}
    return {group: frozenset(_texts(fields)) for group, fields in groups.items()}


def _default_acl(acl: JSONValue) -> JSONObject | None:
    if not isinstance(acl, dict) or acl == {PUBLIC: {"read": True, "write": True}}:
        return None
    return acl


def _texts(value: JSONValue) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()
