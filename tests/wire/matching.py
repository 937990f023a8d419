"""Compares an answer with what a fixture expects."""

import re
from collections.abc import Collection, Iterator

from parsepy.types import JSONObject, JSONValue
from tests.wire.player import Exchange
from tests.wire.variables import substitute

JSON_CONTENT_TYPE = "application/json; charset=utf-8"
MATCHERS = {
    "<objectId>": r"[A-Za-z0-9]{10}",
    "<objectId16>": r"[A-Za-z0-9]{16}",
    "<date>": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z",
    "<token>": r"r:[0-9a-f]{32}",
    "<username>": r"[A-Za-z0-9]{25}",
    "<mailToken>": r"[A-Za-z0-9]{25}",
    "<recovery>": r"[A-Za-z0-9]{30}, [A-Za-z0-9]{30}",
    "<hash>": r"\$2[aby]\$10\$[./A-Za-z0-9]{53}",
    "<prefix>": r"[0-9a-f]{32}_",
    "<etag>": r'W/"[^"]+"',
    "<text>": r"[\s\S]+",
}
MATCHER = re.compile("|".join(MATCHERS))
# A value that was known before the request would have been recorded by the name of its variable.
NEW = frozenset({"<objectId>", "<objectId16>", "<token>", "<mailToken>"})


def differences(exchange: Exchange, expected: JSONObject) -> list[str]:
    """Say in one line each how the answer differs; an empty list means that it is as expected."""
    return [
        *_status(exchange, expected),
        *_headers(exchange, expected),
        *_body(exchange, expected),
        *_calls(exchange, expected),
    ]


def compare(
    place: str, wanted: JSONValue, got: JSONValue, known: Collection[str] = ()
) -> Iterator[str]:
    """Yield the differences of two JSON values; strings of `wanted` may hold matchers.

    Numbers are compared with their spelling: 1 and 1.0 differ, as they do on the wire. Matchers of
    ids and tokens match none of the `known` ones.
    """
    if isinstance(wanted, dict) and isinstance(got, dict):
        yield from _compare_objects(place, wanted, got, known)
    elif isinstance(wanted, list) and isinstance(got, list) and len(wanted) == len(got):
        for index, (item, other) in enumerate(zip(wanted, got, strict=True)):
            yield from compare(f"{place}.{index}", item, other, known)
    elif isinstance(wanted, str) and wanted in NEW and got in known:
        yield f"{place}: expected a new {wanted}, got {got!r} again"
    elif not _same(wanted, got):
        yield f"{place}: expected {wanted!r}, got {got!r}"


def _compare_objects(
    place: str, wanted: JSONObject, got: JSONObject, known: Collection[str]
) -> Iterator[str]:
    for key in wanted.keys() - got.keys():
        yield f"{place}.{key}: expected {wanted[key]!r}, missing"
    for key in got.keys() - wanted.keys():
        yield f"{place}.{key}: not expected, got {got[key]!r}"
    for key in wanted.keys() & got.keys():
        yield from compare(f"{place}.{key}", wanted[key], got[key], known)


def _same(wanted: JSONValue, got: JSONValue) -> bool:
    if isinstance(wanted, str) and isinstance(got, str) and MATCHER.search(wanted):
        return re.fullmatch(_pattern(wanted), got) is not None
    return type(wanted) is type(got) and wanted == got


def _pattern(wanted: str) -> str:
    literals = [re.escape(part) for part in MATCHER.split(wanted)]
    matchers = [MATCHERS[name] for name in MATCHER.findall(wanted)]
    return "".join(part for pair in zip(literals, [*matchers, ""], strict=True) for part in pair)


def _body(exchange: Exchange, expected: JSONObject) -> Iterator[str]:
    if "text" in expected:
        wanted = substitute(expected["text"], exchange.before)
        yield from compare("text", wanted, exchange.answer.text)
    elif exchange.is_json:
        wanted = substitute(expected["json"], exchange.before)
        yield from compare("body", wanted, exchange.body, exchange.before.values())
    else:
        yield f"body: expected JSON, got {exchange.answer.text!r}"


def _calls(exchange: Exchange, expected: JSONObject) -> Iterator[str]:
    """An answer of ours that says nothing of calls has those of the reference."""
    recorded: JSONObject = exchange.step.get("response", {})
    wanted = substitute(expected.get("calls", recorded.get("calls", [])), exchange.after)
    yield from compare("calls", wanted, exchange.calls, exchange.before.values())


def _status(exchange: Exchange, expected: JSONObject) -> Iterator[str]:
    if exchange.answer.status_code != expected["status"]:
        yield f"status: expected {expected['status']}, got {exchange.answer.status_code}"


def _headers(exchange: Exchange, expected: JSONObject) -> Iterator[str]:
    listed = substitute(expected.get("headers", {}), exchange.after)
    assert isinstance(listed, dict)
    if "json" in expected:
        listed = {"Content-Type": JSON_CONTENT_TYPE, **listed}
    for name, wanted in listed.items():
        # The reference sends a few JSON bodies without naming the type: nothing to insist on.
        if name == "Content-Type" and wanted is None:
            continue
        yield from compare(f"header {name}", wanted, exchange.answer.headers.get(name))
