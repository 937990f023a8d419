"""The permission steps that reads and writes share."""

from typing import Final

from parsepy import errors
from parsepy.objects.context import RequestContext
from parsepy.permissions import class_level, protected_fields
from parsepy.permissions.caller import ANYONE
from parsepy.query import tree
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import SYSTEM_CLASSES
from parsepy.types import JSONValue

# With a session's token the read-only key could write as that user.
_HIDDEN_FROM_READ_ONLY: Final = {"_Session": frozenset(("sessionToken",))}


async def known_class(ctx: RequestContext, class_name: str) -> ClassSchema:
    """The class, or 119 for a client that names one which it could not create either."""
    schema = await ctx.services.schemas.get(class_name)
    if (
        not schema.exists
        and not ctx.caller.is_privileged
        and not ctx.services.options.allow_client_class_creation
        and class_name not in SYSTEM_CLASSES
    ):
        raise errors.class_does_not_exist_for_client(class_name)
    return schema


async def check_class(
    ctx: RequestContext, schema: ClassSchema, operation: str, *, creating: bool = False
) -> Where:
    """Class-level permission: the condition on objects under which the caller has it.

    Raises 119 or 101.
    """
    if ctx.caller.is_privileged or not class_level.needs_group(schema, operation):
        return tree.EVERYTHING
    group, user_id = await ctx.group(), ctx.caller.user_id
    return class_level.opened(schema, operation, group, user_id, creating=creating)


async def accessible(ctx: RequestContext, permission: str) -> Where:
    """The condition that ACLs put on objects for this caller."""
    if ctx.caller.is_privileged:
        return tree.EVERYTHING
    return tree.Accessible(permission, await ctx.group())


def is_exempt(ctx: RequestContext, schema: ClassSchema, object_id: JSONValue) -> bool:
    """Whether the object is the caller's own `_User`, of which nothing is hidden from him."""
    return (
        schema.name == "_User"
        and object_id is not None
        and object_id == ctx.caller.user_id
        and ctx.services.options.protected_fields_owner_exempt
    )


async def hidden_from_query(
    ctx: RequestContext, schema: ClassSchema, where: JSONValue
) -> frozenset[str]:
    """As `hidden_fields`, of what a client's `where` can find: of his own user alone it is
    nothing."""
    if isinstance(where, dict) and is_exempt(ctx, schema, where.get("objectId")):
        return frozenset()
    return await hidden_fields(ctx, schema)


async def hidden_fields(ctx: RequestContext, schema: ClassSchema) -> frozenset[str]:
    """The protected fields of the class for this caller, before any object is looked at."""
    if ctx.caller.is_read_only:
        return _HIDDEN_FROM_READ_ONLY.get(schema.name, frozenset())
    groups = ctx.services.protected_in(schema)
    if not groups or ctx.caller.is_privileged:
        return frozenset()
    group = ANYONE if set(groups) <= {"*"} else await ctx.group()
    return protected_fields.hidden_from(groups, group, logged_in=ctx.caller.user is not None)
