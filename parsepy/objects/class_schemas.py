"""Classes that are looked at, made, changed and dropped on purpose: for the master key.

The read-only key looks.
"""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.objects.context import RequestContext
from parsepy.query import tree
from parsepy.schema.api import SchemaApi
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import JSONObject


async def list_all(ctx: RequestContext, api: SchemaApi) -> list[JSONObject]:
    """Raises 403."""
    _check_master(ctx)
    return await api.all()


async def get(ctx: RequestContext, api: SchemaApi, class_name: str) -> JSONObject:
    """Raises 403, 103."""
    _check_master(ctx)
    return await api.get(class_name)


async def create(
    ctx: RequestContext, api: SchemaApi, class_name: str, body: JSONObject
) -> JSONObject:
    """The class as it is now. Raises 403, 119, and as `SchemaApi.create`."""
    check_changes(ctx, "create")
    return await api.create(class_name, body)


async def update(
    ctx: RequestContext, api: SchemaApi, class_name: str, body: JSONObject
) -> JSONObject:
    """As `create`."""
    check_changes(ctx, "update")
    return await api.update(class_name, body)


async def remove(ctx: RequestContext, api: SchemaApi, class_name: str) -> None:
    """Drops a class without objects. Raises 403, 119, 103, 255."""
    _check_master(ctx)
    _check_writable(ctx, "delete")
    services, count = ctx.services, 0
    if is_valid_class_name(class_name):
        schema = await services.schemas.get(class_name)
        count = await services.storage.count(schema, tree.EVERYTHING)
    await api.delete(class_name, count)


def check_changes(ctx: RequestContext, verb: str) -> None:
    """Raises 403, 119: also where the classes are given as code alone."""
    _check_master(ctx)
    if ctx.services.options.schema.get("lockSchemas") is True:
        raise ParseError(
            Code.OPERATION_FORBIDDEN, "Cannot perform this operation when schemas options is used."
        )
    _check_writable(ctx, verb)


def _check_master(ctx: RequestContext) -> None:
    if not ctx.caller.is_master:
        raise errors.master_key_required()


def _check_writable(ctx: RequestContext, verb: str) -> None:
    if ctx.caller.is_read_only:
        raise errors.read_only_key(f"{verb} a schema")
