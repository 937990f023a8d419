"""One request as data, and the client that sends it when an answer has to be looked at."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from parsepy.types import JSONObject, JSONValue

APP_ID = "bench"
MASTER_KEY = "bench-master-key"
REST_KEY = "bench-rest-key"
CLIENT_HEADERS = {"X-Parse-Application-Id": APP_ID, "X-Parse-REST-API-Key": REST_KEY}
MASTER = {"X-Parse-Master-Key": MASTER_KEY}
ANSWER_SECONDS = 30


class WrongAnswerError(RuntimeError):
    """A server answered something else than it must; figures would mean nothing."""


@dataclass(frozen=True, slots=True)
class Request:
    """A request below the mount path; `path` carries its query string, encoded."""

    method: str
    path: str
    body: JSONValue = None
    session_token: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)

    def all_headers(self) -> dict[str, str]:
        headers = {**CLIENT_HEADERS, **self.headers}
        if self.session_token is not None:
            headers["X-Parse-Session-Token"] = self.session_token
        if self.body is not None:
            headers["Content-Type"] = "application/json"
        return headers

    def encoded_body(self) -> bytes:
        return b"" if self.body is None else json.dumps(self.body, separators=(",", ":")).encode()

    def on_the_wire(self, host: str, mount_path: str) -> bytes:
        """The request as HTTP/1.1 for a connection that stays open."""
        body = self.encoded_body()
        headers = {"Host": host, **self.all_headers()}
        if body:
            headers["Content-Length"] = str(len(body))
        lines = [f"{self.method} {mount_path}{self.path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


class Answer(NamedTuple):
    status: int
    body: JSONValue

    def json_object(self, status: int) -> JSONObject:
        """The body, if it is an object and came with `status`; else raises WrongAnswerError."""
        if self.status != status or not isinstance(self.body, dict):
            raise WrongAnswerError(f"expected an object and {status}, got {self}")
        return self.body

    def text(self, status: int, name: str) -> str:
        """A string member of the body."""
        value = self.json_object(status).get(name)
        if not isinstance(value, str):
            raise WrongAnswerError(f"expected a string {name}, got {self}")
        return value


class Client:
    """Sends single requests to one server, over a connection for each."""

    def __init__(self, port: int, mount_path: str) -> None:
        self.port = port
        self.mount_path = mount_path

    def send(self, request: Request) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(
                request.method,
                self.mount_path + request.path,
                request.encoded_body() or None,
                request.all_headers(),
            )
            response = connection.getresponse()
            return Answer(response.status, json.loads(response.read()))
        finally:
            connection.close()
