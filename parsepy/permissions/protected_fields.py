"""Fields hidden from readers (rest-objects sheet, section 26). Pure.

Groups are `*`, `authenticated`, `role:<name>`, a user id, and `userField:<field>` for the users an
object points to. What applies to a reader is intersected: the more groups a reader is in, the
less is hidden. `userField` groups only ever reveal.
"""

from collections.abc import Iterable, Mapping
from typing import Final, TypeAlias

from parsepy import errors
from parsepy.protocol.acl import PUBLIC
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.types import JSONMapping, JSONValue, ParseObject

AUTHENTICATED: Final = "authenticated"
USER_FIELD: Final = "userField:"

Groups: TypeAlias = Mapping[str, frozenset[str]]


def merge(option: Groups, permissions: Groups) -> Groups:
    """The server's option and the class's own CLP, united group by group."""
    merged = dict(option)
    for group, fields in permissions.items():
        merged[group] = merged.get(group, frozenset()) | fields
    return merged


def hidden_from(groups: Groups, group: Iterable[str], *, logged_in: bool) -> frozenset[str]:
    """What is hidden from the reader before any object is looked at."""
    names = [PUBLIC, *([AUTHENTICATED] if logged_in else []), *group]
    applying = [groups[name] for name in dict.fromkeys(names) if name in groups]
    return frozenset.intersection(*applying) if applying else frozenset()


def revealing_fields(groups: Groups) -> dict[str, frozenset[str]]:
    """Pointer field → what stays hidden from the users it points to."""
    return {
        name.removeprefix(USER_FIELD): fields
        for name, fields in groups.items()
        if name.startswith(USER_FIELD)
    }


def hidden_in(
    document: JSONMapping,
    hidden: frozenset[str],
    revealing: Mapping[str, frozenset[str]],
    user_id: str | None,
) -> frozenset[str]:
    """What is hidden in one object, given whom its fields point to."""
    if user_id is None or not hidden:
        return hidden
    for field, still_hidden in revealing.items():
        if points_to(document.get(field), user_id):
            hidden &= still_hidden
    return hidden


def strip(document: ParseObject, hidden: Iterable[str]) -> None:
    for field in hidden:
        document.pop(field, None)


def check_query(
    where: Where, order: Iterable[str], hidden: frozenset[str], class_name: str
) -> None:
    """Raises 119 when a hidden field is filtered or sorted by: that would tell its value."""
    if not hidden:
        return
    for key in keys_of(where):
        check_key(key, hidden, class_name)
    for key in order:
        if key.partition(".")[0] in hidden:
            raise errors.forbidden(
                f"This user is not allowed to sort by {key} on class {class_name}"
            )


def check_key(key: str, hidden: frozenset[str], class_name: str) -> None:
    """Raises 119 when the values of a hidden field would be used by a query."""
    if key.partition(".")[0] in hidden:
        raise errors.forbidden(f"This user is not allowed to query {key} on class {class_name}")


def keys_of(where: Where) -> list[str]:
    """Every key that the tree names."""
    if isinstance(where, tree.And | tree.Or | tree.Nor):
        return [key for child in where.children for key in keys_of(child)]
    # What a `RelatedTo` names is a field of another class.
    return [] if isinstance(where, tree.Accessible | tree.RelatedTo) else [where.path.key]


def points_to(value: JSONValue, user_id: str) -> bool:
    """Whether `value` is, or holds, a Pointer to the user."""
    if isinstance(value, list):
        return any(points_to(item, user_id) for item in value)
    return (
        isinstance(value, dict)
        and value.get("className") == "_User"
        and value.get("objectId") == user_id
    )
