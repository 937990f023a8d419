"""Request bodies: read within the limit, decoded by their content type."""

import zlib
from collections.abc import Mapping
from typing import Final

from starlette.types import Message, Receive

from parsepy import errors
from parsepy.errors import HTTPError
from parsepy.http import query_string
from parsepy.protocol import json
from parsepy.types import JSONObject, JSONValue

_MOST_DIGITS: Final = 20
WINDOW_BITS: Final = {b"gzip": 31, b"x-gzip": 31, b"deflate": 15}


async def read(receive: Receive, headers: Mapping[bytes, bytes], limit: int) -> bytes:
    """The whole body. Raises 413 above `limit` bytes, also of what a compressed one holds."""
    length = headers.get(b"content-length")
    if length is not None and length.isdigit() and _exceeds(length, limit):
        raise errors.body_too_large()
    message = await _next_part(receive)
    body: bytes = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(receive, body, limit)
    if len(body) > limit:
        raise errors.body_too_large()
    encoding = headers.get(b"content-encoding", b"identity").lower()
    return body if encoding == b"identity" or not body else _inflated(body, encoding, limit)


def decode(body: bytes, headers: Mapping[bytes, bytes]) -> JSONObject:
    """JSON under any content type, but for forms. Raises 400 for what is no JSON, 415."""
    content_type = headers.get(b"content-type", b"")
    if content_type:
        kind, _, parameters = content_type.lower().partition(b";")
        kind = kind.strip()
        if kind == b"multipart/form-data":
            return {}
        _check_charset(parameters)
        if kind == b"application/x-www-form-urlencoded" and not body.lstrip().startswith(b"{"):
            return query_string.parse_form(body)
    if not body:
        return {}
    try:
        return _as_object(json.loads(body))
    except json.InvalidJSON as error:
        raise errors.bad_body(str(error)) from None


def _exceeds(digits: bytes, limit: int) -> bool:
    """Python refuses to read numbers of thousands of digits."""
    return len(digits) > _MOST_DIGITS or int(digits) > limit


def _as_object(value: JSONValue) -> JSONObject:
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        # JavaScript's view of an array: its indices are keys, which no field may be called.
        return {str(index): item for index, item in enumerate(value)}
    raise errors.bad_body("the body must be a JSON object")


async def _rest(receive: Receive, first: bytes, limit: int) -> bytes:
    parts, size = [first], len(first)
    while True:
        message = await _next_part(receive)
        part: bytes = message.get("body", b"")
        size += len(part)
        if size > limit:
            raise errors.body_too_large()
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _next_part(receive: Receive) -> Message:
    """Raises 400 when the client has gone: half a request must not be taken for a whole one."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise errors.bad_body("the request ended early")
    return message


def _inflated(body: bytes, encoding: bytes, limit: int) -> bytes:
    bits = WINDOW_BITS.get(encoding)
    if bits is None:
        raise HTTPError(415, "unsupported content encoding")
    inflater = zlib.decompressobj(bits)
    try:
        inflated = inflater.decompress(body, limit + 1)
    except zlib.error:
        raise errors.bad_body("the body is not compressed as its header says") from None
    if len(inflated) > limit:
        raise errors.body_too_large()
    if not inflater.eof:
        raise errors.bad_body("the compressed body ends early")
    return inflated


def _check_charset(parameters: bytes) -> None:
    for parameter in parameters.split(b";"):
        name, _, value = parameter.strip().partition(b"=")
        if name == b"charset" and not value.strip(b"\"' ").startswith(b"utf-"):
            raise HTTPError(415, "unsupported charset")
