"""What one server does, the other knows: rights, relations, classes and every type."""

import json
from typing import Any
from uuid import uuid4

import pytest

from parsepy.protocol.values import pointer
from parsepy.types import JSONObject, JSONValue
from tests.storage.mongodb.samples import AREA, BLOB, DAY, PICTURE, PLACE
from tests.storage.mongodb.two_servers import BOTH_WAYS, Servers, eventually

pytestmark = pytest.mark.anyio

VALUES: dict[str, JSONValue] = {
    "String": "text",
    "Number": 1.5,
    "Boolean": True,
    "Date": DAY,
    "Object": {"a": [1, {"b": None}], "d": DAY},
    "Array": [1, "x", DAY, None],
    "GeoPoint": PLACE,
    "Polygon": AREA,
    "Bytes": BLOB,
    "File": PICTURE,
    "Pointer": pointer("Team", "q"),
}


def fresh(prefix: str) -> str:
    return f"{prefix}{uuid4().hex[:12]}"


async def sign_up(servers: Servers, server: str) -> tuple[str, str]:
    account: JSONObject = {"username": fresh("u"), "password": "p"}
    made = await servers.ask(server, "POST", "/users", account, session="")
    return str(made["objectId"]), str(made["sessionToken"])


def add(class_name: str, *ids: str) -> JSONObject:
    return {"__op": "AddRelation", "objects": [pointer(class_name, each) for each in ids]}


def remove(class_name: str, *ids: str) -> JSONObject:
    return {"__op": "RemoveRelation", "objects": [pointer(class_name, each) for each in ids]}


@BOTH_WAYS
async def test_session_of_one_is_used_and_ended_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    user, token = await sign_up(servers, first)

    me = await servers.ask(second, "GET", "/users/me", session=token)
    await servers.ask(second, "PUT", f"/users/{user}", {"nick": "n"}, session=token)
    again = await servers.ask(first, "GET", "/users/me", session=token)
    await servers.ask(second, "POST", "/logout", {}, session=token)

    async def is_refused() -> bool:
        refused = await servers.send(first, "GET", "/users/me", session=token)
        return refused.status_code == 400 and refused.json()["code"] == 209

    assert (me["objectId"], again["nick"]) == (user, "n")
    await eventually(is_refused)


@BOTH_WAYS
async def test_password_changed_at_one_counts_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    account: JSONObject = {"username": fresh("u"), "password": "old"}
    user = (await servers.ask(first, "POST", "/users", account, session=""))["objectId"]

    await servers.ask(second, "PUT", f"/users/{user}", {"password": "new"})

    for server in (first, second):
        refused = await servers.send(server, "POST", "/login", account, session="")
        assert refused.json()["code"] == 101
        await servers.ask(server, "POST", "/login", {**account, "password": "new"}, session="")
    taken = await servers.send(second, "POST", "/users", account, session="")
    assert taken.json()["code"] == 202


@BOTH_WAYS
async def test_anonymous_and_linked_users_are_known_by_their_identity(
    servers: Servers, first: str, second: str
) -> None:
    identity: JSONObject = {"authData": {"anonymous": {"id": str(uuid4())}}}

    made = await servers.ask(first, "POST", "/users", identity, session="")
    again = await servers.ask(second, "POST", "/users", identity, session="")

    assert again["objectId"] == made["objectId"]
    assert again["sessionToken"] != made["sessionToken"]


@BOTH_WAYS
async def test_roles_of_one_open_objects_at_both(servers: Servers, first: str, second: str) -> None:
    member, token = await sign_up(servers, first)
    nested, nested_token = await sign_up(servers, second)
    parent, child = fresh("Parent"), fresh("Child")
    closed: JSONObject = {"ACL": {}}
    inner = await servers.ask(
        second, "POST", "/roles", {"name": child, "users": add("_User", nested), **closed}
    )
    outer = await servers.ask(
        first,
        "POST",
        "/roles",
        {
            "name": parent,
            "users": add("_User", member),
            "roles": add("_Role", inner["objectId"]),
            **closed,
        },
    )
    secret = await servers.ask(
        second, "POST", "/classes/Secret", {"ACL": {f"role:{parent}": {"read": True}}}
    )
    where = json.dumps({"objectId": secret["objectId"]})

    async def sees(server: str, session: str) -> bool:
        found = await servers.ask(server, "GET", "/classes/Secret", session=session, where=where)
        return bool(found["results"])

    for server in (first, second):
        assert not await sees(server, "")
        assert await sees(server, token)
        assert await sees(server, nested_token)
    path = f"/roles/{outer['objectId']}"
    await servers.ask(second, "PUT", path, {"users": remove("_User", member)})

    async def closed_everywhere() -> bool:
        return not await sees(first, token) and not await sees(second, token)

    await eventually(closed_everywhere)
    for server in (first, second):
        assert await sees(server, nested_token)


@BOTH_WAYS
async def test_relations_are_written_and_read_by_both(
    servers: Servers, first: str, second: str
) -> None:
    post, fan = fresh("Post"), fresh("Fan")
    fans = [(await servers.ask(first, "POST", f"/classes/{fan}", {}))["objectId"] for _ in "abc"]
    made = await servers.ask(first, "POST", f"/classes/{post}", {"likes": add(fan, *fans[:2])})
    path = f"/classes/{post}/{made['objectId']}"

    await servers.ask(second, "PUT", path, {"likes": add(fan, fans[2], fans[0])})
    await servers.ask(first, "PUT", path, {"likes": remove(fan, fans[1])})

    of_post = {"$relatedTo": {"object": pointer(post, made["objectId"]), "key": "likes"}}
    for server in (first, second):
        found = await servers.ask(server, "GET", f"/classes/{fan}", where=json.dumps(of_post))
        assert sorted(row["objectId"] for row in found["results"]) == sorted([fans[0], fans[2]])
        liked = json.dumps({"likes": pointer(fan, fans[2])})
        by_fan = await servers.ask(server, "GET", f"/classes/{post}", where=liked)
        assert [row["objectId"] for row in by_fan["results"]] == [made["objectId"]]
        assert by_fan["results"][0]["likes"] == {"__type": "Relation", "className": fan}
        nobody = json.dumps({"likes": pointer(fan, fans[1])})
        assert (await servers.ask(server, "GET", f"/classes/{post}", where=nobody))["results"] == []


@BOTH_WAYS
@pytest.mark.parametrize("type_name", VALUES)
async def test_field_that_one_adds_to_a_known_class_is_read_by_the_other(
    servers: Servers, first: str, second: str, type_name: str
) -> None:
    class_name, value = fresh("Late"), VALUES[type_name]
    plain = await servers.ask(first, "POST", f"/classes/{class_name}", {"known": 1})
    for server in (first, second):
        await servers.ask(server, "GET", f"/classes/{class_name}/{plain['objectId']}")

    made = await servers.ask(first, "POST", f"/classes/{class_name}", {"late": value})
    path = f"/classes/{class_name}/{made['objectId']}"

    async def is_read() -> bool:
        return shown(await servers.ask(second, "GET", path)) == value

    await eventually(is_read)
    await servers.ask(second, "PUT", f"/classes/{class_name}/{plain['objectId']}", {"late": value})
    both = [
        await servers.ask(at, "GET", f"/classes/{class_name}/{plain['objectId']}")
        for at in (first, second)
    ]
    assert [shown(each) for each in both] == [value, value]


def shown(row: dict[str, Any]) -> object:
    late = row.get("late")
    return {k: v for k, v in late.items() if k != "url"} if isinstance(late, dict) else late


@BOTH_WAYS
async def test_field_type_of_one_binds_the_other_at_once(
    servers: Servers, first: str, second: str
) -> None:
    class_name = fresh("Typed")
    await servers.ask(first, "POST", f"/classes/{class_name}", {"known": 1})
    await servers.ask(second, "GET", f"/classes/{class_name}")

    await servers.ask(first, "POST", f"/classes/{class_name}", {"late": "text"})

    refused = await servers.send(second, "POST", f"/classes/{class_name}", {"late": 5})
    # parse-server, which does not know the field yet, says that it could not add it.
    assert (refused.status_code, refused.json()["code"]) in [(400, 111), (400, 107)]
    for described in await servers.both("GET", f"/schemas/{class_name}"):
        assert described["fields"]["late"] == {"type": "String"}


@BOTH_WAYS
async def test_class_permissions_of_one_hold_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    class_name = fresh("Guarded")
    owner, token = await sign_up(servers, first)
    row: JSONObject = {"owner": pointer("_User", owner), "hidden": 1, "shown": 2}
    await servers.ask(first, "POST", f"/classes/{class_name}", row)
    await servers.ask(second, "GET", f"/classes/{class_name}", session="")
    rules: JSONObject = {
        "find": {"requiresAuthentication": True, "pointerFields": ["owner"]},
        "get": {},
        "create": {},
        "update": {"pointerFields": ["owner"]},
        "protectedFields": {"*": ["hidden"]},
    }

    await servers.ask(first, "PUT", f"/schemas/{class_name}", {"classLevelPermissions": rules})

    async def holds() -> bool:
        refused = await servers.send(second, "GET", f"/classes/{class_name}", session="")
        return refused.status_code != 200

    await eventually(holds)
    for server in (first, second):
        refused = await servers.send(server, "POST", f"/classes/{class_name}", {}, session="")
        assert refused.json()["code"] == 119
        described = await servers.ask(server, "GET", f"/schemas/{class_name}")
        assert described["classLevelPermissions"]["update"] == {"pointerFields": ["owner"]}
        assert described["classLevelPermissions"]["protectedFields"] == {"*": ["hidden"]}
        seen = await servers.ask(server, "GET", f"/classes/{class_name}", session=token)
        (only,) = seen["results"]
        assert only["shown"] == 2
        assert "hidden" not in only


@BOTH_WAYS
async def test_class_and_field_deleted_by_one_are_gone_at_the_other(
    servers: Servers, first: str, second: str
) -> None:
    class_name = fresh("Doomed")
    made = await servers.ask(first, "POST", f"/classes/{class_name}", {"a": 1, "b": "x"})
    path = f"/classes/{class_name}/{made['objectId']}"
    await servers.ask(second, "GET", path)

    delete: JSONObject = {"fields": {"b": {"__op": "Delete"}}}
    await servers.ask(first, "PUT", f"/schemas/{class_name}", delete)
    after = await servers.ask(second, "GET", path)
    await servers.ask(second, "DELETE", path)
    await servers.ask(first, "DELETE", f"/schemas/{class_name}")

    assert after["a"] == 1
    assert "b" not in after

    async def is_gone() -> bool:
        return (await servers.send(second, "GET", f"/schemas/{class_name}")).status_code == 400

    await eventually(is_gone)
    await servers.ask(second, "POST", f"/classes/{class_name}", {"b": 5})

    async def is_there_again() -> bool:
        seen = await servers.send(first, "GET", f"/schemas/{class_name}")
        return seen.status_code == 200 and seen.json()["fields"]["b"] == {"type": "Number"}

    await eventually(is_there_again)
