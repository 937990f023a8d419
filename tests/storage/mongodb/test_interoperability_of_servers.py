"""parse-server and parsepy on one database, each asked over HTTP, in turns."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any, cast

import httpx
import pytest

from parsepy import create_app
from parsepy.protocol.values import pointer
from parsepy.types import JSONObject, JSONValue
from tests.storage.mongodb.reference_client import OPTIONS, Reference, reference_on_own_database
from tests.storage.mongodb.samples import BLOB, DAY, OBJECT_OF_ALL_TYPES, PICTURE, PLACE, POINTER
from tests.support.asgi import app_client
from tests.support.mongod import RunningMongod

pytestmark = pytest.mark.anyio

FIELDS = ("s", "n", "big", "b", "d", "by", "ptr", "obj", "geo", "poly", "file", "ACL")


@dataclass(frozen=True, slots=True)
class Servers:
    reference: Reference
    client: httpx.AsyncClient

    async def ask(
        self,
        server: str,
        method: str,
        path: str,
        body: JSONValue = None,
        *,
        session: str | None = None,
        **query: str,
    ) -> dict[str, Any]:
        """Asks `parse-server` or `parsepy` the same; fails the test when the answer is an error."""
        if server == "parse-server":
            return self.reference.ask(method, path, body, session=session, **query)
        headers = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": "master"}
        if session is not None:
            del headers["X-Parse-Master-Key"]
            headers |= {"X-Parse-Session-Token": session} if session else {}
        url = f"/parse{path}"
        answer = await self.client.request(method, url, json=body, params=query, headers=headers)
        assert answer.status_code < 300, answer.text
        return cast("dict[str, Any]", answer.json())


@pytest.fixture(scope="module")
def reference(mongod: RunningMongod) -> Iterator[Reference]:
    with reference_on_own_database(mongod) as running:
        yield running


@pytest.fixture
async def servers(reference: Reference) -> AsyncIterator[Servers]:
    app = create_app(
        {
            "appId": "app",
            "masterKey": "master",
            "databaseURI": reference.database_uri,
            "serverURL": "http://parse.test/parse",
            **OPTIONS,
        }
    )
    async with app_client(app) as client:
        yield Servers(reference, client)


BOTH_WAYS = pytest.mark.parametrize(
    ("first", "second"), [("parse-server", "parsepy"), ("parsepy", "parse-server")]
)


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
