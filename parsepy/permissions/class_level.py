"""Class-level permissions: may this caller do this operation on this class?"""

from collections.abc import Iterable

from parsepy import errors
from parsepy.schema.class_permissions import OPEN
from parsepy.schema.classes import ClassSchema


def needs_group(schema: ClassSchema, operation: str) -> bool:
    """Whether the answer depends on who asks: then the caller's roles have to be known."""
    return not schema.permissions.rules.get(operation, OPEN).public


def check(schema: ClassSchema, operation: str, group: Iterable[str], *, logged_in: bool) -> None:
    """Raises 119, or 101 where a log-in would help. Not for privileged callers."""
    rule = schema.permissions.rules.get(operation, OPEN)
    if rule.public or not rule.entities.isdisjoint(group):
        return
    if rule.authenticated:
        if logged_in:
            return
        raise errors.authentication_required()
    raise errors.class_permission_denied(operation, schema.name)
