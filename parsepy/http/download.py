"""How a file is answered: its type, the part that was asked for, what a browser may do with it."""

import re
from collections.abc import AsyncIterator, Mapping
from typing import Final

from parsepy.files import media_types
from parsepy.files.base import StoredFile
from parsepy.files.downloads import Download
from parsepy.http.answer import Headers, StreamedAnswer
from parsepy.http.freshness import is_fresh
from parsepy.http.ranges import Part, Unsatisfiable, wanted_part
from parsepy.options.model import FileAccess

# No script of the file runs, no form is sent, and what it shows belongs to no origin.
_SANDBOX: Final = b"default-src 'none'; style-src 'unsafe-inline'; sandbox"
_NOT_SNIFFED: Final = (b"X-Content-Type-Options", b"nosniff")
_TOKEN: Final = re.compile(r"[!#$%&'*+\-.^_`|~A-Za-z0-9]+")
_NOT_FOUND: Final = b"File not found."


def download(found: Download, headers: Mapping[bytes, bytes], access: FileAccess) -> StreamedAnswer:
    """The answer to a GET; closing it closes the file."""
    file, stored = found.file, found.file.stored
    tag = b'"%s"' % stored.version.encode()
    described = _about(found, tag, access)
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


def _about(found: Download, tag: bytes, access: FileAccess) -> Headers:
    shown = found.shown
    is_open = access.public and access.anonymous_user and access.authenticated_user
    shared = is_open and not found.judged
    headers: Headers = [
        (b"Content-Type", media_types.content_type_of(shown.name).encode()),
        (b"Accept-Ranges", b"bytes"),
        (b"ETag", tag),
        # A file may be deleted, or stored anew under its name: a cache asks each time.
        (b"Cache-Control", b"public, no-cache" if shared else b"private, no-cache"),
    ]
    if media_types.may_run(media_types.type_of(shown.name) or media_types.UNKNOWN):
        headers.append((b"Content-Security-Policy", _SANDBOX))
    if shown.attachment:
        headers.append((b"Content-Disposition", _as_attachment(shown.name)))
    return _changed(headers, shown.headers)


def _changed(headers: Headers, given: Mapping[str, str] | None) -> Headers:
    """With those that a trigger wants instead; it may also leave out what all others get."""
    if given is None:
        return [*headers, _NOT_SNIFFED]
    names = {name.lower().encode() for name in given}
    kept = [(name, value) for name, value in headers if name.lower() not in names]
    return [*kept, *((name.encode(), value.encode("latin-1")) for name, value in given.items())]


def _as_attachment(name: str) -> bytes:
    """`attachment;filename=a.txt`, as parse-server has it; quoted where it has to be."""
    name = "".join(char for char in name.rpartition("/")[2] if char.isprintable())
    if _TOKEN.fullmatch(name):
        return b"attachment;filename=" + name.encode()
    quoted = "".join(f"\\{char}" if char in '"\\' else char for char in name)
    return b'attachment;filename="%s"' % quoted.encode("latin-1", "replace")


def _part(stored: StoredFile, headers: Mapping[bytes, bytes], tag: bytes) -> Part | None:
    """A part of another version than the client has the beginning of is of no use to him."""
    condition = headers.get(b"if-range")
    if condition is not None and condition.strip() != tag:
        return None
    return wanted_part(headers.get(b"range"), stored.length)


async def _text(text: bytes) -> AsyncIterator[bytes]:
    yield text
