"""The door of pipelines and distinct: for the master key, and the read-only one if it may."""

from typing import cast

from parsepy import errors
from parsepy.aggregation.guard import guarded
from parsepy.aggregation.pipeline import AggregateParameters
from parsepy.aggregation.results import present_distinct, present_rows
from parsepy.aggregation.rewrite import rewrite
from parsepy.aggregation.stored_names import SECRETS
from parsepy.objects import access, nested_files, read
from parsepy.objects.context import RequestContext
from parsepy.objects.file_addresses import file_url
from parsepy.permissions import class_access
from parsepy.protocol.find_parameters import FindParameters, Selection
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import JSONValue

_TOKEN = "sessionToken"
_EVERYTHING = FindParameters(where={}, selection=Selection())


async def aggregate(
    ctx: RequestContext, class_name: str, parameters: AggregateParameters
) -> list[JSONValue]:
    """The `results` of a pipeline or a distinct, without regard to ACLs.

    The caller holds the master key, maybe the read-only one. Raises 102, 105, 107, 119; a class
    that is not there has no results.
    """
    class_access.check(ctx.caller, "find", class_name)
    triggers = ctx.triggers_of(class_name, "beforeFind")
    if triggers is not None:
        # It may refuse; a changed query has no place in a pipeline (observed).
        await triggers.before_find(ctx, _EVERYTHING, is_get=False)
    schema = await access.known_class(ctx, class_name)
    if parameters.distinct is not None:
        found = await _distinct(ctx, schema, parameters, parameters.distinct)
    elif schema.exists and is_valid_class_name(class_name):
        found = await _run(ctx, schema, parameters)
    else:
        found = []
    for value in found:
        _locate_files(ctx, value)
    return found


async def _run(
    ctx: RequestContext, schema: ClassSchema, parameters: AggregateParameters
) -> list[JSONValue]:
    options = parameters.options
    rewritten = rewrite(parameters.pipeline, schema, options)
    pipeline = list(rewritten.pipeline)
    if ctx.caller.is_read_only:
        pipeline = guarded(pipeline, schema.name)
    rows = await ctx.services.storage.aggregate(schema, pipeline, options)
    return present_rows(rows, schema, options, by_pointer=rewritten.by_pointer)


async def _distinct(
    ctx: RequestContext, schema: ClassSchema, parameters: AggregateParameters, field: str
) -> list[JSONValue]:
    root = field.partition(".")[0]
    if root in SECRETS or (root == _TOKEN and ctx.caller.is_read_only):
        raise errors.invalid_key_name(field)
    where = await read.conditions(ctx, schema, parameters.where)
    if not schema.exists or not is_valid_class_name(schema.name):
        return []
    found = await ctx.services.storage.distinct(schema, field, where)
    return present_distinct(found, schema, field)


def _locate_files(ctx: RequestContext, row: JSONValue) -> None:
    if not isinstance(row, dict):
        return
    for value in row.values():
        if isinstance(value, dict) and value.get("__type") == "File" and "url" not in value:
            value["url"] = file_url(ctx, str(cast("str", value.get("name"))))
    if ctx.services.signatures is not None:
        nested_files.sign(ctx, row)
