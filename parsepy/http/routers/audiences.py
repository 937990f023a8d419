"""`/push_audiences`: queries for installations that have a name (push sheet, section 4)."""

from typing import cast

from parsepy import errors
from parsepy.http.answer import Answer
from parsepy.http.request import Request
from parsepy.http.routers.system_class import routes_for
from parsepy.http.routing import Handler, Routes
from parsepy.objects import read
from parsepy.protocol import json
from parsepy.protocol.find_parameters import decode_find, decode_get
from parsepy.types import JSONObject, JSONValue, ParseObject

CLASS_NAME = "_Audience"


async def _find(request: Request) -> Answer:
    parameters = decode_find(request.parameters)
    if parameters.explain:
        return Answer(await read.find_as_json(request.ctx, CLASS_NAME, parameters))
    found = await read.find(request.ctx, CLASS_NAME, parameters)
    for audience in found.results:
        _parse_query(audience)
    answer: JSONObject = {"results": cast("JSONValue", found.results)}
    if found.count is not None:
        answer["count"] = found.count
    return Answer(answer)


async def _get(request: Request) -> Answer:
    parameters = decode_get(request.parameters)
    audience = await read.get(request.ctx, CLASS_NAME, request.segments[1], parameters)
    _parse_query(audience)
    return Answer(audience)


def _parse_query(audience: ParseObject) -> None:
    """The query is stored as JSON text, and shown as what it says; what is none is shown as it
    is."""
    text = audience.get("query")
    if isinstance(text, str):
        try:
            audience["query"] = json.loads(text)
        except json.InvalidJSON:
            return


def _for_master(handler: Handler) -> Handler:
    async def handle(request: Request) -> Answer:
        if not request.ctx.caller.is_master:
            raise errors.master_key_required()
        return await handler(request)

    return handle


ROUTES: Routes = {
    route: _for_master(handler)
    for route, handler in {
        **routes_for(CLASS_NAME),
        ("GET", 0): _find,
        ("GET", 1): _get,
    }.items()
}
