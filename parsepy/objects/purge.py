"""Deleting all objects of a class at once, for the master key."""

from parsepy import errors
from parsepy.objects.context import RequestContext
from parsepy.query import tree
from parsepy.schema.system_classes import is_valid_class_name


async def purge(ctx: RequestContext, class_name: str) -> None:
    """Deletes every object; a class that is not there has none. Raises 403, 119."""
    if not ctx.caller.is_master:
        raise errors.master_key_required()
    if ctx.caller.is_read_only:
        raise errors.read_only_key("purge a schema")
    if not is_valid_class_name(class_name):
        return
    services = ctx.services
    schema = await services.schemas.get(class_name)
    await services.storage.delete(schema, tree.EVERYTHING)
    await services.rules_of(class_name).after_purge(ctx)
