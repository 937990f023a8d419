"""Tokens from the days before sessions: one per user, in his row, accepted for one purpose only.

Old apps exchange them for a session (`POST /upgradeToRevocableSession`; users sheet, section 7).
"""

from typing import Final

from parsepy.errors import Code, ParseError
from parsepy.objects import access
from parsepy.objects.context import RequestContext
from parsepy.permissions.protected_fields import strip
from parsepy.protocol.field_types import STRING
from parsepy.protocol.operations import Unset
from parsepy.query import tree
from parsepy.query.options import FindOptions
from parsepy.types import JSONObject
from parsepy.users.readable import as_owner
from parsepy.users.sessions import LEGACY_TOKEN, Sessions, check_user_id

_REVOCABLE: Final = "r:"
_TOKEN: Final = tree.Path(LEGACY_TOKEN, STRING)


async def upgrade(ctx: RequestContext, sessions: Sessions, token: str) -> JSONObject:
    """A further session for the owner of `token`, of either kind; his legacy token is void then.

    Answers the session as he may read it. Raises 209, 119.
    """
    if token.startswith(_REVOCABLE):
        user_id = str((await sessions.resolve(token))["objectId"])
    else:
        user_id = await _owner(ctx, token)
    owner = as_owner(ctx, user_id)
    schema = await ctx.services.schemas.get("_Session")
    await access.check_class(owner, schema, "find")
    source = token if token.startswith(_REVOCABLE) else None
    session = await sessions.create(
        ctx, user_id, {"action": "upgrade"}, ctx.caller.installation_id, source
    )
    await _retire(ctx, user_id)
    session["updatedAt"] = session["createdAt"]
    strip(session, await access.hidden_fields(owner, schema) - {"sessionToken"})
    return session


async def _owner(ctx: RequestContext, token: str) -> str:
    schema = await ctx.services.schemas.get("_User")
    users = await ctx.services.storage.find(schema, tree.Equal(_TOKEN, token), FindOptions(limit=2))
    if len(users) != 1:
        raise ParseError(Code.INVALID_SESSION_TOKEN, "invalid legacy session token")
    user_id = str(users[0]["objectId"])
    check_user_id(user_id)
    return user_id


async def _retire(ctx: RequestContext, user_id: str) -> None:
    """One step that changes nothing where there is no such token; no trigger hears of it."""
    schema = await ctx.services.schemas.get("_User")
    has_one = tree.And((tree.Equal(tree.Path("objectId"), user_id), tree.Exists(_TOKEN, True)))
    await ctx.services.storage.update(schema, has_one, {LEGACY_TOKEN: Unset()})
