"""The third door: deleting an object."""

from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.permissions import class_access
from parsepy.query import tree
from parsepy.schema.system_classes import is_valid_class_name


async def delete(ctx: RequestContext, class_name: str, object_id: str) -> None:
    """Raises 101 when there is no such object that the caller may write, 119."""
    class_access.check_write(ctx.caller, "delete", class_name)
    services = ctx.services
    rules = services.rules_of(class_name)
    await rules.before_delete(ctx, object_id)
    schema = await services.schemas.get(class_name)
    await access.check_class(ctx, schema, "delete")
    where = tree.both(
        tree.Equal(tree.Path("objectId"), object_id), await access.accessible(ctx, "write")
    )
    readable = is_valid_class_name(class_name)
    if not readable or not await services.storage.delete(schema, where):
        raise rules.not_writable(ctx, "delete")
    await rules.after_delete(ctx, object_id)
