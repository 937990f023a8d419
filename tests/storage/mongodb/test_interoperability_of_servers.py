"""parse-server and parsepy on one database, each asked over HTTP, in turns."""

import json
from typing import Any

import pytest
from pymongo import AsyncMongoClient

from parsepy.protocol.values import pointer
from parsepy.types import JSONObject
from tests.storage.mongodb.samples import BLOB, DAY, OBJECT_OF_ALL_TYPES, PICTURE, PLACE, POINTER
from tests.storage.mongodb.two_servers import BOTH_WAYS, Servers

pytestmark = pytest.mark.anyio

USED: JSONObject = {"__type": "Date", "iso": "2026-01-02T03:04:05.678Z"}
FIELDS = ("s", "n", "big", "b", "d", "by", "ptr", "obj", "geo", "poly", "file", "ACL")


def comparable(answer: dict[str, Any]) -> str:
    """The fields of the sample; the address of a file is each server's own."""
    fields = {name: answer[name] for name in FIELDS}
    fields["file"] = {key: value for key, value in fields["file"].items() if key != "url"}
    return json.dumps(fields, sort_keys=True)


@BOTH_WAYS
async def test_object_of_all_types_goes_from_one_to_the_other_and_back(
    servers: Servers, first: str, second: str
) -> None:
    class_name = f"AllTypesOf{first.replace('-', '')}"
    written: JSONObject = {name: OBJECT_OF_ALL_TYPES[name] for name in FIELDS}
    written["arr"] = [1, POINTER, DAY, PLACE]
    written["rel"] = {"__op": "AddRelation", "objects": [POINTER]}

    made = await servers.ask(first, "POST", f"/classes/{class_name}", written)
    path = f"/classes/{class_name}/{made['objectId']}"
    seen_by_first = await servers.ask(first, "GET", path)
    seen_by_second = await servers.ask(second, "GET", path)
    changes: JSONObject = {
        "n": {"__op": "Increment", "amount": 2},
        "arr": {"__op": "AddUnique", "objects": [POINTER, DAY, 2]},
        "ptr": {"__op": "Delete"},
        "later": pointer("B", "1"),
    }
    await servers.ask(second, "PUT", path, changes)
    after = await servers.ask(first, "GET", path)

    assert comparable(seen_by_first) == comparable(seen_by_second)
    assert comparable(seen_by_first) == comparable({**written, "file": PICTURE})
    assert seen_by_first["createdAt"] == seen_by_second["createdAt"] == made["createdAt"]
    assert seen_by_second["rel"] == {"__type": "Relation", "className": "A"}
    assert after["n"] == 3.5
    assert after["arr"] == [1, POINTER, DAY, PLACE, 2]
    assert "ptr" not in after
    both = [
        await servers.ask(server, "GET", f"/schemas/{class_name}") for server in (first, second)
    ]
    assert both[0]["fields"] == both[1]["fields"]
    assert both[0]["fields"]["later"] == {"type": "Pointer", "targetClass": "B"}


@BOTH_WAYS
async def test_account_of_one_is_known_to_the_other(
    servers: Servers, first: str, second: str
) -> None:
    name = f"user of {first}"
    account: JSONObject = {"username": name, "password": "s3cret"}

    made = await servers.ask(first, "POST", "/users", account, session="")
    token = made["sessionToken"]
    me = await servers.ask(second, "GET", "/users/me", session=token)
    again = await servers.ask(second, "POST", "/login", account, session="")
    private: JSONObject = {"ACL": {made["objectId"]: {"read": True}}, "blob": BLOB}
    secret = await servers.ask(second, "POST", "/classes/Secret", private)
    query = {"where": json.dumps({"objectId": secret["objectId"]})}
    for server in (first, second):
        mine = await servers.ask(server, "GET", "/classes/Secret", session=token, **query)
        nobodys = await servers.ask(server, "GET", "/classes/Secret", session="", **query)
        assert [row["blob"] for row in mine["results"]] == [BLOB]
        assert nobodys["results"] == []

    assert me["objectId"] == again["objectId"] == made["objectId"]
    await servers.ask(second, "POST", "/logout", {}, session=again["sessionToken"])
    sessions = await servers.ask(first, "GET", "/sessions")
    assert again["sessionToken"] not in json.dumps(sessions)


@BOTH_WAYS
async def test_schema_with_permissions_and_defaults_holds_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    class_name = f"Rules{first.replace('-', '')}"
    rules: JSONObject = {"find": {"*": True}, "get": {"*": True}, "create": {"*": True}}
    definition: JSONObject = {
        "className": class_name,
        "fields": {
            "s": {"type": "String", "required": True, "defaultValue": "x"},
            "d": {"type": "Date", "defaultValue": DAY},
        },
        "classLevelPermissions": rules,
    }

    await servers.ask(first, "POST", f"/schemas/{class_name}", definition)
    made = await servers.ask(second, "POST", f"/classes/{class_name}", {}, session="")

    described = [await servers.ask(at, "GET", f"/schemas/{class_name}") for at in (first, second)]
    assert described[0]["fields"] == described[1]["fields"]
    assert described[0]["classLevelPermissions"] == described[1]["classLevelPermissions"]
    row = await servers.ask(first, "GET", f"/classes/{class_name}/{made['objectId']}", session="")
    assert (row["s"], row["d"]) == ("x", DAY)
    with pytest.raises(AssertionError, match="Permission denied"):
        await servers.ask(
            second, "PUT", f"/classes/{class_name}/{made['objectId']}", {"s": "y"}, session=""
        )


async def rows_with_token(servers: Servers, server: str, token: str) -> list[dict[str, Any]]:
    found = await servers.ask(server, "GET", "/installations", where=f'{{"deviceToken":"{token}"}}')
    rows: list[dict[str, Any]] = found["results"]
    return rows


@BOTH_WAYS
async def test_an_installation_of_one_is_known_to_the_other(
    servers: Servers, first: str, second: str
) -> None:
    own: JSONObject = {"installationId": f"I-{first}", "deviceToken": f"t-{first}"}
    made = await servers.ask(
        first, "POST", "/installations", {**own, "deviceType": "ios", "channels": ["a"]}
    )
    channels: JSONObject = {"__op": "AddUnique", "objects": ["b"]}
    again = await servers.ask(second, "POST", "/installations", {**own, "channels": channels})

    assert "updatedAt" in again
    for server in (first, second):
        rows = await rows_with_token(servers, server, f"t-{first}")
        assert [(row["objectId"], row["channels"]) for row in rows] == [
            (made["objectId"], ["a", "b"])
        ]


@BOTH_WAYS
async def test_a_token_that_moves_from_one_to_the_other_leaves_one_row(
    servers: Servers, first: str, second: str
) -> None:
    token = f"moving-{first}"
    for server in (first, second):
        body: JSONObject = {"installationId": f"{server}-of-{first}", "deviceToken": token}
        await servers.ask(server, "POST", "/installations", {**body, "deviceType": "ios"})

    for server in (first, second):
        rows = await rows_with_token(servers, server, token)
        assert [row["installationId"] for row in rows] == [f"{second}-of-{first}"]


@BOTH_WAYS
async def test_an_audience_that_one_has_used_says_so_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    body: JSONObject = {"name": first, "query": '{"deviceType":"ios"}'}
    made = await servers.ask(first, "POST", "/push_audiences", body)
    path = f"/push_audiences/{made['objectId']}"
    use: JSONObject = {"lastUsed": USED, "timesUsed": {"__op": "Increment", "amount": 1}}
    await servers.ask(second, "PUT", path, use)
    shown = [await servers.ask(server, "GET", path) for server in (first, second)]
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(servers.reference.database_uri)
    async with client:
        row = await client.get_default_database()["_Audience"].find_one({"name": first})

    assert shown[0] == shown[1]
    assert (shown[0]["query"], shown[0]["lastUsed"], shown[0]["timesUsed"]) == (
        {"deviceType": "ios"},
        USED["iso"],
        1,
    )
    assert row is not None
    assert row["times_used"] == 1
    assert row["_last_used"].isoformat() == "2026-01-02T03:04:05.678000"
    assert not {"lastUsed", "timesUsed"} & row.keys()


@BOTH_WAYS
async def test_a_product_of_one_is_sold_by_the_other(
    servers: Servers, first: str, second: str
) -> None:
    file: JSONObject = {"__type": "File", "name": "game.zip"}
    product: JSONObject = {
        "productIdentifier": first,
        "icon": file,
        "download": file,
        "order": 1,
        "title": "Game",
        "subtitle": "A game",
    }
    made = await servers.ask(first, "POST", "/classes/_Product", product)
    path = f"/classes/_Product/{made['objectId']}"
    await servers.ask(second, "PUT", path, {"download": {**file, "name": "new.zip"}})
    shown = [await servers.ask(server, "GET", path) for server in (first, second)]

    for each in shown:
        assert (each["downloadName"], each["download"]["name"]) == ("new.zip", "new.zip")
        assert {**each, "download": None, "icon": None} == {
            **shown[0],
            "download": None,
            "icon": None,
        }
