"""Security sheet, section 11: limits, batches, routes; and what section 8 says of denied data.

Limits and the route list are the server's edge: every transport has to meet them there.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.security.doors import HEADERS, MASTER, NOBODY, TRANSPORTS, Door, Who, session
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio
HOUR = 3_600_000
FAR = ("203.0.113.7", 40000)
FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "True-Client-IP", "CF-Connecting-IP")


@asynccontextmanager
async def limited(**rule: object) -> AsyncIterator[LocalApp]:
    """One request an hour to `/classes/Game`, from far away."""
    whole = {"requestPath": "/classes/Game", "requestTimeWindow": HOUR, "requestCount": 1, **rule}
    options: dict[str, Any] = {"masterKeyIps": ["0.0.0.0/0", "::0"], "rateLimit": whole}
    async with local_app(client_address=FAR, **options) as app:
        yield app


async def _is_refused(door: Door, app: LocalApp, path: str = "/classes/Game", **more: Any) -> bool:
    reply = await door.ask(app, "GET", path, **more)
    return reply.code == 100


async def test_rule_a_limit_holds_by_every_transport(transport: Door) -> None:
    async with limited() as app:
        assert not await _is_refused(HEADERS, app)
        assert await _is_refused(transport, app)


async def test_rule_a_request_by_any_transport_is_counted(transport: Door) -> None:
    async with limited() as app:
        await transport.ask(app, "GET", "/classes/Game")
        assert await _is_refused(HEADERS, app)


@pytest.mark.parametrize("header", FORWARDED)
async def test_rule_the_key_is_the_peer_address(transport: Door, header: str) -> None:
    async with limited() as app:
        for number in range(2):
            spoofed = {header: f"10.0.0.{number}"}
            refused = await _is_refused(transport, app, headers=spoofed)
    assert refused


async def test_rule_nobody_becomes_internal_by_a_header(transport: Door) -> None:
    async with limited() as app:
        for _ in range(2):
            refused = await _is_refused(transport, app, headers={"X-Forwarded-For": "127.0.0.1"})
    assert refused


SPELLINGS = ["/classes/Game/", "/CLASSES/Game", "/classes/G%61me", "/Classes/Game/"]


@pytest.mark.parametrize("path", SPELLINGS)
async def test_rule_paths_are_compared_after_decoding(transport: Door, path: str) -> None:
    async with limited() as app:
        await HEADERS.ask(app, "GET", "/classes/Game")
        assert await _is_refused(transport, app, path)


async def test_rule_the_overriding_method_counts() -> None:
    async with limited(requestMethods=["DELETE"]) as app:
        for method in ("DELETE", "delete", "Delete"):
            reply = await HEADERS.ask(app, "POST", "/classes/Game", {"_method": method})
        assert not await _is_refused(HEADERS, app)
    assert reply.code == 100


@pytest.mark.parametrize("method", ["GeT", "get", "GET"])
async def test_rule_an_override_in_odd_case_is_the_same_method(method: str) -> None:
    async with limited(requestMethods=["GET"]) as app:
        await HEADERS.ask(app, "POST", "/classes/Game", {"_method": method})
        assert await _is_refused(HEADERS, app)


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "__proto__", "GETS", "GET POST", "\u0131"])
async def test_rule_an_override_outside_the_list_is_no_route(app: LocalApp, method: str) -> None:
    await app.create("Game", {"a": 1})
    answer = await app.send("POST", "/classes/Game", {"_method": method, "a": 2})
    assert answer.status_code == 404
    assert len(await app.find("Game", {})) == 1


async def test_rule_each_sub_request_is_a_request() -> None:
    async with limited(requestCount=2) as app:
        sub = {"method": "POST", "path": "/parse/classes/Game", "body": {"a": 1}}
        for transport in TRANSPORTS:
            if transport.name.startswith("batch"):
                continue
            reply = await transport.ask(app, "POST", "/batch", {"requests": [sub] * 3})
            assert reply.code == 100, transport.name
        assert await app.find("Game", {}, master=True) == []


@pytest.mark.parametrize("zone", ["user", "session"])
async def test_rule_only_a_verified_user_has_an_account_of_his_own(
    transport: Door, zone: str
) -> None:
    async with limited(zone=zone) as app:
        ann = session(await app.sign_up())
        assert not await _is_refused(transport, app, who=ann)
        assert await _is_refused(transport, app, who=ann)
        assert not await _is_refused(transport, app, who=NOBODY)
        assert await _is_refused(transport, app, who=NOBODY)


async def test_rule_a_wrong_token_counts_against_the_address(transport: Door) -> None:
    async with limited(zone="user", requestPath="/*path", requestCount=3) as app:
        for number in range(4):
            who = Who(session_token=f"r:{number:032x}")
            await transport.ask(app, "GET", "/classes/Game", who=who)
        assert await _is_refused(HEADERS, app)


# -- the route list


@asynccontextmanager
async def opened(*patterns: str) -> AsyncIterator[LocalApp]:
    async with local_app(routeAllowList=[*patterns, "batch"]) as app:
        yield app


CLOSED = [
    *("/classes/Secret", "/classes/Secret/", "/CLASSES/Secret", "/classes/S%65cret"),
    *("/users", "/Users/", "/%75sers", "/classes/Games", "/classes/Game/x", "/schemas"),
]


@pytest.mark.parametrize("path", CLOSED)
async def test_rule_a_route_that_is_not_listed_is_closed(transport: Door, path: str) -> None:
    async with opened("classes/Game") as app:
        reply = await transport.ask(app, "GET", path)
        assert (reply.code, reply.error) == (119, "Permission denied")


async def test_rule_a_listed_route_is_open(transport: Door) -> None:
    async with opened("classes/Game") as app:
        assert (await transport.ask(app, "GET", "/classes/Game")).ok
        assert (await transport.ask(app, "GET", "/users", who=MASTER)).ok


# -- denied data (section 8)


async def test_rule_denied_data_is_found_wherever_it_stands(transport: Door) -> None:
    rules: list[Mapping[str, object]] = [{"key": "^bad$"}, {"value": "^evil$"}]
    bodies: list[dict[str, object]] = [
        {"bad": 1},
        {"a.bad": 1},
        {"a.bad.b": {"__op": "Increment", "amount": 1}},
        {"m": {"x": {"y": 1}, "bad": 1}},
        {"l": [[[{"bad": 1}]]]},
        {"l": {"__op": "AddUnique", "objects": [{"bad": 1}]}},
        {"t": "evil"},
        {"l": {"__op": "Remove", "objects": ["evil"]}},
        {"l": [["evil"]]},
    ]
    async with local_app(requestKeywordDenylist=rules) as app:
        game = await app.create("Game", {"ok": 1})
        for body in bodies:
            for who in (NOBODY, MASTER):
                for method, path in (("POST", "/classes/Game"), ("PUT", f"/classes/Game/{game}")):
                    reply = await transport.ask(app, method, path, body, who=who)
                    assert reply.code == 105, (method, body)
        assert len(await app.find("Game", {})) == 1


async def test_rule_an_address_of_a_foreign_file_is_refused(transport: Door) -> None:
    url = "https://evil.example\\@good.example/x"
    file = {"__type": "File", "name": "x", "url": url}
    async with local_app(fileUpload={"allowedFileUrlDomains": ["good.example"]}) as app:
        game = await app.create("Game", {"ok": 1})
        for body in ({"f": file}, {"m": {"l": [file]}}, {"l": {"__op": "Add", "objects": [file]}}):
            for method, path in (("POST", "/classes/Game"), ("PUT", f"/classes/Game/{game}")):
                reply = await transport.ask(app, method, path, body, who=MASTER)
                assert reply.code == 130, (method, body)
        reply = await transport.ask(
            app, "POST", "/users", {"username": "a", "password": "b", "f": file}
        )
        assert reply.code == 130


# -- sub-queries (section 9)


def _subquery(operator: str, where: object) -> dict[str, object]:
    inner = {"className": "Game", "where": where}
    selects = operator in ("$select", "$dontSelect")
    return {"a": {operator: {"query": inner, "key": "a"} if selects else inner}}


@pytest.mark.parametrize("outer", ["$inQuery", "$notInQuery", "$select", "$dontSelect"])
@pytest.mark.parametrize("inner", ["$inQuery", "$select"])
async def test_rule_subqueries_are_bounded_before_one_is_run(outer: str, inner: str) -> None:
    where = _subquery(outer, _subquery(inner, {"a": 1}))
    async with local_app(requestComplexity={"subqueryDepth": 1}) as app:
        await app.create("Game", {"a": 1})
        app.storage.taken_calls()
        for transport in TRANSPORTS:
            for more in ({}, {"count": 1, "limit": 0}):
                for path in ("/classes/Game", "/users"):
                    reply = await transport.ask(app, "GET", path, {"where": where, **more})
                    assert reply.code == 102, (transport.name, path)
        assert app.storage.taken_calls() == []
        assert (await HEADERS.ask(app, "GET", "/classes/Game", {"where": where}, who=MASTER)).ok
