"""`/sessions` and `/upgradeToRevocableSession`."""

from typing import Final

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http.answer import Answer, created
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Routes
from parsepy.objects import access, read
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import Caller
from parsepy.permissions.protected_fields import strip
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.types import JSONObject
from parsepy.users import legacy_tokens
from parsepy.users.sessions import pointed_user

_SERVER_MADE: Final = frozenset(
    ("objectId", "sessionToken", "user", "expiresAt", "createdWith", "installationId")
)


async def _get(request: Request) -> Answer:
    if request.segments[1].lower() == "me":
        return await _current(request)
    return await classes.get_in(request, "_Session", request.segments[1])


async def _current(request: Request) -> Answer:
    """The session of the caller's token, expired or not (observed), as its owner may read it."""
    token = request.ctx.caller.session_token
    if not token:
        raise errors.session_token_required()
    session = await request.services.sessions.find_by_token(token)
    user_id = None if session is None else pointed_user(session)
    if session is None or user_id is None:
        raise ParseError(Code.INVALID_SESSION_TOKEN, "Session token not found.")
    ctx = _as_owner(request.ctx, user_id)
    return Answer(await read.get(ctx, "_Session", str(session["objectId"]), WHOLE_OBJECT))


async def _create(request: Request) -> Answer:
    caller = request.ctx.caller
    if "ACL" in request.body:
        raise ParseError(Code.INVALID_KEY_NAME, "Cannot set ACL on a Session.")
    if caller.user_id is None or caller.is_read_only:
        return await classes.create_in(request, "_Session")
    custom = {name: value for name, value in request.body.items() if not _is_server_made(name)}
    session = await request.services.sessions.create(
        request.ctx, caller.user_id, {"action": "create"}, caller.installation_id, custom
    )
    await _hide(request.ctx, session)
    return created(session, request.location_of("_Session", str(session["objectId"])))


async def upgrade(request: Request) -> Answer:
    """A further session for the owner of a token."""
    token = request.ctx.caller.session_token
    if not token or request.ctx.caller.is_master:
        raise errors.object_not_found("invalid session")
    session = await legacy_tokens.upgrade(request.ctx, request.services.sessions, token)
    owner = pointed_user(session)
    await _hide(_as_owner(request.ctx, str(owner)), session)
    return Answer({**session, "updatedAt": session["createdAt"]})


def _is_server_made(name: str) -> bool:
    """Also below a dot and whatever the value: these fields are never the client's."""
    return name.partition(".")[0] in _SERVER_MADE


def _as_owner(ctx: RequestContext, user_id: str) -> RequestContext:
    """The request with the rights of the session's user: the token has been looked up just now."""
    if ctx.caller.is_master:
        return ctx
    owner = Caller(user={"objectId": user_id}, session_token=ctx.caller.session_token)
    return RequestContext(ctx.services, owner, ctx.mount_url)


async def _hide(ctx: RequestContext, session: JSONObject) -> None:
    """Protected fields leave by no door; the token itself is what the caller has asked for."""
    schema = await ctx.services.schemas.get("_Session")
    strip(session, await access.hidden_fields(ctx, schema) - {"sessionToken"})


SESSIONS: Routes = {**routes_for("_Session"), ("GET", 1): _get, ("POST", 0): _create}
UPGRADE: Routes = {("POST", 0): upgrade}
