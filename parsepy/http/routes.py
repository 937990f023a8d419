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
    return routes_of(segments[0]).get((method, len(segments) - 1))


def routes_of(first_segment: str) -> Routes:
    """By method and number of segments behind it; nothing for a segment that has none."""
    routes = _ROUTES.get(first_segment)
    if routes is None:
        rare = _RARE_ROUTES.get(first_segment)
        return {} if rare is None else _imported(*rare)
    return routes


@cache
def _imported(module: str, name: str) -> Routes:
    return cast("Routes", getattr(import_module(f"parsepy.http.routers.{module}"), name))
