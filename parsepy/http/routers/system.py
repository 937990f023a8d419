"""`/health`, `/health/ready` and `/serverInfo`."""

from parsepy import errors
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.http.services import AppServices
from parsepy.types import JSONObject

PARSE_SERVER_VERSION = "9.10.0"
"""The version whose protocol this is: dashboards and SDKs switch features by it."""


def health(services: AppServices) -> Answer:
    if services.state == "ok":
        return Answer({"status": "ok"})
    headers = [(b"Retry-After", b"1")] if services.state == "starting" else None
    return Answer({"status": services.state}, 503, headers)


async def ready(services: AppServices) -> Answer:
    """Whether the stores answer, too."""
    return await services.readiness.answer() if services.state == "ok" else health(services)


async def server_info(request: Request) -> Answer:
    if not request.ctx.caller.is_master:
        raise errors.master_key_required()
    features = _features(security_check=request.services.self_check is not None)
    return Answer({"features": features, "parseServerVersion": PARSE_SERVER_VERSION})


SERVER_INFO: Routes = {("GET", 0): server_info}


def _features(*, security_check: bool) -> JSONObject:
    """What a dashboard may offer; what is not there yet is false."""
    no = dict.fromkeys(("create", "read", "update", "delete"), False)
    return {
        "globalConfig": dict.fromkeys(no, True),
        "hooks": dict.fromkeys(no, True),
        "cloudCode": {"jobs": True},
        "logs": dict.fromkeys(("level", "size", "order", "until", "from"), True),
        "push": {
            "immediatePush": False,
            "scheduledPush": False,
            "storedPushData": False,
            "pushAudiences": True,
            "localization": False,
        },
        "schemas": {
            "addField": True,
            "removeField": True,
            "addClass": True,
            "removeClass": True,
            "clearAllDataFromClass": True,
            "exportClass": False,
            "editClassLevelPermissions": True,
            "editPointerPermissions": True,
        },
        "settings": {"securityCheck": security_check},
    }
