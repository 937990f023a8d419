"""Options of an index live in the index itself: parse-server passes over them and keeps them."""

import pytest

from parsepy.types import JSONObject
from tests.storage.mongodb.two_servers import PARSE_SERVER, PARSEPY, Servers

pytestmark = pytest.mark.anyio

OPTIONS: JSONObject = {
    "once": {"unique": True, "sparse": True},
    "gone": {"expireAfterSeconds": 86400},
}
KEYS: JSONObject = {"once": {"code": 1}, "gone": {"at": 1}}
FIELDS: JSONObject = {"code": {"type": "String"}, "at": {"type": "Date"}}
BODY: JSONObject = {"fields": FIELDS, "indexes": KEYS, "indexOptions": OPTIONS}


async def test_options_outlive_changes_by_parse_server(servers: Servers) -> None:
    path = "/schemas/Ticket"
    await servers.ask(PARSEPY, "POST", path, BODY)
    seen = await servers.ask(PARSE_SERVER, "GET", path)
    change: JSONObject = {
        "fields": {"more": {"type": "Number"}},
        "indexes": {"by_more": {"more": 1}},
    }
    await servers.ask(PARSE_SERVER, "PUT", path, change)

    found = await servers.ask(PARSEPY, "GET", path)

    assert {name: seen["indexes"][name] for name in KEYS} == KEYS
    assert found["indexOptions"] == OPTIONS
    assert found["indexes"]["by_more"] == {"more": 1}


async def test_an_index_binds_both_servers(servers: Servers) -> None:
    await servers.ask(PARSEPY, "POST", "/schemas/Coupon", BODY)
    await servers.ask(PARSE_SERVER, "POST", "/classes/Coupon", {"code": "a"})

    refused = [
        await servers.send(server, "POST", "/classes/Coupon", {"code": "a"})
        for server in (PARSE_SERVER, PARSEPY)
    ]

    assert [answer.json()["code"] for answer in refused] == [137, 137]


async def test_an_index_that_parse_server_drops_takes_its_options_along(servers: Servers) -> None:
    path = "/schemas/Voucher"
    await servers.ask(PARSEPY, "POST", path, BODY)
    await servers.ask(PARSE_SERVER, "PUT", path, {"indexes": {"once": {"__op": "Delete"}}})
    await servers.ask(PARSE_SERVER, "PUT", path, {"indexes": {"once": {"code": 1}}})

    found = await servers.ask(PARSEPY, "GET", path)

    assert found["indexes"]["once"] == KEYS["once"]
    assert found["indexOptions"] == {"gone": OPTIONS["gone"]}
