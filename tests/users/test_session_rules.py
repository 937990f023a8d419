"""A session belongs to its user: what each caller may see and do with one."""

from typing import Any

import pytest

from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    LocalApp,
    User,
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
        {"nobody": 209, "other": 209, "read-only": 119},
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
