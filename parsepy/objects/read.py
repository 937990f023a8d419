"""The read door: every find, get and count of a class passes through here, whoever asks."""

import asyncio
from dataclasses import dataclass
from typing import cast

from msgspec import Struct
from msgspec.structs import replace

from parsepy import errors
from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.objects.include import IncludePlan, include_objects
from parsepy.objects.present import Presenter
from parsepy.permissions import class_access, complexity, protected_fields
from parsepy.protocol import json
from parsepy.protocol.find_parameters import FindParameters, Selection
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.query.tree import Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import JSONObject, JSONValue, Missing, ParseObject


@dataclass(frozen=True, slots=True)
class Found:
    """`count` is `None` when none was asked for."""

    results: list[ParseObject]
    count: int | None = None


class _Search(Struct, frozen=True):
    """A find with all its permissions judged: what is left is to ask the store and to present."""

    schema: ClassSchema
    where: Where
    options: FindOptions
    presenter: Presenter
    plan: IncludePlan
    counted: bool

    @property
    def shows_rows_as_stored(self) -> bool:
        return self.presenter.plain and not self.plan.paths and not self.counted


async def find(ctx: RequestContext, class_name: str, parameters: FindParameters) -> Found:
    """The objects that match and that the caller may read. Raises 102, 105, 107, 119, 101."""
    return await _found(ctx, await _search(ctx, class_name, parameters))


async def find_as_json(
    ctx: RequestContext, class_name: str, parameters: FindParameters
) -> JSONObject:
    """As `find`, as the answer to a client: objects that are shown as they are stored come as JSON
    text from the store to the wire without being decoded between."""
    search = await _search(ctx, class_name, parameters)
    if search.shows_rows_as_stored:
        texts = await _texts(ctx, search)
        return {"results": json.raw(f"[{','.join(texts)}]")}
    found = await _found(ctx, search)
    # Exactly one key, or exactly two: Flutter tells a list from an object by that.
    answer: JSONObject = {"results": cast("JSONValue", found.results)}
    if found.count is not None:
        answer["count"] = found.count
    return answer


async def get(
    ctx: RequestContext, class_name: str, object_id: str, selection: Selection
) -> ParseObject:
    """One object. Raises 101 when it is not there or not readable, 119."""
    class_access.check(ctx.caller, "get", class_name)
    schema = await access.known_class(ctx, class_name)
    await access.check_class(ctx, schema, "get")
    document = await _row(ctx, schema, object_id)
    if document is None:
        raise errors.object_not_found()
    selection = _with_every_pointer(schema, selection)
    presenter = Presenter(ctx, schema, selection, await access.hidden_fields(ctx, schema))
    result = presenter.present(document)
    plan = _include_plan(ctx, selection)
    if plan.paths:
        await include_objects(ctx, [result], plan, _fetch_included)
    return result


def _include_plan(ctx: RequestContext, selection: Selection) -> IncludePlan:
    plan = IncludePlan.of(selection)
    if plan.paths and not ctx.caller.is_privileged:
        complexity.check_include(plan.paths, ctx.services.options.request_complexity)
    return plan


def _may_name_internal_keys(ctx: RequestContext) -> bool:
    """Not the read-only key: filter by filter it would guess tokens that reset passwords."""
    return ctx.caller.is_privileged and not ctx.caller.is_read_only


def _check_explain(ctx: RequestContext, parameters: FindParameters) -> None:
    if not parameters.explain:
        return
    open_to_all = ctx.services.options.database_options.get("allowPublicExplain")
    if not ctx.caller.is_privileged and not open_to_all:
        raise errors.invalid_query("Using the explain query parameter requires the master key")
    raise errors.not_supported_yet("the query parameter explain")


async def _search(ctx: RequestContext, class_name: str, parameters: FindParameters) -> _Search:
    class_access.check(ctx.caller, "find", class_name)
    _check_explain(ctx, parameters)
    if not ctx.caller.is_privileged:
        complexity.check_where(parameters.where, ctx.services.options.request_complexity)
    schema = await access.known_class(ctx, class_name)
    await access.check_class(ctx, schema, _operation(parameters))
    if parameters.count:
        await access.check_class(ctx, schema, "count")
    where = parse_where(parameters.where, schema.types, internal_keys=_may_name_internal_keys(ctx))
    hidden = await access.hidden_fields(ctx, schema)
    sort_keys = [key for key, _ in parameters.order]
    protected_fields.check_query(where, sort_keys, hidden, class_name)
    ctx.services.rules_of(class_name).check_order(ctx, sort_keys)
    selection = _with_every_pointer(schema, parameters.selection)
    plan = _include_plan(ctx, selection)
    presenter = Presenter(ctx, schema, selection, hidden)
    where = await _visible(ctx, schema, where)
    options = _options(ctx, parameters, presenter)
    return _Search(schema, where, options, presenter, plan, parameters.count)


async def _found(ctx: RequestContext, search: _Search) -> Found:
    rows, count = await _rows_and_count(ctx, search)
    results = rows if search.presenter.plain else list(map(search.presenter.present, rows))
    if search.plan.paths:
        await include_objects(ctx, results, search.plan, _fetch_included)
    return Found(results, count)


async def _row(ctx: RequestContext, schema: ClassSchema, object_id: str) -> ParseObject | None:
    if not _is_readable_name(schema):
        return None
    storage = ctx.services.storage
    rules = ctx.services.rules.get(schema.name)
    if rules is None:
        group = None if ctx.caller.is_privileged else await ctx.group()
        return await storage.get(schema, object_id, group)
    where = await _visible(ctx, schema, tree.Equal(tree.Path("objectId"), object_id))
    rows = await storage.find(schema, where, FindOptions(limit=1))
    return rows[0] if rows else None


async def _visible(ctx: RequestContext, schema: ClassSchema, where: Where) -> Where:
    rules = ctx.services.rules.get(schema.name)
    if rules is not None:
        where = await rules.restrict(ctx, where)
    return tree.both(where, await access.accessible(ctx, "read"))


async def _rows_and_count(
    ctx: RequestContext, search: _Search
) -> tuple[list[ParseObject], int | None]:
    if not search.counted:
        return await _rows(ctx, search), None
    return await asyncio.gather(_rows(ctx, search), _count(ctx, search))


async def _rows(ctx: RequestContext, search: _Search) -> list[ParseObject]:
    if _has_no_rows(search):
        return []
    return await ctx.services.storage.find(search.schema, search.where, search.options)


async def _texts(ctx: RequestContext, search: _Search) -> list[str]:
    if _has_no_rows(search):
        return []
    return await ctx.services.storage.find_texts(search.schema, search.where, search.options)


async def _count(ctx: RequestContext, search: _Search) -> int:
    if not _is_readable_name(search.schema):
        return 0
    return await ctx.services.storage.count(search.schema, search.where)


def _has_no_rows(search: _Search) -> bool:
    return search.options.limit == 0 or not _is_readable_name(search.schema)


async def _fetch_included(
    ctx: RequestContext, class_name: str, ids: list[str], selection: Selection
) -> list[ParseObject]:
    """Objects that Pointers name, with the caller's rights on their own class."""
    class_access.check(ctx.caller, "get", class_name)
    schema = await access.known_class(ctx, class_name)
    await access.check_class(ctx, schema, "get")
    if not _is_readable_name(schema):
        return []
    presenter = Presenter(ctx, schema, selection, await access.hidden_fields(ctx, schema))
    where = await _visible(ctx, schema, tree.In(tree.Path("objectId"), tuple(ids)))
    rows = await ctx.services.storage.find(
        schema, where, FindOptions(fields=presenter.needed_fields)
    )
    return [presenter.present(row) for row in rows]


def _options(ctx: RequestContext, parameters: FindParameters, presenter: Presenter) -> FindOptions:
    return FindOptions(
        order=tuple((key, down) for key, down in parameters.order if key != "password"),
        skip=parameters.skip,
        limit=_limit(ctx, parameters.limit),
        fields=presenter.needed_fields,
        comment=parameters.comment,
    )


def _limit(ctx: RequestContext, limit: int | Missing | None) -> int | None:
    options = ctx.services.options
    if isinstance(limit, Missing):
        limit = options.default_limit
    if options.max_limit is not None and (limit is None or limit > options.max_limit):
        return options.max_limit
    return limit


def _operation(parameters: FindParameters) -> str:
    """A find for exactly one objectId is a get to class-level permissions."""
    where = parameters.where
    if isinstance(where, dict) and len(where) == 1 and isinstance(where.get("objectId"), str):
        return "get"
    return "count" if parameters.count and parameters.limit == 0 else "find"


def _with_every_pointer(schema: ClassSchema, selection: Selection) -> Selection:
    if not selection.include_all:
        return selection
    return replace(selection, include=tuple((name,) for name in (*schema.pointers, *schema.arrays)))


def _is_readable_name(schema: ClassSchema) -> bool:
    """Names outside the grammar never reach a store: `system.users` is a collection, no class."""
    return is_valid_class_name(schema.name)
