"""The steps of a read that belong to the class's triggers (cloud-code sheet, 4.4 and 4.5)."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec
from msgspec.structs import replace

from parsepy.objects.context import RequestContext
from parsepy.objects.ports import ClassTriggers
from parsepy.protocol.find_parameters import FindParameters
from parsepy.types import JSONValue, ParseObject


class Found(msgspec.Struct, frozen=True):
    """`count` is `None` when none was asked for."""

    results: list[ParseObject]
    count: int | None = None


Find: TypeAlias = Callable[[FindParameters], Awaitable[Found]]
"""The read that the triggers stand around, with all its permissions."""


async def find_with(
    triggers: ClassTriggers,
    ctx: RequestContext,
    parameters: FindParameters,
    find: Find,
    *,
    is_get: bool = False,
) -> Found:
    """Raises what the triggers raise besides what `find` raises."""
    asked = await triggers.before_find(ctx, parameters, is_get=is_get)
    if isinstance(asked, list):
        found = Found(await _readable(ctx, asked, parameters, find))
    else:
        parameters = asked
        found = await find(parameters)
    results = await triggers.after_find(ctx, parameters, found.results, is_get=is_get)
    return Found(results, found.count)


async def _readable(
    ctx: RequestContext, objects: list[ParseObject], parameters: FindParameters, find: Find
) -> list[ParseObject]:
    """The objects that a trigger found itself. Where stored ones are among them, those of them that
    the caller may read, and no others (observed)."""
    ids: list[JSONValue] = [found["objectId"] for found in objects if found.get("objectId")]
    if ctx.caller.is_privileged or not ids:
        return objects
    where: JSONValue = {"objectId": {"$in": ids}}
    by_id = replace(parameters, where=where, order=(), skip=0, limit=len(ids), count=False)
    readable = {row["objectId"]: row for row in (await find(by_id)).results}
    return [readable[object_id] for object_id in map(_id_of, objects) if object_id in readable]


def _id_of(found: ParseObject) -> JSONValue:
    return found.get("objectId")
