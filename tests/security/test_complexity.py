"""Bounds: judged on the raw request, before the work that they bound, by every door."""

import gzip
import json
import zlib

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, TRANSPORTS, Door
from tests.support.local_app import URL, LocalApp, local_app

pytestmark = pytest.mark.anyio

JSON = {"X-Parse-Application-Id": "app", "Content-Type": "application/json"}
LIMITS = {"queryDepth": 2, "includeDepth": 2, "includeCount": 3, "allowRegex": False}


def _nested(operator: str, levels: int) -> dict[str, object]:
    where: dict[str, object] = {"a": 1}
    for _ in range(levels):
        where = {operator: [where]}
    return where


@pytest.mark.parametrize(
    "parameters",
    [
        {"where": _nested("$or", 3)},
        {"where": _nested("$and", 3)},
        {"where": {"$or": [{"a": 1}, _nested("$nor", 2)]}},
        {"where": {"b": 1, "$and": [{"c": 1}, {"d": 2, **_nested("$or", 2)}]}},
        {"where": {"a": {"$regex": "x"}}},
        {"where": {"$or": [{"a": 1}, {"b": {"$regex": "^\\Qx\\E"}}]}},
        {"where": {"a": {"$all": [{"$regex": "^\\Qx\\E"}]}}},
        {"include": "a.b.c"},
        {"include": "a,b,c,d"},
        {"include": "a.b,c.d"},
        {"keys": "a.b.c.d"},
    ],
    ids=str,
)
async def test_rule_request_complexity_is_checked_on_the_raw_request(
    transport: Door, parameters: dict[str, object]
) -> None:
    async with local_app(requestComplexity=LIMITS) as app:
        await app.create("Game", {"a": 1})
        app.storage.taken_calls()
        reply = await transport.ask(app, "GET", "/classes/Game", parameters)
        calls = app.storage.taken_calls()
        as_master = await transport.ask(app, "GET", "/classes/Game", parameters, who=MASTER)

    assert reply.code == 102
    assert "find" not in calls
    assert as_master.ok


async def test_rule_batches_are_bounded(transport: Door) -> None:
    async with local_app(requestComplexity={"batchRequestLimit": 2}) as app:
        request = {"method": "POST", "path": "/parse/classes/Game", "body": {"a": 1}}
        if transport.name.startswith("batch"):
            refused = await transport.ask(app, "POST", "/batch", {"requests": [request]})
        else:
            refused = await transport.ask(app, "POST", "/batch", {"requests": [request] * 3})
        assert refused.code == 107
        assert await app.find("Game", {}) == []


async def test_rule_nested_batches_are_refused(app: LocalApp, transport: Door) -> None:
    inner = {"method": "POST", "path": "/parse/classes/Game", "body": {"a": 1}}
    for path in ("batch", "BATCH", "batch/", "/batch", "%62atch", "b%61tch/", "batch?x=1"):
        outer = {"method": "POST", "path": f"/parse/{path}", "body": {"requests": [inner]}}
        reply = await transport.ask(app, "POST", "/batch", {"requests": [outer]})
        assert reply.code == 107, path
    assert await app.find("Game", {}) == []


DEEP_BODIES = {
    "lists": b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "unclosed lists": b'{"a":' + b"[" * 100_000,
    "objects": b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
    "just too deep": b'{"a":' * 200 + b"1" + b"}" * 200,
    "with a lone surrogate": b'{"s":"\\ud800","a":' + b"[" * 20_000 + b"]" * 20_000 + b"}",
    "as the text of a where": json.dumps(
        {"_method": "GET", "where": '{"$or":[' * 5_000 + "{}" + "]}" * 5_000}
    ).encode(),
}


@pytest.mark.parametrize("shape", DEEP_BODIES)
async def test_rule_nesting_of_thousands_of_levels_ends_in_an_error(
    app: LocalApp, shape: str
) -> None:
    for path in ("/classes/Game", "/users", "/login", "/batch", "/sessions", "/schemas"):
        answer = await app.client.post(f"{URL}{path}", content=DEEP_BODIES[shape], headers=JSON)
        assert 400 <= answer.status_code < 500, path
    assert await app.find("Game", {}) == []


@pytest.mark.parametrize("operator", ["$or", "$and", "$nor"])
async def test_rule_nested_conditions_end_in_an_answer(stored: LocalApp, operator: str) -> None:
    await stored.create("Game", {"a": 1})
    for levels in (10, 30, 45, 60, 63):
        for branches in (1, 2):
            where = _nested(operator, levels)
            parameters = {"where": {operator: [where] * branches}}
            for transport in TRANSPORTS[1:]:
                reply = await transport.ask(stored, "GET", "/classes/Game", parameters)
                assert reply.ok or (reply.code != 1 and isinstance(reply.error, str)), levels


async def test_rule_values_at_the_bound_are_stored_and_read(stored: LocalApp) -> None:
    for levels in (50, 90, 120):
        value: object = 1
        for _ in range(levels):
            value = [value]
        reply = await HEADERS.ask(stored, "POST", "/classes/Game", {"map": {"a": value}})
        assert reply.ok or reply.code in (107, 111)
    found = await stored.find("Game", {})
    assert found


async def test_rule_lists_of_paths_are_bounded(app: LocalApp, transport: Door) -> None:
    await app.create("Game", {"a": 1})
    deep = ".".join("a" * 100)
    many = ",".join(f"a{place}" for place in range(2_000))
    for name in ("keys", "include", "excludeKeys", "order"):
        for text in (deep, many, [deep], [many]):
            if transport is HEADERS and text in (many, [many]):
                # Too long for an address.
                continue
            reply = await transport.ask(app, "GET", "/classes/Game", {name: text})
            assert reply.code in (102, 105), (name, str(text)[:20])


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_rule_bounds_hold_for_compressed_bytes_after_inflation(encoding: str) -> None:
    compress = gzip.compress if encoding == "gzip" else zlib.compress
    content = compress(b'{"a":"' + b"x" * 10_000_000 + b'"}')
    async with local_app(maxUploadSize="100kb") as app:
        assert len(content) < 100_000
        headers = {**JSON, "Content-Encoding": encoding}
        answer = await app.client.post(f"{URL}/classes/Game", content=content, headers=headers)

    assert answer.status_code == 413
    assert answer.json() == {"error": "request entity too large"}


async def test_rule_bounds_hold_on_wire_bytes() -> None:
    async with local_app(maxUploadSize="100kb") as app:
        parts = b"--x\r\n\r\n\r\n" * 20_000
        for content_type in ("multipart/form-data; boundary=x", "application/json", "text/plain"):
            headers = {**JSON, "Content-Type": content_type}
            answer = await app.client.post(f"{URL}/classes/Game", content=parts, headers=headers)
            assert answer.status_code == 413


async def test_rule_the_number_of_parameters_is_bounded(app: LocalApp) -> None:
    text = "&".join(f"a{place}=1" for place in range(5_000))
    form = {**JSON, "Content-Type": "application/x-www-form-urlencoded"}

    in_form = await app.client.post(f"{URL}/classes/Game", content=text.encode(), headers=form)
    in_query = await app.client.get(f"{URL}/classes/Game?{text}", headers=JSON)

    assert (in_form.status_code, in_query.status_code) == (400, 400)


COSTLY_PATTERNS = [
    *("(a+)+$", "(a|aa)+$", "^(([a-z])+.)+[A-Z]([a-z])+$", "(.*)*x", "(?!b)(a+)+$", "(a+)+\\1$"),
    *("^(a?){40}a{40}$", "(?=(a+)+$)b", "((a*)*)*$"),
]


async def test_rule_costly_patterns_end_in_an_answer(stored: LocalApp) -> None:
    await stored.create("Game", {"name": "a" * 60 + "!"})
    for pattern in COSTLY_PATTERNS:
        where = {"name": {"$regex": pattern}}
        reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"where": where})
        assert reply.ok or reply.code == 102, pattern


@pytest.mark.parametrize(
    "name", ["X-Parse-Client-Version", "Content-Type", "X-Parse-Session-Token", "If-None-Match"]
)
async def test_rule_no_header_is_read_by_backtracking(app: LocalApp, name: str) -> None:
    for value in ("i" * 50_000, "js" + "1." * 25_000, "; " * 25_000, " ," * 25_000):
        answer = await app.client.get(f"{URL}/classes/Game", headers={**JSON, name: value})
        assert answer.status_code < 500


async def test_rule_an_index_far_behind_the_end_of_a_list_is_refused(stored: LocalApp) -> None:
    game = await stored.create("Game", {"list": [1]})
    for path in ("list.1000000000", "list.99999999999999999999", "list.0" + "0" * 30 + "99999999"):
        for who in (NOBODY, MASTER):
            reply = await HEADERS.ask(stored, "PUT", f"/classes/Game/{game}", {path: 1}, who=who)
            assert reply.code in (105, 111), path
    assert (await stored.find("Game", {}))[0]["list"] == [1]
