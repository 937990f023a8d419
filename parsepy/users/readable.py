"""The user as he may see himself: what log-ins answer."""

import msgspec

from parsepy.errors import ParseError
from parsepy.objects import read
from parsepy.objects.context import RequestContext
from parsepy.objects.present import strip_internal
from parsepy.permissions.caller import Caller
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.types import JSONObject, ParseObject


async def readable_user(ctx: RequestContext, user: ParseObject) -> JSONObject:
    """Only the id where permissions keep even his own row from him; nobody gets internals."""
    return await _read(as_owner(ctx, str(user["objectId"])).unheard(), user)


async def found_user(ctx: RequestContext, user: ParseObject) -> JSONObject:
    """As `readable_user`, by a find that the class's triggers hear of."""
    return await _read(as_owner(ctx, str(user["objectId"])), user)


async def _read(ctx: RequestContext, user: ParseObject) -> JSONObject:
    try:
        shown = await read.get(ctx, "_User", str(user["objectId"]), WHOLE_OBJECT)
    except ParseError:
        return {"objectId": user["objectId"]}
    strip_internal(shown)
    return shown


def as_owner(ctx: RequestContext, user_id: str) -> RequestContext:
    """The request with the rights of the user, unless it has greater ones. Of him it holds the id
    only: the row has secrets, and triggers and webhooks are told who asks."""
    if ctx.caller.is_privileged:
        return ctx
    owner: ParseObject = {"objectId": user_id}
    return msgspec.structs.replace(
        ctx, caller=Caller(user=owner, installation_id=ctx.caller.installation_id)
    )
