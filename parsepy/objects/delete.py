"""The third door: deleting an object."""

from functools import partial

from parsepy import errors
from parsepy.objects import access, publish
from parsepy.objects.conditions import UNCONDITIONAL, Condition, check_state
from parsepy.objects.context import RequestContext
from parsepy.objects.present import Presenter, complete_for_triggers
from parsepy.permissions import class_access
from parsepy.protocol.find_parameters import Selection
from parsepy.query import tree
from parsepy.query.options import ONE
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import ParseObject


async def delete(
    ctx: RequestContext, class_name: str, object_id: str, condition: Condition = UNCONDITIONAL
) -> None:
    """Raises 101 when there is no such object that the caller may write, 119, and
    `PreconditionFailed` when it does not meet `condition`."""
    class_access.check_write(ctx.caller, "delete", class_name)
    services = ctx.services
    rules = services.rules_of(class_name)
    await rules.before_delete(ctx, object_id)
    schema = await services.schemas.get(class_name)
    permitted = await access.check_class(ctx, schema, "delete")
    named = tree.both(tree.Equal(tree.Path("objectId"), object_id), permitted)
    writable = tree.both(named, await access.accessible(ctx, "write"))
    where = tree.both(writable, condition.where)
    readable = is_valid_class_name(class_name)
    triggers = ctx.triggers_of(class_name, "beforeDelete", "afterDelete")
    doomed: ParseObject = {}
    if triggers is not None and readable:
        doomed = await _fetch(ctx, schema, where, writable, condition)
        await triggers.tell(ctx, "beforeDelete", dict(doomed))
    if not (readable and await take_away(ctx, schema, object_id, where)):
        if readable:
            await check_state(ctx, schema, writable, condition)
        raise rules.not_writable(ctx, "delete")
    if triggers is not None:
        await triggers.tell(ctx, "afterDelete", doomed)


async def take_away(ctx: RequestContext, schema: ClassSchema, object_id: str, where: Where) -> bool:
    """Deletes the object that `where` selects by its id and what else holds for it, past all
    permissions and triggers; whether it was there."""
    if ctx.services.publisher.wants(schema.name):
        return await _publish_delete(ctx, schema, object_id, where)
    if not await ctx.services.storage.delete(schema, where):
        return False
    await ctx.services.rules_of(schema.name).after_delete(ctx, object_id)
    return True


async def _publish_delete(
    ctx: RequestContext, schema: ClassSchema, object_id: str, where: Where
) -> bool:
    """Whether it was there."""
    removing = partial(ctx.services.storage.remove, schema, where)
    async with publish.in_turn(ctx, schema.name, object_id, removing) as removed:
        if removed is None:
            return False
        await ctx.services.rules_of(schema.name).after_delete(ctx, object_id)
        await publish.deleted(ctx, schema, removed)
        return True


async def _fetch(
    ctx: RequestContext, schema: ClassSchema, where: Where, writable: Where, condition: Condition
) -> ParseObject:
    """The object that the caller is about to delete, as its triggers see it."""
    rows = await ctx.services.storage.find(schema, where, ONE)
    if not rows:
        await check_state(ctx, schema, writable, condition)
        raise errors.object_not_found("Object not found for delete.")
    exempt = ctx.services.options.protected_fields_trigger_exempt
    hidden = frozenset[str]() if exempt else await access.hidden_fields(ctx, schema)
    shown = Presenter(ctx, schema, Selection(), hidden).present(rows[0])
    await complete_for_triggers(ctx, schema.name, shown)
    return shown
