"""As much of Google Cloud Storage's XML API as a store of files asks for, in a thread.

No emulator that the registries have speaks this API. Signatures are nobody's business here.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from time import time
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit
from xml.etree import ElementTree
from xml.sax.saxutils import escape

BUCKET = "bucket"
_KEPT_HEADERS = ("content-type", "cache-control")


@dataclass(frozen=True, slots=True)
class StoredObject:
    data: bytes
    headers: dict[str, str]
    tag: str
    modified: float = field(default_factory=time)


@dataclass(slots=True)
class GcsServer:
    """Serves one bucket at `url`; `unfinished` are uploads in parts, by their ids."""

    url: str = ""
    objects: dict[str, StoredObject] = field(default_factory=dict)
    unfinished: dict[str, dict[int, bytes]] = field(default_factory=dict)
    begun: dict[str, dict[str, str]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    @property
    def options(self) -> dict[str, object]:
        """Those of `filesAdapter` that lead here."""
        account = {"client_email": "", "private_key": "", "private_key_id": ""}
        return {
            "bucket": BUCKET,
            "endpoint": self.url,
            "credentials": {**account, "gcs_base_url": self.url, "disable_oauth": True},
        }

    def put(self, key: str, data: bytes, headers: dict[str, str]) -> str:
        tag = f'"{hashlib.md5(data).hexdigest()}"'
        self.objects[key] = StoredObject(data, headers, tag)
        return tag


@contextmanager
def running_gcs() -> Iterator[GcsServer]:
    state = GcsServer()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(state))
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _iso(at: float) -> str:
    return datetime.fromtimestamp(int(at), UTC).isoformat().replace("+00:00", "Z")


def _handler(state: GcsServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_PUT(self) -> None:
            query, data = self._query, self._body
            with state.lock:
                if "uploadId" not in query:
                    return self._answer(200, ETag=state.put(self._key, data, self._kept))
                state.unfinished[query["uploadId"]][int(query["partNumber"])] = data
            return self._answer(200, ETag=f'"{hashlib.md5(data).hexdigest()}"')

        def do_POST(self) -> None:
            query, body = self._query, self._body
            with state.lock:
                if "uploads" in query:
                    upload = f"upload-{len(state.begun)}"
                    state.begun[upload], state.unfinished[upload] = self._kept, {}
                    return self._xml("InitiateMultipartUploadResult", UploadId=upload)
                upload = query["uploadId"]
                numbers = [
                    int(part.findtext("PartNumber") or 0) for part in ElementTree.fromstring(body)
                ]
                parts = state.unfinished.pop(upload)
                data = b"".join(parts[number] for number in numbers)
                tag = state.put(self._key, data, state.begun[upload])
            return self._xml("CompleteMultipartUploadResult", ETag=tag)

        def do_DELETE(self) -> None:
            with state.lock:
                if "uploadId" in self._query:
                    state.unfinished.pop(self._query["uploadId"], None)
                else:
                    state.objects.pop(self._key, None)
            self._answer(204)

        def do_HEAD(self) -> None:
            self.do_GET()

        def do_GET(self) -> None:
            if not self._key:
                return self._list(self._query.get("prefix", ""))
            found = state.objects.get(self._key)
            if found is None:
                return self._answer(404)
            described = {
                **found.headers,
                "ETag": found.tag,
                "Last-Modified": formatdate(found.modified, usegmt=True),
            }
            asked = self.headers.get("Range")
            if asked is None:
                return self._answer(200, found.data, **described)
            first, _, last = asked.removeprefix("bytes=").partition("-")
            part = found.data[int(first) : int(last) + 1]
            end = int(first) + len(part) - 1
            described["Content-Range"] = f"bytes {first}-{end}/{len(found.data)}"
            return self._answer(206, part, **described)

        def _list(self, prefix: str) -> None:
            with state.lock:
                contents = "".join(
                    f"<Contents><Key>{escape(key)}</Key><Size>{len(each.data)}</Size>"
                    f"<ETag>{each.tag}</ETag>"
                    f"<LastModified>{_iso(each.modified)}</LastModified></Contents>"
                    for key, each in state.objects.items()
                    if key.startswith(prefix)
                )
            self._answer(200, f"<ListBucketResult>{contents}</ListBucketResult>".encode())

        @property
        def _key(self) -> str:
            return unquote(urlsplit(self.path).path.removeprefix(f"/{BUCKET}").lstrip("/"))

        @property
        def _query(self) -> dict[str, str]:
            given = parse_qs(urlsplit(self.path).query, keep_blank_values=True)
            return {name: values[0] for name, values in given.items()}

        @property
        def _body(self) -> bytes:
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        @property
        def _kept(self) -> dict[str, str]:
            lower = {name.lower(): value for name, value in self.headers.items()}
            return {
                name: value
                for name, value in lower.items()
                if name in _KEPT_HEADERS or name.startswith("x-goog-meta-")
            }

        def _xml(self, name: str, **members: str) -> None:
            inner = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in members.items())
            fixed = f"<Bucket>{BUCKET}</Bucket><Key>k</Key><Location>l</Location>"
            self._answer(200, f"<{name}>{fixed}{inner}</{name}>".encode())

        def _answer(self, status: int, body: bytes = b"", **headers: str) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            return None

    return Handler
