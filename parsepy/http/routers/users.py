"""`/users`, `/login` and what belongs to logging in and out."""

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routers import classes
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Routes
from parsepy.types import JSONObject


async def _get(request: Request) -> Answer:
    if request.segments[1].lower() == "me":
        return Answer(await request.services.accounts.me(request.ctx))
    return await classes.get_in(request, "_User", request.segments[1])


async def log_in(request: Request) -> Answer:
    return Answer(await request.services.accounts.log_in(request.ctx, _credentials(request)))


async def verify_password(request: Request) -> Answer:
    accounts = request.services.accounts
    return Answer(await accounts.verify_password(request.ctx, _credentials(request)))


async def log_in_as(request: Request) -> Answer:
    user_id = request.body.get("userId") or request.query.get("userId")
    return Answer(await request.services.accounts.log_in_as(request.ctx, user_id))


async def log_out(request: Request) -> Answer:
    await request.services.accounts.log_out(request.ctx)
    return Answer({})


async def request_password_reset(request: Request) -> Answer:
    reset = request.services.password_reset
    await reset.request(request.ctx, request.body.get("email"), request.body.get("token"))
    return Answer({})


async def request_verification_email(request: Request) -> Answer:
    await request.services.verification.request(request.ctx, request.body.get("email"))
    return Answer({})


async def challenge(request: Request) -> Answer:
    return Answer(await request.services.challenges.answer(request.ctx, request.body))


USERS: Routes = {**routes_for("_User"), ("GET", 1): _get}
LOGIN: Routes = {("GET", 0): log_in, ("POST", 0): log_in}
LOGIN_AS: Routes = {("POST", 0): log_in_as}
LOGOUT: Routes = {("POST", 0): log_out}
CHALLENGE: Routes = {("POST", 0): challenge}
REQUEST_PASSWORD_RESET: Routes = {("POST", 0): request_password_reset}
VERIFICATION_EMAIL_REQUEST: Routes = {("POST", 0): request_verification_email}
VERIFY_PASSWORD: Routes = {("GET", 0): verify_password, ("POST", 0): verify_password}


def _credentials(request: Request) -> JSONObject:
    """The body; or the query alone, where it names somebody in a way that the body does not."""
    for name in ("username", "email"):
        if request.query.get(name) and not request.body.get(name):
            return request.query
    return request.body
