"""`/sessions` and `/upgradeToRevocableSession`."""

from parsepy import errors
from parsepy.errors import Code, ParseError
from parsepy.http.answer import Answer, created
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Routes
from parsepy.objects.present import strip_internal


async def _get(request: Request) -> Answer:
    if request.segments[1].lower() == "me":
        return await _current(request)
    return await classes.get_in(request, "_Session", request.segments[1])


async def _current(request: Request) -> Answer:
    """The session of the caller's token, expired or not (observed)."""
    token = request.ctx.caller.session_token
    if not token:
        raise errors.session_token_required()
    session = await request.services.sessions.find_by_token(token)
    if session is None:
        raise ParseError(Code.INVALID_SESSION_TOKEN, "Session token not found.")
    strip_internal(session)
    return Answer(session)


async def _create(request: Request) -> Answer:
    caller = request.ctx.caller
    if "ACL" in request.body:
        raise ParseError(Code.INVALID_KEY_NAME, "Cannot set ACL on a Session.")
    if caller.user_id is None or caller.is_read_only:
        return await classes.create_in(request, "_Session")
    custom = {name: value for name, value in request.body.items() if name != "objectId"}
    session = await request.services.sessions.create(
        request.ctx, caller.user_id, {"action": "create"}, caller.installation_id, custom
    )
    return created(session, request.location_of("_Session", str(session["objectId"])))


async def upgrade(request: Request) -> Answer:
    """A further session for the owner of a token; tokens of old kind have no session here."""
    token = request.ctx.caller.session_token
    if not token or request.ctx.caller.is_master:
        raise errors.object_not_found("invalid session")
    if not token.startswith("r:"):
        raise ParseError(Code.INVALID_SESSION_TOKEN, "invalid legacy session token")
    user = await request.services.sessions.resolve(token)
    session = await request.services.sessions.create(
        request.ctx,
        str(user["objectId"]),
        {"action": "upgrade"},
        request.ctx.caller.installation_id,
    )
    return Answer({**session, "updatedAt": session["createdAt"]})


SESSIONS: Routes = {**routes_for("_Session"), ("GET", 1): _get, ("POST", 0): _create}
UPGRADE: Routes = {("POST", 0): upgrade}
