"""A session belongs to its user: what each caller may see and do with one."""

import re
from typing import Any

import pytest

from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    LocalApp,
    User,
    local_app,
)

pytestmark = pytest.mark.anyio

KEYS = {
    "master": {"X_Parse_Master_Key": MASTER_KEY},
    "read-only": {"X_Parse_Master_Key": READ_ONLY_KEY},
    "maintenance": {"X_Parse_Maintenance_Key": MAINTENANCE_KEY},
}

# What each caller is answered, as code of the error or 0, for somebody's session.
OUTCOMES: list[tuple[str, str, object, dict[str, int]]] = [
    (
        "GET",
        "/sessions/{id}",
        None,
        {"owner": 0, "other": 101, "nobody": 209, "master": 0, "read-only": 0, "maintenance": 209},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"mine": 1},
        {"owner": 0, "other": 101, "nobody": 209, "master": 0, "read-only": 119, "maintenance": 0},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"sessionToken": "r:chosen"},
        {"owner": 105, "other": 105, "nobody": 209, "master": 105, "maintenance": 105},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"expiresAt": {"__type": "Date", "iso": "2999-01-01T00:00:00.000Z"}},
        {"owner": 105, "other": 105, "nobody": 209, "master": 0, "maintenance": 0},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"user": {"__type": "Pointer", "className": "_User", "objectId": "x"}},
        {"owner": 105, "other": 105, "nobody": 209},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"sessionToken.a": "x", "user.b": 1},
        {"owner": 105, "other": 105, "master": 105},
    ),
    (
        "PUT",
        "/sessions/{id}",
        {"ACL": {"*": {"read": True}}},
        {"owner": 105, "other": 105, "nobody": 209, "master": 105},
    ),
    (
        "DELETE",
        "/sessions/{id}",
        None,
        {"owner": 0, "other": 101, "nobody": 209, "master": 0, "read-only": 119, "maintenance": 0},
    ),
    (
        "POST",
        "/classes/_Session",
        {"user": {"__type": "Pointer", "className": "_User", "objectId": "{user}"}},
        {"nobody": 209, "other": 0, "master": 0, "maintenance": 0, "read-only": 119},
    ),
    (
        "POST",
        "/sessions",
        {"ACL": {}},
        {"nobody": 209, "other": 105, "master": 105, "maintenance": 105, "read-only": 119},
    ),
    (
        "POST",
        "/sessions",
        {"expiresAt": "never"},
        {"nobody": 209, "other": 111, "master": 111, "maintenance": 111, "read-only": 119},
    ),
]
CASES = [
    (method, path, body, caller, code)
    for method, path, body, outcomes in OUTCOMES
    for caller, code in outcomes.items()
]


@pytest.mark.parametrize(("method", "path", "body", "caller", "code"), CASES)
async def test_a_session_is_its_user_s(
    parse: LocalApp, method: str, path: str, body: object, caller: str, code: int
) -> None:
    owner, other = await parse.sign_up(), await parse.sign_up()
    session = await parse.ok("GET", "/sessions/me", user=owner)
    asking: dict[str, User] = {"owner": owner, "other": other}

    headers: dict[str, Any] = KEYS.get(caller, {})
    answer = await parse.send(
        method,
        path.replace("{id}", session["objectId"]),
        body,
        user=asking.get(caller),
        **headers,
    )

    assert answer.json().get("code", 0) == code
    if code:
        still = await parse.ok("GET", "/sessions/me", user=owner)
        assert still == session


async def test_a_look_for_many_sessions_finds_one_s_own(parse: LocalApp) -> None:
    owner, other = await parse.sign_up(), await parse.sign_up()
    everything = {"objectId": {"$exists": True}}
    of_owner = {"$or": [everything, {"user": owner.id}]}

    found = {
        "owner": await parse.find("_Session", everything, user=owner),
        "other": await parse.find("_Session", of_owner, user=other),
        "master": await parse.find("_Session", everything, master=True),
    }

    owners = {who: {row["user"]["objectId"] for row in rows} for who, rows in found.items()}
    assert owners == {"owner": {owner.id}, "other": {other.id}, "master": {owner.id, other.id}}


DOORS = ("/sessions", "/classes/_Session")


@pytest.mark.parametrize("path", DOORS)
async def test_a_new_session_is_its_maker_s(parse: LocalApp, path: str) -> None:
    owner, other = await parse.sign_up(), await parse.sign_up()
    pointer = {"__type": "Pointer", "className": "_User", "objectId": other.id}
    body = {"user": pointer, "sessionToken": "r:chosen", "device": "x", "uses": 1}

    made = await parse.ok("POST", path, body, user=owner)

    assert made["user"]["objectId"] == owner.id
    assert re.fullmatch("r:[0-9a-f]{32}", made["sessionToken"])
    assert made["createdWith"] == {"action": "create"}
    assert (made["device"], made["uses"]) == ("x", 1)
    assert {"objectId", "createdAt", "expiresAt"} <= made.keys()
    me = await parse.ok("GET", "/users/me", user=User("", made["sessionToken"]))
    assert me["objectId"] == owner.id


@pytest.mark.parametrize("path", DOORS)
async def test_a_new_session_ends_none(parse: LocalApp, path: str) -> None:
    owner = await parse.sign_up()
    phone: Any = {"X_Parse_Installation_Id": "phone"}
    body = {"username": "ann", "password": "secret"}
    here = User("", (await parse.ok("POST", "/users", body, **phone))["sessionToken"])

    made = await parse.ok("POST", path, {}, user=here, **phone)

    assert "installationId" not in made
    assert (await parse.ok("GET", "/sessions/me", user=here))["installationId"] == "phone"
    assert (await parse.ok("GET", "/users/me", user=owner))["objectId"] == owner.id


@pytest.mark.parametrize("path", DOORS)
async def test_a_client_does_not_choose_the_id_of_a_session(path: str) -> None:
    async with local_app(allowCustomObjectId=True) as parse:
        owner = await parse.sign_up()

        made = await parse.ok("POST", path, {"objectId": "mine"}, user=owner)
        mastered = await parse.ok("POST", path, {"objectId": "mine"}, master=True)

    assert made["objectId"] != "mine"
    assert mastered["objectId"] == "mine"


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("closed", ["create", "addField"])
async def test_class_level_permissions_hold_for_new_sessions(
    parse: LocalApp, path: str, closed: str
) -> None:
    owner = await parse.sign_up()
    permissions = {"find": {"*": True}, "create": {"*": True}, "addField": {"*": True}, closed: {}}
    change = {"classLevelPermissions": permissions}
    await parse.ok("PUT", "/schemas/_Session", change, master=True)

    answer = await parse.send("POST", path, {"device": "x"}, user=owner)

    assert answer.json()["code"] == 119
    assert len(await parse.find("_Session", {}, master=True)) == 1


async def test_a_token_is_not_exchanged_where_sessions_cannot_be_found(parse: LocalApp) -> None:
    owner = await parse.sign_up()
    change = {"classLevelPermissions": {"find": {}, "create": {"*": True}}}
    await parse.ok("PUT", "/schemas/_Session", change, master=True)

    answer = await parse.send("POST", "/upgradeToRevocableSession", {}, user=owner)

    assert answer.json()["code"] == 119
    assert len(await parse.find("_Session", {}, master=True)) == 1
