"""The webhook of a case: answers as its steps say, and keeps what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from parsepy.types import JSONObject, JSONValue
from tests.support.answering_server import answering_server
from tests.wire.cases import Case
from tests.wire.variables import Variables, substitute

_RECORDED_HEADERS: Final = ("content-type", "x-parse-webhook-key")
_OF_THE_TRANSPORT: Final = ("accept", "accept-encoding", "connection", "host", "user-agent")
"""Headers that the test's HTTP client sends of itself; a webhook is told of them."""


class Webhook:
    """`variables` are those that steps may name: `${hook}` is its address, without a slash at the
    end."""

    def __init__(self, variables: Variables | None = None) -> None:
        self.variables: Variables = variables or {}
        self.status = 200
        self.headers: dict[str, str] = {}
        self.answer: Any = {}
        self._calls: list[JSONValue] = []

    def begin(self, step: dict[str, Any], variables: Variables) -> None:
        """Takes the answer for all calls of a step: `{}` unless its `hook` says otherwise."""
        said: Any = substitute(step.get("hook", {}), variables)
        self.status = said.get("status", 200)
        self.headers = said.get("headers", {})
        self.answer = said["text"].encode() if "text" in said else said.get("body", {})
        self._calls = []

    def note(self, path: str, headers: dict[str, str], body: JSONValue) -> Any:
        self._calls.append(
            {
                "path": path,
                "headers": {name: headers.get(name) for name in _RECORDED_HEADERS},
                "json": _without_transport(body),
            }
        )
        return self.answer

    def taken_calls(self) -> list[JSONValue]:
        taken, self._calls = self._calls, []
        return taken


@contextmanager
def webhook_of(case: Case) -> Iterator[Webhook]:
    """One that listens for the length of a with block, where the case has `"webhook": true`."""
    if not case.content.get("webhook"):
        yield Webhook()
        return
    with answering_server() as server:
        hook = Webhook({"hook": server.url.removesuffix("/hook")})

        def answer(path: str, body: JSONValue) -> Any:
            server.status, server.headers = hook.status, hook.headers
            return hook.note(path, server.asked[-1][0], body)

        server.answer = answer
        yield hook


def _without_transport(body: JSONValue) -> JSONValue:
    """The body without what depends on the test's client, and without the insides of the
    reference's logger."""
    if not isinstance(body, dict):
        return body
    kept: JSONObject = {name: value for name, value in body.items() if name != "log"}
    headers = kept.get("headers")
    if isinstance(headers, dict):
        kept["headers"] = {
            name: value for name, value in headers.items() if name not in _OF_THE_TRANSPORT
        }
    return kept
