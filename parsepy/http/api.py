"""The API as an ASGI app: the order of what happens to a request stands in `_respond`."""

import base64
import hashlib
import logging

from starlette.types import Receive, Scope, Send

from parsepy import errors
from parsepy.errors import ParseError
from parsepy.http import body as bodies
from parsepy.http import paths, query_string
from parsepy.http.answer import JSON_TYPE, Answer, Headers
from parsepy.http.authenticate import authenticate, same_key
from parsepy.http.cors import Cors
from parsepy.http.failure import failure_body
from parsepy.http.request import Request
from parsepy.http.routers.system import health
from parsepy.http.routes import find_route
from parsepy.http.services import AppServices
from parsepy.objects.context import RequestContext
from parsepy.protocol import credentials as credential_rules
from parsepy.protocol import json
from parsepy.protocol.credentials import Credentials
from parsepy.types import JSONObject

_log = logging.getLogger(__name__)


class ParseApi:
    """Serves the paths below the mount. `scope` comes with the whole path."""

    def __init__(self, services: AppServices) -> None:
        self._services = services
        self._options = services.options
        self._cors = Cors(services.options)
        self._mount = services.options.mount_path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: dict[bytes, bytes] = dict(scope["headers"])
        method: str = scope["method"]
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
        content = json.dumps(answer.value)
        sent: Headers = [(b"Content-Type", JSON_TYPE), *cors]
        if answer.headers:
            sent += answer.headers
        if method in ("GET", "HEAD") and answer.status == 200:
            tag = _entity_tag(content)
            sent.append((b"ETag", tag))
            if _is_fresh(headers, tag):
                await _send(send, 304, b"", sent[1:])
                return
        await _send(send, answer.status, content, sent, head=method == "HEAD")

    async def _respond(
        self, scope: Scope, receive: Receive, method: str, headers: dict[bytes, bytes]
    ) -> Answer:
        mount, path = self._mount_and_path(scope)
        segments = paths.split(path)
        if segments == ["health"]:
            return health(self._services)
        if self._services.state != "ok":
            raise ParseError(errors.Code.INTERNAL, f"Invalid server state: {self._services.state}")
        body = bodies.decode(
            await bodies.read(receive, headers, self._options.max_upload_size), headers
        )
        query = query_string.parse(scope["query_string"])
        method = _effective_method(method, body)
        credentials = self._credentials(headers, body)
        caller = await authenticate(
            self._services, credentials, self._client_address(scope, headers), segments
        )
        handler = find_route(method, segments)
        if handler is None:
            raise errors.route_not_found(method, f"{self._mount}{path}")
        ctx = RequestContext(self._services.objects, caller, self._mount_url(scope, headers, mount))
        request = Request(self._services, ctx, method, path, segments, query, body, find_route)
        return await handler(request)

    def _mount_and_path(self, scope: Scope) -> tuple[str, str]:
        """The mount, and the path behind it, still percent-encoded: `%2F` is no separator."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        path = raw.partition(b"?")[0].decode("latin-1")
        found = paths.below_mount(path, scope.get("root_path", ""), self._mount)
        if found is None:
            # Only a mount that is percent-encoded letter by letter comes here.
            raise errors.route_not_found(scope["method"], path)
        return found

    def _credentials(self, headers: dict[bytes, bytes], body: JSONObject) -> Credentials:
        """From the headers, or from the body when these name no app that lives here."""
        app_id = self._options.app_id
        credentials = credential_rules.from_headers(headers, app_id)
        body.pop("_noBody", None)
        if credentials.application_id != app_id:
            credential_rules.take_from_body(credentials, body)
            if credentials.application_id != app_id:
                raise errors.unauthorized()
            given = headers.get(b"x-parse-master-key")
            if given is not None and not same_key(
                given.decode("latin-1"), self._options.master_key
            ):
                raise errors.unauthorized()
        return credentials

    def _client_address(self, scope: Scope, headers: dict[bytes, bytes]) -> str:
        """The peer's address, or what a trusted proxy says of it."""
        client = scope.get("client")
        peer = client[0] if client else ""
        forwarded = headers.get(b"x-forwarded-for")
        if forwarded is None:
            return peer
        return self._options.trust_proxy.client_address(peer, forwarded.decode("latin-1"))

    def _mount_url(self, scope: Scope, headers: dict[bytes, bytes], mount: str) -> str:
        public = self._options.public_server_url
        if public:
            return public.rstrip("/")
        scheme, host = scope["scheme"], headers.get(b"host", b"localhost").decode("latin-1")
        client = scope.get("client")
        if b"x-forwarded-proto" in headers and client is not None:
            forwarded = headers[b"x-forwarded-proto"].decode("latin-1").split(",")[0].strip()
            if forwarded in ("http", "https") and self._options.trust_proxy.trusts_peer(client[0]):
                scheme = forwarded
        return f"{scheme}://{host}{mount}"

    def _failure(self, error: ParseError) -> Answer:
        return Answer(failure_body(error, self._options), error.http_status)


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


def _is_fresh(headers: dict[bytes, bytes], tag: bytes) -> bool:
    """Whether the client has this very answer. A `no-cache` of his asks for it all the same."""
    known = headers.get(b"if-none-match")
    if known is None or b"no-cache" in headers.get(b"cache-control", b""):
        return False
    return known == b"*" or tag in (part.strip() for part in known.split(b","))


async def _send(
    send: Send, status: int, content: bytes, headers: Headers, *, head: bool = False
) -> None:
    if status != 304:
        headers = [*headers, (b"Content-Length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if head else content})
