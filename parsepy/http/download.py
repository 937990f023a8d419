"""How a file is answered: its type, the part that was asked for, what a browser may do with it."""

from collections.abc import AsyncIterator, Mapping
from typing import Final

from parsepy.files import media_types
from parsepy.files.base import OpenFile, StoredFile
from parsepy.http.answer import Headers, StreamedAnswer
from parsepy.http.freshness import is_fresh
from parsepy.http.ranges import Part, Unsatisfiable, wanted_part
from parsepy.options.model import FileAccess

# No script of the file runs, no form is sent, and what it shows belongs to no origin.
_SANDBOX: Final = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
_NOT_FOUND: Final = b"File not found."


def download(
    file: OpenFile, name: str, headers: Mapping[bytes, bytes], access: FileAccess
) -> StreamedAnswer:
    """The answer to a GET; closing it closes the file."""
    stored = file.stored
    tag = b'"%s"' % stored.version.encode()
    described = [*_about(name, access), (b"ETag", tag)]
    if is_fresh(headers, tag):
        return StreamedAnswer(304, described, close=file.close)
    try:
        part = _part(stored, headers, tag)
    except Unsatisfiable:
        described += [
            (b"Content-Range", b"bytes */%d" % stored.length),
            (b"Content-Length", b"0"),
        ]
        return StreamedAnswer(416, described, close=file.close)
    status, start, end = 200, 0, stored.length
    if part is not None:
        status, start, end = 206, part.start, part.end
        whole = (part.start, part.end - 1, stored.length)
        described.append((b"Content-Range", b"bytes %d-%d/%d" % whole))
    described.append((b"Content-Length", b"%d" % (end - start)))
    return StreamedAnswer(status, described, file.read(start, end), file.close)


def not_found() -> StreamedAnswer:
    return StreamedAnswer(
        404,
        [
            (b"Content-Type", b"text/plain; charset=utf-8"),
            (b"Content-Length", b"%d" % len(_NOT_FOUND)),
        ],
        _text(_NOT_FOUND),
    )


def _about(name: str, access: FileAccess) -> Headers:
    is_open = access.public and access.anonymous_user and access.authenticated_user
    headers: Headers = [
        (b"Content-Type", media_types.content_type_of(name).encode()),
        (b"Accept-Ranges", b"bytes"),
        (b"X-Content-Type-Options", b"nosniff"),
        # A file may be deleted, or stored anew under its name: a cache asks each time.
        (b"Cache-Control", b"public, no-cache" if is_open else b"private, no-cache"),
    ]
    if media_types.may_run(media_types.type_of(name) or media_types.UNKNOWN):
        headers.append((b"Content-Security-Policy", _SANDBOX))
    return headers


def _part(stored: StoredFile, headers: Mapping[bytes, bytes], tag: bytes) -> Part | None:
    """A part of another version than the client has the beginning of is of no use to him."""
    condition = headers.get(b"if-range")
    if condition is not None and condition.strip() != tag:
        return None
    return wanted_part(headers.get(b"range"), stored.length)


async def _text(text: bytes) -> AsyncIterator[bytes]:
    yield text
