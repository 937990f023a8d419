"""What the servers of objects have in common: HTTP in a thread, objects by their keys, ranges."""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import time
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from xml.sax.saxutils import escape


@dataclass(frozen=True, slots=True)
class StoredObject:
    data: bytes
    headers: dict[str, str]
    tag: str
    modified: float


def stored(data: bytes, headers: dict[str, str], modified: float) -> StoredObject:
    return StoredObject(data, headers, f'"{hashlib.md5(data).hexdigest()}"', modified)


@dataclass(frozen=True, slots=True)
class Page:
    """Objects of a list in the order of their keys; `after` is the last key of the page unless it
    is the last page."""

    objects: list[tuple[str, StoredObject]]
    after: str


@dataclass
class ObjectServer:
    """One bucket at `url`. `clock` is what expiry is judged by, `page` how many objects a list
    shows at once."""

    url: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    clock: Callable[[], float] = time
    page: int = 5000

    def put(self, key: str, data: bytes, headers: dict[str, str]) -> str:
        self.objects[key] = stored(data, headers, self.clock())
        return self.objects[key].tag

    def listed(self, prefix: str, after: str) -> Page:
        with self.lock:
            keys = [key for key in sorted(self.objects) if key.startswith(prefix) and key > after]
            shown = [(key, self.objects[key]) for key in keys[: self.page]]
        return Page(shown, after=shown[-1][0] if len(keys) > self.page else "")


class RefusedError(Exception):
    """What a service answers with its error in XML."""

    def __init__(self, status: int, code: str, message: str = "", detail: str = "") -> None:
        super().__init__(code)
        self.status, self.code, self.message, self.detail = status, code, message, detail


class ObjectRequest(BaseHTTPRequestHandler):
    """One request, of which nothing but HTTP is understood here.

    A service answers in `respond`, which may raise `RefusedError`; all of the body was read then.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    body: bytes
    encoded_path: str
    query: Mapping[str, str]

    def respond(self) -> None:
        raise NotImplementedError

    def refuse(self, refused: RefusedError) -> None:
        raise NotImplementedError

    def serve(self) -> None:
        parts = urlsplit(self.path)
        self.body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.encoded_path = parts.path
        self.query = dict(parse_qsl(parts.query, keep_blank_values=True))
        try:
            self._respond_or_refuse()
        except ConnectionError:
            # An upload that breaks off does not wait for its answers.
            self.close_connection = True

    def _respond_or_refuse(self) -> None:
        try:
            self.respond()
        except RefusedError as refused:
            self.refuse(refused)

    # By these names http.server looks for what serves a method.
    do_DELETE = do_GET = do_HEAD = do_POST = do_PUT = serve  # noqa: N815

    def kept(self, names: tuple[str, ...], metadata: str) -> dict[str, str]:
        """The headers that an object keeps: these, and all that begin like metadata."""
        lower = {name.lower(): value for name, value in self.headers.items()}
        return {
            name: value
            for name, value in lower.items()
            if name in names or name.startswith(metadata)
        }

    def send(self, found: StoredObject) -> None:
        """An object, or the range of it that is asked for."""
        described = {
            **found.headers,
            "ETag": found.tag,
            "Last-Modified": formatdate(found.modified, usegmt=True),
        }
        asked = self.headers.get("x-ms-range") or self.headers.get("Range")
        if asked is None:
            return self.answer(200, found.data, **described)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        part = found.data[int(first) : int(last) + 1]
        end = int(first) + len(part) - 1
        described["Content-Range"] = f"bytes {first}-{end}/{len(found.data)}"
        return self.answer(206, part, **described)

    def answer(self, status: int, body: bytes = b"", **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return None


@contextmanager
def serving(request: type[ObjectRequest]) -> Iterator[str]:
    """The address at which such requests are answered."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), request)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def elements(texts: Mapping[str, object]) -> str:
    """XML of elements with such texts, one after the other."""
    return "".join(f"<{name}>{escape(str(text))}</{name}>" for name, text in texts.items())
