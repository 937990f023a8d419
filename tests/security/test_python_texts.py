"""JSON, texts, addresses and headers, where Python reads otherwise than the wire does."""

import pytest

from tests.security.doors import HEADERS, MASTER
from tests.support.local_app import URL, LocalApp

pytestmark = pytest.mark.anyio

JSON = {"X-Parse-Application-Id": "app", "Content-Type": "application/json"}
ODD_TEXTS = ["\0", "a\0b", "\x01", "\x7f", "\ufffe", "\U0010ffff", "\u202e", "é", "\r\n"]


NO_JSON = [
    *(
        b"NaN",
        b"Infinity",
        b"-Infinity",
        b"1e400",
        b"-1e400",
        b"1" * 5_000,
        b"0x10",
        b"1_000",
        b"01",
    ),
    *(b"'a'", b"+1", b".5", b"1.", b"True", b"None", b"[1,]", b'"\x01"', b'"\xff"', b'"\\x41"'),
]


@pytest.mark.parametrize("surrogate", ["", '"s":"\\ud800",'], ids=["strictly", "leniently"])
async def test_rule_only_strict_json_is_read(app: LocalApp, surrogate: str) -> None:
    for text in NO_JSON:
        content = b"{" + surrogate.encode() + b'"a":' + text + b"}"
        for path in ("/classes/Game", "/users", "/batch"):
            answer = await app.client.post(f"{URL}{path}", content=content, headers=JSON)
            assert answer.status_code == 400, content[:40]
            assert isinstance(answer.json()["error"], str)
        for name in ("where", "limit", "_context"):
            body = b'{"_method":"GET","' + name.encode() + b'":' + text + b"}"
            answer = await app.client.post(f"{URL}/classes/Game", content=body, headers=JSON)
            assert answer.status_code == 400
    assert await app.find("Game", {}) == []


async def test_rule_of_keys_that_come_twice_the_last_one_counts(app: LocalApp) -> None:
    content = b'{"a":{"constructor":1},"a":1,"_ApplicationId":"x","_ApplicationId":"app"}'
    headers = {"Content-Type": "text/plain"}

    answer = await app.client.post(f"{URL}/classes/Game", content=content, headers=headers)

    assert answer.status_code == 201
    assert [game["a"] for game in await app.find("Game", {})] == [1]


async def test_rule_odd_characters_are_data_or_refused(stored: LocalApp) -> None:
    for text in ODD_TEXTS:
        for body in (
            {"name": text},
            {text: 1},
            {"map": {text: 1}},
            {"map": {"a": text}},
            {"list": [text]},
            {f"map.{text}": 1},
            {"owner": {"__type": "Pointer", "className": "Game", "objectId": text}},
            {"owner": {"__type": "Pointer", "className": text, "objectId": "x"}},
            {"file": {"__type": "File", "name": text}},
            {"ACL": {text: {"read": True}}},
        ):
            reply = await HEADERS.ask(stored, "POST", "/classes/Game", body)
            assert reply.ok or reply.code in (105, 107, 111, 121, 123), body
        for where in ({"name": text}, {text: 1}, {"objectId": text}, {"name": {"$regex": text}}):
            reply = await HEADERS.ask(stored, "GET", "/classes/Game", {"where": where})
            assert reply.ok or reply.code in (102, 105, 107), where
        account = {"username": text, "password": text, "email": f"{text}@parse.test"}
        for path in ("/users", "/login"):
            reply = await HEADERS.ask(stored, "POST", path, account)
            assert reply.ok or reply.code in (101, 125, 200, 202), account
    assert (await HEADERS.ask(stored, "GET", "/classes/Game", {"order": "name"}, who=MASTER)).ok


SURROGATES = [b'"\\ud800"', b'"\\udfff\\ud800"', b'"a\\ud83d"', b'"\\ude00x"']


async def test_rule_lone_surrogates_are_replaced_or_refused(stored: LocalApp) -> None:
    for text in SURROGATES:
        for shape in (b'{"name":%b}', b"{%b:1}", b'{"map":{%b:%b}}', b'{"list":[%b]}'):
            content = shape % ((text,) * shape.count(b"%b"))
            answer = await stored.client.post(f"{URL}/classes/Game", content=content, headers=JSON)
            assert answer.status_code in (201, 400), content
        for shape in (b'{"name":%b}', b'{"objectId":{"$in":[%b]}}', b'{"name":{"$regex":%b}}'):
            content = b'{"_method":"GET","where":' + shape % text + b"}"
            answer = await stored.client.post(f"{URL}/classes/Game", content=content, headers=JSON)
            assert answer.status_code in (200, 400), content
        account = b'{"username":%b,"password":%b}' % (text, text)
        for path in ("/users", "/login"):
            answer = await stored.client.post(f"{URL}{path}", content=account, headers=JSON)
            assert answer.status_code in (201, 200, 400, 404), path
    assert (await stored.send("GET", "/classes/Game")).status_code == 200


ODD_ADDRESSES = [
    *("%00", "a%00b", "%ff", "%C3%28", "%ED%A0%80", "%zz", "%", "%0", "%F4%90%80%80", "%c0%ae"),
    *("%2e%2e", "%2F", "%5C", "%3Fwhere=1", "%23", "%20", "%0d%0a", "%E2%80%AE", "a" * 5_000),
]


async def test_rule_odd_addresses_end_in_an_error(stored: LocalApp) -> None:
    for part in ODD_ADDRESSES:
        for path in (f"/classes/{part}", f"/classes/Game/{part}", f"/users/{part}", f"/{part}"):
            for method in ("GET", "PUT", "DELETE"):
                answer = await stored.send(method, path, {} if method == "PUT" else None)
                empty = answer.status_code == 200 and answer.json() == {"results": []}
                assert 400 <= answer.status_code < 500 or empty, (method, path)
        for name in ("where", "order", "limit", "keys", part):
            answer = await stored.send("GET", f"/classes/Game?{name}={part}")
            assert answer.status_code < 500, (name, part)


HEADER_NAMES = [
    *("X-Parse-Application-Id", "X-Parse-Master-Key", "X-Parse-Session-Token", "Authorization"),
    *("X-Parse-Installation-Id", "X-Parse-Cloud-Context", "X-Parse-Maintenance-Key", "Origin"),
    *("X-Parse-REST-API-Key", "X-Parse-Client-Version", "X-Forwarded-For", "X-Forwarded-Proto"),
    *("If-None-Match", "Cache-Control", "Content-Type", "Content-Encoding", "Content-Length"),
]


async def test_rule_header_bytes_are_latin_1_and_never_an_error_of_ours(app: LocalApp) -> None:
    for name in HEADER_NAMES:
        for value in (b"\xe9\xff", b"Basic \xff", b"\x80=\x81;\x82", b"\xed\xa0\x80", b"9" * 5_000):
            for method, path in (("GET", "/classes/Game"), ("POST", "/classes/Game")):
                headers = {k.encode(): v.encode() for k, v in JSON.items() if k != name}
                headers[name.encode()] = value
                request = app.client.build_request(
                    method,
                    f"{URL}{path}",
                    headers=headers,
                    content=b"{}" if method == "POST" else b"",
                )
                answer = await app.client.send(request)
                assert answer.status_code < 500, (name, value)
