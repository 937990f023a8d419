"""Every route of the API: one look-up by the first segment, one by method and length."""

from typing import Final

from parsepy.http.routers import (
    aggregate,
    audiences,
    batch,
    classes,
    config,
    events,
    functions,
    hooks,
    jobs,
    logs,
    purchases,
    schemas,
    security,
    sessions,
    system,
    users,
)
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Handler, Routes

ROUTES: Final[dict[str, Routes]] = {
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
    "push_audiences": audiences.ROUTES,
    "events": events.ROUTES,
    "validate_purchase": purchases.ROUTES,
    "schemas": schemas.ROUTES,
    "purge": schemas.PURGE,
    "scriptlog": logs.ROUTES,
    "serverinfo": system.SERVER_INFO,
    "security": security.ROUTES,
    "batch": batch.ROUTES,
    "aggregate": aggregate.ROUTES,
    "config": config.ROUTES,
    "functions": functions.ROUTES,
    "hooks": hooks.ROUTES,
    "jobs": jobs.JOBS,
    "cloud_code": jobs.CLOUD_CODE,
}


def find_route(method: str, segments: list[str]) -> Handler | None:
    """The handler of a request; the first of `segments` is in lower case."""
    if not segments:
        return None
    routes = ROUTES.get(segments[0])
    return None if routes is None else routes.get((method, len(segments) - 1))
