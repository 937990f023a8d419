"""Turns an answer of the reference into what a fixture keeps: volatile parts become matchers."""

import json
import re
from typing import Any

from parsepy.types import JSONObject, JSONValue
from tests.wire.matching import JSON_CONTENT_TYPE, MATCHERS
from tests.wire.player import Exchange
from tests.wire.variables import Variables

ALWAYS_RECORDED = ("Location", "X-Parse-Job-Status-Id", "X-Parse-Push-Status-Id", "Retry-After")
VOLATILE_KEYS = {
    "objectId": ("<objectId>", "<objectId16>"),
    "username": ("<username>",),
    "_email_verify_token": ("<mailToken>",),
    "_perishable_token": ("<mailToken>",),
    "recovery": ("<recovery>",),
    # Sentences for people, in each server's own words.
    "warning": ("<text>",),
    "solution": ("<text>",),
}
DATE = re.compile(MATCHERS["<date>"])
PREFIX = re.compile(rf"(?<![0-9a-f]){MATCHERS['<prefix>']}")


def recorded(exchange: Exchange, request_text: str, started: str) -> JSONObject:
    """The `response` of a fixture step.

    `request_text` holds all requests of the case as written in the file: what was sent literally
    comes back literally and is kept. `started` is when the recording began.
    """
    kept: JSONObject = {"status": exchange.answer.status_code}
    headers = _headers(exchange, Normaliser(exchange.after, request_text, started))
    if headers:
        kept["headers"] = headers
    normalise = Normaliser(exchange.before, request_text, started)
    kept["json" if exchange.is_json else "text"] = normalise.value(exchange.body)
    if exchange.calls:
        kept["calls"] = Normaliser(exchange.after, request_text, started).value(exchange.calls)
    return kept


def requests_of(steps: list[dict[str, Any]]) -> str:
    return json.dumps([step["request"] for step in steps], ensure_ascii=False)


class Normaliser:
    """Replaces captured values by `${name}` and what differs from run to run by matchers.

    A date is the server's own, and volatile, when it is not before `started` (ISO).
    """

    def __init__(self, variables: Variables, request_text: str, started: str) -> None:
        self._request_text = request_text
        self._started = started
        first_names: dict[str, str] = {}
        for name, value in variables.items():
            first_names.setdefault(value, name)
        self._names = dict(sorted(first_names.items(), key=lambda pair: -len(pair[0])))

    def value(self, value: JSONValue, key: str = "") -> JSONValue:
        if isinstance(value, dict):
            # The reference adds the fields of a class concurrently: their order is chance.
            members = sorted(value.items()) if key == "fields" else value.items()
            return {self._named(name): self.value(item, name) for name, item in members}
        if isinstance(value, list):
            return [self.value(item) for item in value]
        if isinstance(value, str):
            return self._string(value, key)
        return value

    def _string(self, value: str, key: str) -> str:
        named = self._named(value)
        if named != value or value in self._request_text:
            return named
        if DATE.fullmatch(value):
            return "<date>" if value >= self._started else value
        matchers = ("<token>", "<hash>", *VOLATILE_KEYS.get(key, ()))
        return next((name for name in matchers if re.fullmatch(MATCHERS[name], value)), value)

    def _named(self, value: str) -> str:
        for captured, name in self._names.items():
            value = value.replace(captured, f"${{{name}}}")
        return PREFIX.sub("<prefix>", value)


def _headers(exchange: Exchange, normalise: Normaliser) -> JSONObject:
    answer = exchange.answer
    kept: JSONObject = {}
    content_type = answer.headers.get("Content-Type")
    expected_type = JSON_CONTENT_TYPE if exchange.is_json else None
    if content_type != expected_type:
        kept["Content-Type"] = content_type
    sent = [name for name in ALWAYS_RECORDED if name in answer.headers]
    for name in [*sent, *exchange.step.get("record_headers", [])]:
        kept[name] = _header(name, answer.headers.get(name), exchange.body, normalise)
    return kept


def _header(name: str, value: str | None, body: JSONValue, normalise: Normaliser) -> JSONValue:
    if value is None:
        return None
    if name == "ETag":
        return "<etag>"
    own_id = body.get("objectId") if isinstance(body, dict) else None
    named = str(normalise.value(value))
    if isinstance(own_id, str):
        return named.replace(own_id, str(normalise.value(own_id, "objectId")))
    return named
