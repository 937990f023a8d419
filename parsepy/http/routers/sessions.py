"""`/sessions` and `/upgradeToRevocableSession`."""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Routes
from parsepy.objects import read
from parsepy.protocol.find_parameters import WHOLE_OBJECT
from parsepy.users import legacy_tokens
from parsepy.users.readable import as_owner
from parsepy.users.sessions import pointed_user


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
    ctx = as_owner(request.ctx, user_id)
    return Answer(await read.get(ctx, "_Session", str(session["objectId"]), WHOLE_OBJECT))


async def upgrade(request: Request) -> Answer:
    """A further session for the owner of a token."""
    token = request.ctx.caller.session_token
    if not token or request.ctx.caller.is_privileged:
        raise errors.object_not_found("invalid session")
    return Answer(await legacy_tokens.upgrade(request.ctx, request.services.sessions, token))


SESSIONS: Routes = {**routes_for("_Session"), ("GET", 1): _get}
UPGRADE: Routes = {("POST", 0): upgrade}
