"""Which further proofs a log-in needs."""

from typing import Any

import pytest

from tests.support.local_app import local_app
from tests.users.auth_data.providers import Staged

pytestmark = pytest.mark.anyio

BODY = {"username": "ann", "password": "secret"}


def _by_data(request: Any, stored: Any) -> str:
    return "additional" if stored.get("strict") else "default"


@pytest.mark.parametrize(
    ("policies", "stored", "sent", "missing"),
    [
        ({}, {}, {}, None),
        ({"a": "default"}, {"a": {}}, {}, None),
        ({"a": "additional"}, {}, {}, None),
        ({"a": "additional"}, {"a": {}}, {}, "a"),
        ({"a": "additional"}, {"a": {}}, {"a": {}}, None),
        ({"a": "additional", "b": "additional"}, {"a": {}, "b": {}}, {}, "a,b"),
        ({"a": "additional", "b": "additional"}, {"a": {}, "b": {}}, {"b": {}}, None),
        ({"a": "additional", "s": "solo"}, {"a": {}, "s": {}}, {"s": {}}, None),
        ({"a": "additional", "s": "solo"}, {"a": {}}, {"s": {}}, "a"),
        ({"a": _by_data}, {"a": {"strict": True}}, {}, "a"),
        ({"a": _by_data}, {"a": {"strict": False}}, {}, None),
    ],
)
async def test_a_log_in_brings_what_the_users_providers_ask_for(
    policies: dict[str, Any], stored: dict[str, Any], sent: dict[str, Any], missing: str | None
) -> None:
    adapters = {name: Staged(policy=policy) for name, policy in policies.items()}
    auth_data = {name: {"id": name, **data} for name, data in stored.items()}
    async with local_app(auth={"other": Staged(), **adapters}) as parse:
        await parse.ok("POST", "/users", {**BODY, "authData": {**auth_data, "other": {"id": "o"}}})
        proofs = {name: {"id": name, "now": 1} for name in sent}

        by_password = await parse.send("POST", "/login", {**BODY, "authData": proofs or None})
        by_provider = await parse.send(
            "POST", "/users", {"authData": {**proofs, "other": {"id": "o"}}}
        )

    for answer in (by_password, by_provider):
        if missing is None:
            assert answer.json()["sessionToken"]
        else:
            expected = {"code": -1, "error": f"Missing additional authData {missing}"}
            assert answer.json() == expected


async def test_a_wrong_password_is_told_before_a_missing_proof() -> None:
    async with local_app(auth={"a": Staged(policy="additional")}) as parse:
        await parse.ok("POST", "/users", {**BODY, "authData": {"a": {"id": "1"}}})

        answer = await parse.send("POST", "/login", {**BODY, "password": "wrong"})

    assert answer.json() == {"code": 101, "error": "Invalid username/password."}


async def test_a_policy_that_is_none_is_told_at_the_first_use() -> None:
    async with local_app(auth={"a": Staged(policy="strict")}) as parse:
        answer = await parse.send("POST", "/users", {"authData": {"a": {"id": "1"}}})

    assert answer.json()["code"] == -1
    assert answer.json()["error"].startswith("AuthAdapter policy is not configured correctly.")
