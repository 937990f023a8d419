"""`/functions/<name>` (cloud-code sheet, section 1)."""

from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue, Missing


async def call(request: Request) -> Answer:
    cloud = request.services.cloud
    result = await cloud.call(request.ctx, request.segments[1], _params(request))
    return Answer({} if isinstance(result, Missing) else {"result": result})


ROUTES: Routes = {("POST", 1): call}


def _params(request: Request) -> JSONObject:
    """The body; what the query string says wins, and is text (observed)."""
    return {**request.body, **{name: _as_text(value) for name, value in request.query.items()}}


def _as_text(value: JSONValue) -> JSONValue:
    return value if isinstance(value, str) else json.dumps(value).decode()
