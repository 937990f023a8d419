"""A small HTTP server that answers what a test says and keeps what it was asked."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any


@dataclass(slots=True)
class AnsweringServer:
    """`answer` is the body of every answer, or is called with path and body for it: bytes go as
    they are, all else as JSON."""

    url: str = ""
    answer: Any = None
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    asked: list[tuple[dict[str, str], Any]] = field(default_factory=list)
    """Headers (names in lower case) and JSON body of each request."""

    @property
    def last(self) -> Any:
        return self.asked[-1][1]


@contextmanager
def answering_server(answer: Any = None) -> Iterator[AnsweringServer]:
    """Listens on a free port of the loopback address for the length of a with block."""
    state = AnsweringServer(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self._body()
            headers = {name.lower(): value for name, value in self.headers.items()}
            state.asked.append((headers, json.loads(body) if body else None))
            said = state.answer
            answer = said(self.path, state.last) if callable(said) else said
            content = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
            self.send_response_only(state.status)
            for name, value in state.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def do_GET(self) -> None:
            self.do_POST()

        def _body(self) -> bytes:
            if self.headers.get("Transfer-Encoding") == "chunked":
                return b"".join(iter(self._chunk, b""))
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))

        def _chunk(self) -> bytes:
            chunk = self.rfile.read(int(self.rfile.readline(), 16))
            self.rfile.readline()
            return chunk

        def log_request(self, code: object = "-", size: object = "-") -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
