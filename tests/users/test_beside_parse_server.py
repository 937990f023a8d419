"""npm parse-server and parsepy on one MongoDB: each goes on with the other's accounts."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from pymongo import AsyncMongoClient

from parsepy.types import JSONMapping
from tests.support.availability import MissingComponentError, component_missing
from tests.support.local_app import MASTER_KEY
from tests.support.node import ensure_node_modules
from tests.support.postbox import MailingApp, mailing_app, token_of
from tests.support.reference import FOLDER, running_reference

pytestmark = pytest.mark.anyio

OPTIONS: dict[str, Any] = {
    "appName": "App",
    "publicServerURL": "http://localhost/parse",
    "verifyUserEmails": True,
    "emailVerifyTokenValidityDuration": 600,
    "passwordPolicy": {
        "maxPasswordHistory": 3,
        "maxPasswordAge": 1,
        "resetTokenValidityDuration": 600,
    },
    "accountLockout": {"threshold": 2, "duration": 5},
}
ADDRESS = "ann@example.org"
ANN: JSONMapping = {"username": "ann", "password": "first", "email": ADDRESS}
IN = (None, None)
WRONG = (101, "Invalid username/password.")


@dataclass(frozen=True, slots=True)
class Both:
    ours: MailingApp
    theirs: httpx.AsyncClient
    users: Any
    """The collection, as MongoDB has it."""

    async def row(self) -> dict[str, Any]:
        found: dict[str, Any] = await self.users.find_one({"username": "ann"})
        return found

    async def ask_ours(self, method: str, path: str, body: object) -> Any:
        answer = await self.ours.parse.send(method, path, body, master=True)
        await self.ours.delivered()
        return answer.json()

    async def ask_theirs(self, method: str, path: str, body: object) -> Any:
        return (await self.theirs.request(method, path, json=body)).json()

    async def log_in_at_ours(self, password: str) -> tuple[object, object]:
        answer = await self.ask_ours("POST", "/login", {"username": "ann", "password": password})
        return answer.get("code"), answer.get("error")

    async def log_in_at_theirs(self, password: str) -> tuple[object, object]:
        answer = await self.ask_theirs("POST", "/login", {"username": "ann", "password": password})
        return answer.get("code"), answer.get("error")

    async def open_at_theirs(self, page: str, token: str) -> str:
        answer = await self.theirs.get(f"/apps/app/{page}", params={"token": token})
        return answer.text


@pytest.fixture
async def both(mongodb_database_uri: str) -> AsyncIterator[Both]:
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    options = {**OPTIONS, "masterKey": MASTER_KEY, "emailAdapter": "silent"}
    keys = {"X-Parse-Application-Id": "app", "X-Parse-Master-Key": MASTER_KEY}
    with running_reference(mongodb_database_uri, options) as reference:
        async with (
            mailing_app(databaseURI=mongodb_database_uri, **OPTIONS) as ours,
            httpx.AsyncClient(base_url=reference.url, headers=keys, timeout=60) as theirs,
            AsyncMongoClient[dict[str, Any]](mongodb_database_uri) as client,
        ):
            yield Both(ours, theirs, client.get_default_database()["_User"])


async def test_passwords_their_history_and_their_age(both: Both) -> None:
    user = await both.ask_theirs("POST", "/users", ANN)
    path = f"/users/{user['objectId']}"
    assert (await both.ask_ours("PUT", path, {"password": "second"})).get("code") is None
    assert (await both.ask_theirs("PUT", path, {"password": "first"}))["code"] == 142
    assert (await both.ask_theirs("PUT", path, {"password": "third"})).get("code") is None
    ours_wrote = await both.row()
    for old in ("first", "second", "third"):
        assert (await both.ask_ours("PUT", path, {"password": old}))["code"] == 142
    assert (await both.ask_ours("PUT", path, {"password": "fourth"})).get("code") is None
    stored = await both.row()

    assert stored.keys() == ours_wrote.keys()
    assert {name: type(stored[name]) for name in stored} == {
        name: type(ours_wrote[name]) for name in ours_wrote
    }
    assert len(stored["_password_history"]) == len(ours_wrote["_password_history"]) == 2
    assert stored["_password_history"][-1] == ours_wrote["_hashed_password"]
    assert (await both.ask_theirs("PUT", path, {"password": "second"}))["code"] == 142
    assert (await both.ask_theirs("PUT", path, {"password": "first"})).get("code") is None
    assert await both.log_in_at_ours("first") == await both.log_in_at_theirs("first") == IN


async def test_failures_count_together_and_the_lock_holds_at_both(both: Both) -> None:
    await both.ask_ours("POST", "/users", ANN)
    assert await both.log_in_at_theirs("wrong") == WRONG
    assert await both.log_in_at_ours("wrong") == WRONG
    locked = await both.log_in_at_theirs("first")
    stored = await both.row()

    assert locked == await both.log_in_at_ours("first") != IN
    assert str(locked[1]).startswith("Your account is locked")
    assert stored["_failed_login_count"] == 2

    await both.users.update_one(
        {}, {"$set": {"_account_lockout_expires_at": stored["_created_at"]}}
    )
    assert await both.log_in_at_ours("first") == IN
    opened = await both.row()
    assert await both.log_in_at_theirs("first") == IN
    assert (await both.row())["_failed_login_count"] == opened["_failed_login_count"] == 0
    assert {name: type(opened[name]) for name in opened} == {
        name: type(stored[name]) for name in stored
    }


async def test_tokens_of_either_open_the_pages_of_the_other(both: Both) -> None:
    services = both.ours.parse.app.parts.services
    ctx = both.ours.parse.context()
    await both.ask_theirs("POST", "/users", ANN)
    theirs = await both.row()
    assert await services.verification.verify(ctx, theirs["_email_verify_token"])
    verified = await both.row()
    assert verified["emailVerified"] is True
    assert "_email_verify_token_expires_at" not in verified

    await both.ask_ours("PUT", f"/users/{theirs['_id']}", {"email": ADDRESS})
    ours = await both.row()
    assert {name: type(ours[name]) for name in ours} == {
        name: type(theirs[name]) for name in theirs
    }
    token = token_of(both.ours.post.verifications[-1])
    assert "Email verified!" in await both.open_at_theirs("verify_email", token)
    assert "_email_verify_token" not in await both.row()

    await both.ask_theirs("POST", "/requestPasswordReset", {"email": ADDRESS})
    asked_theirs = await both.row()
    await services.password_reset.check(ctx, asked_theirs["_perishable_token"])
    await services.password_reset.reset(ctx, asked_theirs["_perishable_token"], "second")
    assert await both.log_in_at_theirs("second") == IN
    assert "_perishable_token" not in await both.row()

    await both.ask_ours("POST", "/requestPasswordReset", {"email": ADDRESS})
    asked_ours = await both.row()
    assert type(asked_ours["_perishable_token_expires_at"]) is type(
        asked_theirs["_perishable_token_expires_at"]
    )
    token = token_of(both.ours.post.resets[-1])
    form = {"token": token, "new_password": "third"}
    answer = await both.theirs.post("/apps/app/request_password_reset", data=form)
    assert answer.status_code == 200
    assert await both.log_in_at_ours("third") == IN
    assert "_perishable_token" not in await both.row()
