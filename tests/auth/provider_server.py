"""A small HTTP server that stands for a login provider: routes, and what was asked of them."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Asked:
    """One request; names of headers in lower case."""

    method: str
    path: str
    query: dict[str, str]
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), keep_blank_values=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Answer:
    """Bytes go as they are, all else as JSON."""

    body: object = field(default_factory=dict)
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def content(self) -> bytes:
        return self.body if isinstance(self.body, bytes) else json.dumps(self.body).encode()


Route = Answer | Callable[[Asked], Answer]


@dataclass(slots=True)
class ProviderServer:
    """`routes` are by method and path (`GET /keys`); everything else is 404."""

    url: str = ""
    routes: dict[str, Route] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    ending: Event = field(default_factory=Event)
    """Set when the server ends: whoever answers nothing waits for it."""

    def route(self, name: str, body: object, *, status: int = 200, **headers: str) -> str:
        """Adds one; gives back its address."""
        sent = {header.replace("_", "-"): value for header, value in headers.items()}
        self.routes[name] = Answer(body, status, sent)
        return self.url + name.partition(" ")[2]

    def asked_for(self, path: str) -> list[Asked]:
        return [each for each in self.asked if each.path == path]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        route = self.routes.get(f"{asked.method} {asked.path}", Answer(status=404))
        return route(asked) if callable(route) else route

    def silent(self, asked: Asked) -> Answer:
        """A route that says nothing until the end of the server."""
        self.ending.wait(60)
        return Answer()


@contextmanager
def running_provider() -> Iterator[ProviderServer]:
    """Listens on a free port of the loopback address for the length of a with block."""
    state = ProviderServer()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def handle_one(self) -> None:
            parts = urlsplit(self.path)
            answer = state.answer(
                Asked(
                    self.command,
                    parts.path,
                    dict(parse_qsl(parts.query, keep_blank_values=True)),
                    {name.lower(): value for name, value in self.headers.items()},
                    self.rfile.read(int(self.headers.get("Content-Length", 0))),
                )
            )
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            self.wfile.write(answer.content)

        def do_GET(self) -> None:
            self.handle_one()

        def do_POST(self) -> None:
            self.handle_one()

        def log_request(self, code: object = "-", size: object = "-") -> None:
            return None

    server = _Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    state.url = f"http://127.0.0.1:{server.server_port}"
    try:
        yield state
    finally:
        state.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients that go away are part of the tests."""
