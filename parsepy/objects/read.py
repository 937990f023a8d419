"""The read door: every find, get and count of a class passes through here, whoever asks."""

import asyncio
from typing import Final, cast

from msgspec.structs import replace

from parsepy import errors
from parsepy.objects import access, search
from parsepy.objects.context import RequestContext
from parsepy.objects.find_triggers import Found, find_with
from parsepy.objects.include import include_objects
from parsepy.objects.ports import ClassTriggers
from parsepy.objects.present import Presenter
from parsepy.objects.search import Search
from parsepy.objects.subqueries import Doors, resolve
from parsepy.permissions import class_access
from parsepy.protocol import json
from parsepy.protocol.find_parameters import (
    FindParameters,
    GetParameters,
    ReadPreferences,
    Selection,
    decode_where,
)
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.query.parse import parse_where
from parsepy.query.tree import EVERYTHING, Where
from parsepy.schema.classes import ClassSchema
from parsepy.schema.system_classes import is_valid_class_name
from parsepy.types import JSONObject, JSONValue, Missing, ParseObject


async def find(ctx: RequestContext, class_name: str, parameters: FindParameters) -> Found:
    """The objects that match and that the caller may read. Raises 102, 105, 107, 119, 101."""
    triggers = await _triggers(ctx, class_name, parameters)
    if triggers is None:
        return await _found(ctx, await _search(ctx, class_name, parameters))

    async def untriggered(changed: FindParameters) -> Found:
        return await _found(ctx, await _search(ctx, class_name, changed))

    limited = replace(parameters, limit=_limit(ctx, parameters.limit))
    return await find_with(triggers, ctx, limited, untriggered)


async def find_as_json(
    ctx: RequestContext, class_name: str, parameters: FindParameters
) -> JSONObject:
    """As `find`, as the answer to a client: objects that are shown as they are stored come as JSON
    text from the store to the wire without being decoded between."""
    triggers = await _triggers(ctx, class_name, parameters)
    if triggers is not None and not parameters.explain:
        return _as_json(await find(ctx, class_name, parameters))
    if triggers is not None:
        search.check_explain(ctx, parameters)
        changed = await triggers.before_find(ctx, parameters, is_get=False)
        parameters = parameters if isinstance(changed, list) else changed
    asked = await _search(ctx, class_name, parameters)
    if parameters.explain:
        return {"results": await _plan(ctx, asked, parameters.explain)}
    if asked.shows_rows_as_stored:
        texts = await _texts(ctx, asked)
        return {"results": json.raw(f"[{','.join(texts)}]")}
    return _as_json(await _found(ctx, asked))


def _as_json(found: Found) -> JSONObject:
    # Exactly one key, or exactly two: Flutter tells a list from an object by that.
    answer: JSONObject = {"results": cast("JSONValue", found.results)}
    if found.count is not None:
        answer["count"] = found.count
    return answer


async def get(
    ctx: RequestContext, class_name: str, object_id: str, parameters: GetParameters
) -> ParseObject:
    """One object. Raises 101 when it is not there or not readable, 119."""
    triggers = ctx.triggers_of(class_name, "beforeFind", "afterFind")
    if triggers is not None:
        return await _get_with(triggers, ctx, class_name, object_id, parameters)
    class_access.check(ctx.caller, "get", class_name)
    schema = await access.known_class(ctx, class_name)
    permitted = await access.check_class(ctx, schema, "get")
    preferences = parameters.read_preferences
    selection = search.with_every_pointer(schema, parameters.selection)
    plan = search.include_plan(ctx, selection, preferences.includes)
    document = await _row(ctx, schema, object_id, permitted, preferences.objects)
    if document is None:
        raise errors.object_not_found()
    presenter = Presenter(ctx, schema, selection, await access.hidden_fields(ctx, schema))
    result = presenter.present(document)
    await presenter.complete([result])
    if plan.paths:
        await include_objects(ctx, [result], plan, _fetch_included)
    return result


async def _get_with(
    triggers: ClassTriggers,
    ctx: RequestContext,
    class_name: str,
    object_id: str,
    parameters: GetParameters,
) -> ParseObject:
    asked = FindParameters(
        where={"objectId": object_id},
        selection=parameters.selection,
        limit=1,
        read_preferences=parameters.read_preferences,
    )

    async def untriggered(changed: FindParameters) -> Found:
        prepared = await search.prepare(ctx, class_name, changed, _DOORS, operation="get")
        return await _found(ctx, prepared)

    found = await find_with(triggers, ctx, asked, untriggered, is_get=True)
    if not found.results:
        raise errors.object_not_found()
    return found.results[0]


async def _triggers(
    ctx: RequestContext, class_name: str, parameters: FindParameters
) -> ClassTriggers | None:
    """The triggers of the class whose objects are found, which may be the target of a Relation."""
    if parameters.redirect_key is not None:
        schema = await ctx.services.schemas.get(class_name)
        class_name = schema.relations.get(parameters.redirect_key, class_name)
    return ctx.triggers_of(class_name, "beforeFind", "afterFind")


async def _search(ctx: RequestContext, class_name: str, parameters: FindParameters) -> Search:
    limited = replace(parameters, limit=_limit(ctx, parameters.limit))
    return await search.prepare(ctx, class_name, limited, _DOORS)


async def _found(ctx: RequestContext, asked: Search) -> Found:
    rows, count = await _rows_and_count(ctx, asked)
    results = rows if asked.presenter.plain else list(map(asked.presenter.present, rows))
    await asked.presenter.complete(results)
    if asked.plan.paths:
        await include_objects(ctx, results, asked.plan, _fetch_included)
    if asked.shown_class is not None:
        for result in results:
            result["className"] = asked.shown_class
    return Found(results, count)


async def _row(
    ctx: RequestContext,
    schema: ClassSchema,
    object_id: str,
    permitted: Where,
    read_preference: str | None,
) -> ParseObject | None:
    if not _is_readable_name(schema):
        return None
    storage = ctx.services.storage
    plain = permitted is EVERYTHING and read_preference is None
    if plain and schema.name not in ctx.services.rules:
        group = None if ctx.caller.is_privileged else await ctx.group()
        return await storage.get(schema, object_id, group)
    named = tree.both(tree.Equal(tree.Path("objectId"), object_id), permitted)
    where = await search.visible(ctx, schema, named)
    options = FindOptions(limit=1, read_preference=read_preference)
    rows = await storage.find(schema, where, options)
    return rows[0] if rows else None


async def _rows_and_count(
    ctx: RequestContext, asked: Search
) -> tuple[list[ParseObject], int | None]:
    if asked.count_where is None:
        return await _rows(ctx, asked), None
    return await asyncio.gather(_rows(ctx, asked), _count(ctx, asked, asked.count_where))


async def _rows(ctx: RequestContext, asked: Search) -> list[ParseObject]:
    if _has_no_rows(asked):
        return []
    return await ctx.services.storage.find(asked.schema, asked.where, asked.options)


async def _texts(ctx: RequestContext, asked: Search) -> list[str]:
    if _has_no_rows(asked):
        return []
    return await ctx.services.storage.find_texts(asked.schema, asked.where, asked.options)


async def _count(ctx: RequestContext, asked: Search, where: Where) -> int:
    if not _is_readable_name(asked.schema):
        return 0
    return await ctx.services.storage.count(asked.schema, where, asked.options)


async def _plan(ctx: RequestContext, asked: Search, verbosity: bool | str) -> JSONValue:
    if not _is_readable_name(asked.schema):
        return []
    return await ctx.services.storage.explain(asked.schema, asked.where, asked.options, verbosity)


def _has_no_rows(asked: Search) -> bool:
    return asked.options.limit == 0 or not _is_readable_name(asked.schema)


async def _fetch_included(
    ctx: RequestContext,
    class_name: str,
    ids: list[str],
    selection: Selection,
    read_preference: str | None,
) -> list[ParseObject]:
    """Objects that Pointers name, with the caller's rights on their own class."""
    rows = await _fetch_named(ctx, class_name, ids, selection, read_preference)
    rules = ctx.services.rules.get(class_name)
    if rules is not None:
        for row in rows:
            rules.present_included(ctx, row)
    return rows


async def _fetch_named(
    ctx: RequestContext,
    class_name: str,
    ids: list[str],
    selection: Selection,
    read_preference: str | None,
) -> list[ParseObject]:
    triggers = ctx.triggers_of(class_name, "beforeFind", "afterFind")
    if triggers is not None:
        return await _fetch_with(triggers, ctx, class_name, ids, selection, read_preference)
    class_access.check(ctx.caller, "get", class_name)
    schema = await access.known_class(ctx, class_name)
    permitted = await access.check_class(ctx, schema, "get")
    if not _is_readable_name(schema):
        return []
    presenter = Presenter(ctx, schema, selection, await access.hidden_fields(ctx, schema))
    named = tree.both(tree.In(tree.Path("objectId"), tuple(ids)), permitted)
    where = await search.visible(ctx, schema, named)
    options = FindOptions(fields=presenter.needed_fields, read_preference=read_preference)
    rows = await ctx.services.storage.find(schema, where, options)
    results = [presenter.present(row) for row in rows]
    await presenter.complete(results)
    return results


async def _fetch_with(
    triggers: ClassTriggers,
    ctx: RequestContext,
    class_name: str,
    ids: list[str],
    selection: Selection,
    read_preference: str | None,
) -> list[ParseObject]:
    named: list[JSONValue] = [*ids]
    asked = FindParameters(
        where={"objectId": ids[0] if len(ids) == 1 else {"$in": named}},
        selection=selection,
        limit=None,
        read_preferences=ReadPreferences(objects=read_preference),
    )

    async def untriggered(changed: FindParameters) -> Found:
        prepared = await search.prepare(ctx, class_name, changed, _DOORS, operation="get")
        return await _found(ctx, prepared)

    found = await find_with(triggers, ctx, asked, untriggered, is_get=len(ids) == 1)
    return [row for row in found.results if row.get("objectId")]


async def conditions(ctx: RequestContext, schema: ClassSchema, where: JSONValue) -> Where:
    """A client's `where` for a door that judges access itself: it names values only.

    Raises 102, 105, 107, 111, and what sub-queries raise.
    """
    internal_keys = search.may_name_internal_keys(ctx)
    parsed = parse_where(decode_where(where), schema.types, internal_keys=internal_keys)
    return await resolve(ctx, schema, parsed, ReadPreferences(), _DOORS)


async def _find_rows(
    ctx: RequestContext, class_name: str, parameters: FindParameters, used_field: str
) -> list[ParseObject]:
    """The rows of a sub-query: no default limit, no `maxLimit`."""

    async def untriggered(changed: FindParameters) -> Found:
        prepared = await search.prepare(ctx, class_name, changed, _DOORS, used_field)
        return await _found(ctx, prepared)

    triggers = await _triggers(ctx, class_name, parameters)
    if triggers is None:
        return (await untriggered(parameters)).results
    return (await find_with(triggers, ctx, parameters, untriggered)).results


_DOORS: Final = Doors(find_rows=_find_rows, get=get)


def _limit(ctx: RequestContext, limit: int | Missing | None) -> int | None:
    options = ctx.services.options
    if isinstance(limit, Missing):
        limit = options.default_limit
    if options.max_limit is not None and (limit is None or limit > options.max_limit):
        return options.max_limit
    return limit


def _is_readable_name(schema: ClassSchema) -> bool:
    """Names outside the grammar never reach a store: `system.users` is a collection, no class."""
    return is_valid_class_name(schema.name)
