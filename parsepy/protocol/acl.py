"""ACLs: the wire's map of entries, and the two lists of who may read and who may write.

On the wire `{"*": {"read": true}, "<user id>": {…}, "role:<name>": {…}}`, never with `false`
(.NET reads a present `false` as granted). An object without ACL is public; one with `{}` is
closed to all but the master key.
"""

from collections.abc import Iterable, Mapping
from typing import TypeAlias, cast

from parsepy import errors
from parsepy.types import JSONObject, JSONValue

PUBLIC = "*"
ROLE_PREFIX = "role:"

PermissionLists: TypeAlias = tuple[list[str], list[str]]


def clean(value: JSONValue) -> JSONObject | None:
    """The ACL with granted flags only; `None` for a falsy value, which means "no ACL given".

    A value that is no map (a text, a number, a list) closes the object, as in parse-server.
    """
    if not value:
        return {} if isinstance(value, dict) else None
    if not isinstance(value, dict):
        return {}
    cleaned: JSONObject = {}
    for entry, flags in value.items():
        if entry == "*unresolved" or flags is None:
            raise errors.invalid_acl()
        granted = _granted(flags)
        if granted:
            cleaned[entry] = granted
    return cleaned


def to_lists(acl: Mapping[str, JSONValue]) -> PermissionLists:
    """`(read, write)`: the entries that may read, the entries that may write."""
    readers = [entry for entry, flags in acl.items() if _has(flags, "read")]
    writers = [entry for entry, flags in acl.items() if _has(flags, "write")]
    return readers, writers


def from_lists(readers: Iterable[str], writers: Iterable[str]) -> JSONObject:
    acl: dict[str, JSONObject] = {}
    for entry in readers:
        acl.setdefault(entry, {})["read"] = True
    for entry in writers:
        acl.setdefault(entry, {})["write"] = True
    return cast("JSONObject", acl)


def grants(acl: JSONValue, flag: str, group: Iterable[str]) -> bool:
    """Whether one of `group` has `flag` (`read`, `write`); an absent ACL grants everything."""
    if not isinstance(acl, dict):
        return True
    return any(_has(acl.get(entry), flag) for entry in group)


def _granted(flags: JSONValue) -> JSONObject:
    return {flag: True for flag in ("read", "write") if _has(flags, flag)}


def _has(flags: JSONValue, flag: str) -> bool:
    return isinstance(flags, dict) and bool(flags.get(flag))
