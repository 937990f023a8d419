"""Pages as HTTP: what browsers may do with them, and what programs read in their headers."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import BinaryIO, Final

from parsepy.files import media_types
from parsepy.http.answer import Headers, StreamedAnswer
from parsepy.http.freshness import is_fresh
from parsepy.pages import parameters
from parsepy.pages.answers import Html, NotFound, PageAnswer, Raw, Redirect

_HTML: Final = b"text/html; charset=utf-8"
_PRIVATE: Final[Headers] = [
    # Addresses of pages hold tokens: neither a cache nor the next site is told.
    (b"Cache-Control", b"no-store"),
    (b"Referrer-Policy", b"no-referrer"),
    (b"X-Content-Type-Options", b"nosniff"),
]
_PART_LENGTH: Final = 64 * 1024


async def streamed(
    answer: PageAnswer, headers: Mapping[bytes, bytes], *, encode_headers: bool
) -> StreamedAnswer:
    match answer:
        case Html():
            more = [*_PRIVATE, *parameters.headers(answer.parameters, encode=encode_headers)]
            if answer.policy is not None:
                more.append((b"Content-Security-Policy", answer.policy.encode()))
            return _text(200, answer.text, more)
        case Redirect():
            more = [*_PRIVATE, *parameters.headers(answer.parameters, encode=encode_headers)]
            more.append((b"Location", answer.url.encode()))
            return _text(303, f"Found. Redirecting to {answer.url}", more)
        case Raw():
            return await _file(answer.path, headers)
        case NotFound():
            return _not_found()


def _not_found() -> StreamedAnswer:
    return _text(404, "Not found.", _PRIVATE)


def _text(status: int, text: str, headers: Headers) -> StreamedAnswer:
    content = text.encode("utf-8", "replace")
    described = [(b"Content-Type", _HTML), (b"Content-Length", b"%d" % len(content)), *headers]
    return StreamedAnswer(status, described, _once(content))


async def _once(content: bytes) -> AsyncIterator[bytes]:
    yield content


async def _file(path: Path, headers: Mapping[bytes, bytes]) -> StreamedAnswer:
    try:
        file = await asyncio.to_thread(path.open, "rb")
    except OSError:
        return _not_found()
    state = os.fstat(file.fileno())
    tag = b'"%x-%x"' % (state.st_mtime_ns, state.st_size)
    described = [
        (b"Content-Type", media_types.content_type_of(path.name).encode()),
        (b"Cache-Control", b"public, no-cache"),
        (b"X-Content-Type-Options", b"nosniff"),
        (b"ETag", tag),
    ]

    async def close() -> None:
        file.close()

    if is_fresh(headers, tag):
        return StreamedAnswer(304, described, close=close)
    described.append((b"Content-Length", b"%d" % state.st_size))
    return StreamedAnswer(200, described, _parts(file), close)


async def _parts(file: BinaryIO) -> AsyncIterator[bytes]:
    while part := await asyncio.to_thread(file.read, _PART_LENGTH):
        yield part
