"""`/functions/<name>` (cloud-code sheet, section 1)."""

from parsepy.cloud.exchange import Sent
from parsepy.http import multipart
from parsepy.http.answer import Answer, Headers
from parsepy.http.request import Request
from parsepy.http.routing import Routes
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue, Missing


async def call(request: Request) -> Answer:
    cloud = request.services.cloud
    answered = await cloud.answer(request.ctx, request.segments[1], await _sent(request))
    value = answered.value
    headers: Headers | None = None
    if answered.headers:
        headers = [
            (name.encode("latin-1"), text.encode("latin-1"))
            for name, text in answered.headers.items()
        ]
    return Answer({} if isinstance(value, Missing) else {"result": value}, answered.status, headers)


ROUTES: Routes = {("POST", 1): call}


def params_of(request: Request) -> JSONObject:
    """The body; what the query string says wins, and is text (observed)."""
    return {**request.body, **_query_texts(request)}


async def _sent(request: Request) -> Sent:
    texts = _query_texts(request)
    if not request.content or not multipart.is_form(request.headers):
        return Sent(request.body, texts)
    form = await multipart.read(request.content, request.headers[b"content-type"])
    files = {name: file for name, file in form.files.items() if name not in texts}
    return Sent({}, {**form.texts, **texts}, files)


def _query_texts(request: Request) -> JSONObject:
    return {name: _as_text(value) for name, value in request.query.items()}


def _as_text(value: JSONValue) -> JSONValue:
    return value if isinstance(value, str) else json.dumps(value).decode()
