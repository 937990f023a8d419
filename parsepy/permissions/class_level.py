"""Class-level permissions: may this caller do this operation on this class, and on which objects?

Pointer permissions open an operation to the users that an object's fields point to, and only on
those objects (rest-objects sheet, section 25).
"""

from collections.abc import Collection

from parsepy import errors
from parsepy.protocol import values
from parsepy.protocol.field_types import ARRAY
from parsepy.query import tree
from parsepy.query.tree import Path, Where
from parsepy.schema.class_permissions import OPEN, Rule
from parsepy.schema.classes import ClassSchema


def needs_group(schema: ClassSchema, operation: str) -> bool:
    """Whether the answer depends on who asks: then the caller's roles have to be known."""
    return not schema.permissions.rules.get(operation, OPEN).public


def opened(
    schema: ClassSchema,
    operation: str,
    group: Collection[str],
    user_id: str | None,
    *,
    creating: bool = False,
) -> Where:
    """The condition on objects under which the operation is open to the caller.

    `creating` is for `addField` by a new object. Raises 119, and 101 where a log-in might help.
    Not for privileged callers.
    """
    rule = schema.permissions.rules.get(operation, OPEN)
    if rule.public or not rule.entities.isdisjoint(group):
        return tree.EVERYTHING
    if rule.authenticated:
        if user_id is None:
            raise errors.authentication_required()
    elif not _opens_some_objects(rule, creating=creating):
        raise errors.class_permission_denied(operation, schema.name)
    fields = rule.restricting_fields
    if not fields or creating:
        return tree.EVERYTHING
    if user_id is not None:
        return _pointing_to(schema, fields, user_id)
    if operation == "get":
        # Also for a find that names one id, and for whatever includes such an object (observed).
        raise errors.object_not_found()
    return tree.NOTHING


def _opens_some_objects(rule: Rule, *, creating: bool) -> bool:
    return bool(rule.user_fields if creating else rule.restricting_fields)


def _pointing_to(schema: ClassSchema, fields: tuple[str, ...], user_id: str) -> Where:
    user = values.pointer("_User", user_id)
    conditions: list[Where] = []
    for field in fields:
        path = Path(field, schema.type_of(field))
        if path.type == ARRAY:
            conditions.append(tree.All(path, (user,)))
        elif path.type is not None and path.type.name in ("Pointer", "Object"):
            conditions.append(tree.Equal(path, user))
    # A field that is gone or has become something else opens nothing.
    return conditions[0] if len(conditions) == 1 else tree.Or(tuple(conditions))
