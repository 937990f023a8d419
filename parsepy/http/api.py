"""The API as an ASGI app: the order of what happens to a request stands in `_respond`."""

import base64
import hashlib
import logging
from typing import TYPE_CHECKING

from starlette.types import Receive, Scope, Send

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.http import body as bodies
from parsepy.http import capitals, multipart, paths, query_string, traffic
from parsepy.http.admission import Admission, further_headers
from parsepy.http.answer import JSON_TYPE, Answer, Headers, StreamedAnswer
from parsepy.http.cors import Cors
from parsepy.http.failure import failure_body
from parsepy.http.freshness import is_fresh
from parsepy.http.origin import Origins
from parsepy.http.page_paths import PagePaths
from parsepy.http.request import Request
from parsepy.http.routers import files
from parsepy.http.routers.files import FileRequest
from parsepy.http.routers.system import health, ready
from parsepy.http.routes import find_route
from parsepy.http.routing import Handler
from parsepy.http.services import AppServices
from parsepy.http.streaming import send_stream
from parsepy.objects.context import RequestContext
from parsepy.permissions.caller import Caller
from parsepy.protocol import credentials as credential_rules
from parsepy.protocol import json
from parsepy.types import JSONObject

if TYPE_CHECKING:
    from parsepy.http.idempotency import Idempotency

_log = logging.getLogger(__name__)

_WITH_TEXTS = (["functions"], ["jobs"])
"""Routes whose parameters in the address are texts, whatever they look like."""


class ParseApi:
    """Serves the paths below the mount. `scope` comes with the whole path."""

    def __init__(self, services: AppServices) -> None:
        self._services = services
        self._options = services.options
        self._logs = services.logs
        self._cors = Cors(services.options)
        self._origins = Origins(services.options)
        self._admission = Admission(services)
        self._mount = services.options.mount_path
        self._idempotency = _idempotency(services)
        self._pages = PagePaths(services)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method: str = scope["method"]
        if self._logs.is_kept:
            self._logs.enter()
        cors = self._cors.headers(headers.get(b"origin"))
        if method == "OPTIONS":
            await _send(send, 200, b"OK", [(b"Content-Type", b"text/plain; charset=utf-8"), *cors])
            return
        try:
            answer = await self._respond(scope, receive, method, headers)
        except ParseError as error:
            answer = self._failure(error)
        except Exception:
            # The cause stays here: no driver text, file name or traceback leaves the server.
            _log.exception("unexpected error in %s", method)
            answer = Answer(
                {
                    "code": errors.Code.INTERNAL.value,
                    "message": "Internal server error.",
                    "error": "Internal server error.",
                },
                500,
            )
        if isinstance(answer, StreamedAnswer):
            await send_stream(receive, send, answer, cors, head=method == "HEAD")
            return
        content = json.dumps(answer.value)
        sent: Headers = [(b"Content-Type", JSON_TYPE), *cors]
        if answer.headers:
            sent += capitals.kept(answer.headers, send)
        sent += further_headers(scope)
        if method in ("GET", "HEAD") and answer.status == 200:
            tag = _entity_tag(content)
            sent.append((b"ETag", tag))
            if is_fresh(headers, tag):
                await _send(send, 304, b"", sent[1:])
                return
        await _send(send, answer.status, content, sent, head=method == "HEAD")

    async def _respond(
        self, scope: Scope, receive: Receive, method: str, headers: dict[bytes, bytes]
    ) -> Answer | StreamedAnswer:
        mount, path = self._mount_and_path(scope)
        segments = paths.split(path)
        if segments in (["health"], ["health", "ready"]):
            address = self._origins.address(scope, headers)
            self._admission.check_health(headers, address, method, segments)
            return health(self._services) if len(segments) == 1 else await ready(self._services)
        if self._services.state != "ok":
            raise ParseError(errors.Code.INTERNAL, f"Invalid server state: {self._services.state}")
        if segments and segments[0] == "files":
            url = await self._origins.mount_url(scope, headers, mount)
            return await files.respond(
                self._file_request(scope, receive, headers, f"{mount}{path}", segments, url)
            )
        address = self._origins.address(scope, headers)
        page = self._pages.find(method, segments)
        if page is not None:
            url = await self._origins.mount_url(scope, headers, mount)
            visitor = RequestContext(self._services.objects, Caller(), url, headers, address)
            return await self._pages.routes.respond(
                page, visitor, method, scope["query_string"], receive
            )
        content = await self._content(receive, headers, segments)
        body = bodies.decode(content, headers)
        query = _query(scope, segments)
        method = _effective_method(method, body)
        caller, asking = await self._admission.admit(
            scope, headers, address, method, segments, body
        )
        handler = find_route(method, segments)
        if handler is None:
            raise errors.route_not_found(method, f"{self._mount}{path}")
        if not self._services.cloud.is_known:
            await self._services.cloud.refresh()
        mount_url = await self._origins.mount_url(scope, headers, mount)
        ctx = RequestContext(self._services.objects, caller, mount_url, headers, address)
        request = Request(
            self._services, ctx, method, path, segments, query, body, find_route, asking, headers
        )
        if content and segments[0] == "functions":
            request.content = content
        if self._idempotency is not None and b"x-parse-request-id" in headers:
            request_id = headers[b"x-parse-request-id"].decode("latin-1")
            if request_id and self._idempotency.covers(request):
                return await self._idempotency.answer(request_id, request, handler)
        if traffic.is_wanted():
            return await _told(request, handler, _url(scope))
        return await handler(request)

    async def _content(
        self, receive: Receive, headers: dict[bytes, bytes], segments: list[str]
    ) -> bytes:
        try:
            return await bodies.read(receive, headers, self._options.max_upload_size)
        except errors.HTTPError as error:
            if error.status == 413 and segments[:1] == ["functions"] and multipart.is_form(headers):
                raise multipart.too_large() from None
            raise

    def _file_request(
        self,
        scope: Scope,
        receive: Receive,
        headers: dict[bytes, bytes],
        path: str,
        segments: list[str],
        mount_url: str,
    ) -> FileRequest:
        method: str = scope["method"]
        address = self._origins.address(scope, headers)

        async def admit(body: JSONObject) -> Caller:
            caller, _ = await self._admission.admit(scope, headers, address, method, segments, body)
            return caller

        return FileRequest(
            self._services,
            method,
            path,
            segments,
            headers,
            receive,
            mount_url,
            address,
            admit,
            scope["query_string"].decode("latin-1"),
        )

    def _mount_and_path(self, scope: Scope) -> tuple[str, str]:
        """The mount, and the path behind it, still percent-encoded: `%2F` is no separator."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        found = paths.below_mount(path, scope.get("root_path", ""), self._mount)
        if found is None:
            # Only a mount that is percent-encoded letter by letter comes here.
            raise errors.route_not_found(scope["method"], path)
        return found

    def _failure(self, error: ParseError) -> Answer:
        if self._services.state != "ok":
            # A server that starts is asked again and again.
            body = error.body(sanitise=self._options.enable_sanitized_error_response)
            return Answer(body, error.http_status)
        return Answer(failure_body(error, self._options), error.http_status)


def _idempotency(services: AppServices) -> "Idempotency | None":
    if not services.options.idempotency.paths:
        return None
    from parsepy.http.idempotency import Idempotency

    return Idempotency(services.objects)


def _query(scope: Scope, segments: list[str]) -> JSONObject:
    parse = query_string.parse_texts if segments[:1] in _WITH_TEXTS else query_string.parse
    return parse(scope["query_string"])


async def _told(request: Request, handler: Handler, url: str) -> Answer:
    traffic.tell_request(request, url)
    answer = await handler(request)
    if request.segments[0] != "scriptlog":
        # The log would hold itself, again and again.
        traffic.tell_answer(request, url, answer)
    return answer


def _url(scope: Scope) -> str:
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    query: bytes = scope["query_string"]
    return (raw.partition(b"?")[0] + (b"?" + query if query else b"")).decode("latin-1")


def _effective_method(method: str, body: JSONObject) -> str:
    """`_method` in a POST's body is the verb that is meant; HEAD is a GET without the body."""
    if method == "HEAD":
        return "GET"
    if method == "POST" and "_method" in body:
        return credential_rules.method_override(body) or method
    return method


def _entity_tag(content: bytes) -> bytes:
    digest = hashlib.sha1(content, usedforsecurity=False).digest()
    return b'W/"%x-%s"' % (len(content), base64.b64encode(digest)[:27])


async def _send(
    send: Send, status: int, content: bytes, headers: Headers, *, head: bool = False
) -> None:
    if status != 304:
        headers = [*headers, (b"Content-Length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else content})
