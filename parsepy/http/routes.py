"""Every route of the API: one look-up by the first segment, one by method and length."""

from functools import cache
from importlib import import_module
from typing import Final, cast

from parsepy.http.routers import batch, classes, functions, sessions, system, users
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Handler, Routes

_ROUTES: Final[dict[str, Routes]] = {
    "classes": classes.ROUTES,
    "users": users.USERS,
    "login": users.LOGIN,
    "loginas": users.LOGIN_AS,
    "logout": users.LOGOUT,
    "challenge": users.CHALLENGE,
    "verifypassword": users.VERIFY_PASSWORD,
    "requestpasswordreset": users.REQUEST_PASSWORD_RESET,
    "verificationemailrequest": users.VERIFICATION_EMAIL_REQUEST,
    "sessions": sessions.SESSIONS,
    "upgradetorevocablesession": sessions.UPGRADE,
    "roles": routes_for("_Role"),
    "installations": routes_for("_Installation"),
    "serverinfo": system.SERVER_INFO,
    "batch": batch.ROUTES,
    "functions": functions.ROUTES,
}

_RARE_ROUTES: Final[dict[str, tuple[str, str]]] = {
    "push_audiences": ("audiences", "ROUTES"),
    "events": ("events", "ROUTES"),
    "validate_purchase": ("purchases", "ROUTES"),
    "schemas": ("schemas", "ROUTES"),
    "purge": ("schemas", "PURGE"),
    "scriptlog": ("logs", "ROUTES"),
    "security": ("security", "ROUTES"),
    "aggregate": ("aggregate", "ROUTES"),
    "config": ("config", "ROUTES"),
    "hooks": ("hooks", "ROUTES"),
    "jobs": ("jobs", "JOBS"),
    "cloud_code": ("jobs", "CLOUD_CODE"),
}
"""Module and name of those that the first request for one imports."""

FIRST_SEGMENTS: Final = frozenset((*_ROUTES, *_RARE_ROUTES))


def find_route(method: str, segments: list[str]) -> Handler | None:
    """The handler of a request; the first of `segments` is in lower case."""
    if not segments:
        return None
    routes = _ROUTES.get(segments[0])
    if routes is None:
        if segments[0] not in _RARE_ROUTES:
            return None
        routes = _imported(*_RARE_ROUTES[segments[0]])
    return routes.get((method, len(segments) - 1))


@cache
def _imported(module: str, name: str) -> Routes:
    return cast("Routes", getattr(import_module(f"parsepy.http.routers.{module}"), name))
