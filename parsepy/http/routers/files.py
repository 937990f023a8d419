"""`/files`: uploads, downloads, metadata, removal (push-files-config sheet, section 5).

These routes are beside the others: bodies and answers are bytes that stream, and whoever has the
address of a file needs no key to read it.
"""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import aclosing
from typing import Final

import msgspec
from starlette.types import Receive

from parsepy import errors
from parsepy.errors import Code, Forbidden, HTTPError, ParseError
from parsepy.files.access import check_delete
from parsepy.files.content import Content, once
from parsepy.files.parts import not_empty
from parsepy.files.ports import Upload
from parsepy.files.spool import Spool
from parsepy.http import upload_body, upload_json
from parsepy.http.answer import Answer, StreamedAnswer, created
from parsepy.http.authenticate import privileged, verify_session
from parsepy.http.download import download, not_found
from parsepy.http.services import AppServices
from parsepy.http.upload_body import SizeLimit
from parsepy.objects.context import RequestContext
from parsepy.options.byte_size import parse_byte_size
from parsepy.options.errors import OptionsError
from parsepy.permissions.caller import Caller
from parsepy.protocol import credentials as credential_rules
from parsepy.protocol import json
from parsepy.protocol.credentials import Credentials
from parsepy.types import MISSING, JSONObject, JSONValue, Missing

_METADATA: Final = "metadata"

Admit = Callable[[JSONObject], Awaitable[Caller]]
"""Says who asks, by the headers, or by a body whose credentials it takes out."""


class FileRequest(msgspec.Struct, frozen=True):
    """`segments` begin with `files`; `address` is the client's."""

    services: AppServices
    method: str
    path: str
    segments: list[str]
    headers: Mapping[bytes, bytes]
    receive: Receive
    mount_url: str
    address: str
    admit: Admit
    query: str = ""

    @property
    def streams(self) -> bool:
        return self.headers.get(b"x-parse-upload-mode") == b"stream"

    @property
    def credentials(self) -> Credentials:
        return credential_rules.from_headers(self.headers, self.services.options.app_id)

    @property
    def names_app(self) -> bool:
        return self.credentials.application_id == self.services.options.app_id

    def context(self, caller: Caller) -> RequestContext:
        return RequestContext(
            self.services.objects, caller, self.mount_url, self.headers, self.address
        )

    def header(self, name: bytes) -> str | None:
        value = self.headers.get(name)
        return value.decode("latin-1") if value else None


async def respond(request: FileRequest) -> Answer | StreamedAnswer:
    """Raises `ParseError` for what is refused."""
    if not request.services.cloud.is_known:
        await request.services.cloud.refresh()
    match request.method, request.segments[1:]:
        case "POST", []:
            raise ParseError(Code.INVALID_FILE_NAME, "Filename not provided.")
        case "POST", [name]:
            return await _create(request, name)
        case "GET" | "HEAD", [app_id, "metadata", *parts] if parts:
            return await _metadata(request, app_id, "/".join(parts))
        case "GET" | "HEAD", [app_id, *parts] if parts:
            return await _get(request, app_id, "/".join(parts))
        case "DELETE", [*parts] if parts:
            return await _delete(request, parts)
    raise errors.route_not_found(request.method, request.path)


async def _create(request: FileRequest, name: str) -> Answer:
    limit = SizeLimit(_size_limit(request), request.streams)
    upload_body.check_length(request.headers, limit)
    if request.names_app or request.streams:
        return await _store(request, *await _received(request, name, limit))
    async with aclosing(Spool()) as spool:
        return await _store(request, *await _received_as_json(request, name, limit, spool))


async def _store(request: FileRequest, caller: Caller, upload: Upload) -> Answer:
    saved = await request.services.uploads.store(request.context(caller), upload)
    return created({"url": saved.url, "name": saved.name}, saved.url)


async def _received(request: FileRequest, name: str, limit: SizeLimit) -> tuple[Caller, Upload]:
    """Who uploads, and what: checked as far as that goes without reading the bytes."""
    caller = await request.admit({})
    content_type = request.header(b"content-type")
    request.services.uploads.check(caller, name, content_type)
    # What streams is stored as it comes.
    encoding = b"" if request.streams else request.headers.get(b"content-encoding", b"")
    content = upload_body.received(request.receive, encoding.lower(), limit)
    size = None if encoding else upload_body.announced_length(request.headers)
    acl = _acl_header(request)
    if not request.streams:
        raw = Content(once(not_empty(content)))
        return caller, Upload(name, raw, content_type, size=size, acl=acl)
    upload = Upload(
        name,
        Content(once(content)),
        content_type,
        _map_header(request, "X-Parse-File-Metadata"),
        _map_header(request, "X-Parse-File-Tags"),
        request.header(b"x-parse-file-directory") or MISSING,
        size=size,
        streamed=True,
        acl=acl,
    )
    return caller, upload


async def _received_as_json(
    request: FileRequest, name: str, limit: SizeLimit, spool: Spool
) -> tuple[Caller, Upload]:
    body = await upload_json.read(request.receive, request.headers, limit, spool)
    content_type = body.get("_ContentType") or request.header(b"content-type")
    caller = await request.admit(body)
    if not isinstance(content_type, str | None):
        raise errors.unauthorized()
    request.services.uploads.check(caller, name, content_type)
    given = body.get("fileData")
    described = given if isinstance(given, dict) else {}
    upload = Upload(
        name,
        Content(spool.parts),
        content_type,
        _map(described, "metadata"),
        _map(described, "tags"),
        described.get("directory", MISSING),
        acl=described.get("ACL", MISSING),
        size=spool.size,
    )
    return caller, upload


async def _get(request: FileRequest, app_id: str, name: str) -> Answer | StreamedAnswer:
    _check_app(request, app_id)
    caller = await _reader(request)
    request.services.downloads.check(caller)
    found = await request.services.downloads.open(request.context(caller), name, request.query)
    if found is None:
        return not_found()
    return download(found, request.headers, request.services.options.file_download)


async def _metadata(request: FileRequest, app_id: str, name: str) -> Answer:
    """An unknown app has no files, as far as this route tells."""
    if app_id != request.services.options.app_id:
        return Answer({})
    caller = await _reader(request)
    try:
        request.services.downloads.check(caller)
    except ParseError as error:
        raise Forbidden(error.code, error.message) from None
    ctx = request.context(caller)
    metadata = await request.services.downloads.metadata(ctx, name, request.query)
    return Answer({} if metadata is None else {_METADATA: metadata})


async def _delete(request: FileRequest, parts: list[str]) -> Answer:
    caller = await request.admit({})
    check_delete(caller)
    name = "/".join(parts)
    by_address = len(parts) > 1 and parts[0] == request.services.options.app_id
    if by_address and await request.services.files.find(name) is None:
        # The Swift SDK deletes by the file's own address.
        name = "/".join(parts[1:])
    await request.services.removals.remove(request.context(caller), name)
    return Answer({})


def _check_app(request: FileRequest, app_id: str) -> None:
    if app_id != request.services.options.app_id:
        raise HTTPError(403, "Invalid application ID.", sanitised=True)


def _size_limit(request: FileRequest) -> int:
    """In bytes: the option's, or what a client with the master key says. Raises 403, 130."""
    given = request.header(b"x-parse-file-max-upload-size")
    if given is None:
        return request.services.options.max_upload_size
    if not request.names_app:
        raise HTTPError(403, "Invalid application ID.", sanitised=True)
    caller = privileged(request.services, request.credentials, request.address)
    if caller is None or not caller.is_master or caller.is_read_only:
        raise errors.master_key_required()
    try:
        return parse_byte_size("maxUploadSize", given)
    except OptionsError:
        raise ParseError(
            Code.FILE_SAVE_ERROR, f"Invalid maxUploadSize override value: {given}"
        ) from None


async def _reader(request: FileRequest) -> Caller:
    """No key is needed to read; one that is there counts, and so does a session. Raises 209."""
    credentials = request.credentials
    caller = privileged(request.services, credentials, request.address) or Caller(
        session_token=credentials.session_token, installation_id=credentials.installation_id
    )
    if request.services.allowed_routes is not None:
        request.services.allowed_routes.check(caller, request.method, request.segments)
    await verify_session(request.services, caller, request.method, request.segments)
    return caller


def _map(described: JSONObject, name: str) -> JSONObject:
    """Raises 107."""
    value = described.get(name)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise errors.invalid_json(f"The {name} of a file must be an object.")
    return value


def _acl_header(request: FileRequest) -> JSONValue | Missing:
    """Raises 107."""
    given = b"x-parse-file-acl" in request.headers
    return _map_header(request, "X-Parse-File-ACL") if given else MISSING


def _map_header(request: FileRequest, name: str) -> JSONObject:
    """Raises 107. The JavaScript SDK sends what its `fetch` takes: Latin-1."""
    text = request.header(name.lower().encode())
    if not text:
        return {}
    try:
        value = json.loads(text)
    except json.InvalidJSON:
        value = None
    if not isinstance(value, dict):
        raise ParseError(Code.INVALID_JSON, f"Invalid JSON in {name} header.")
    return value
