"""parse-server and parsepy on one database, each asked over HTTP, in turns."""

import json
from typing import Any

import pytest

from parsepy.protocol.values import pointer
from parsepy.types import JSONObject
from tests.storage.mongodb.samples import BLOB, DAY, OBJECT_OF_ALL_TYPES, PICTURE, PLACE, POINTER
from tests.storage.mongodb.two_servers import BOTH_WAYS, Servers

pytestmark = pytest.mark.anyio

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
