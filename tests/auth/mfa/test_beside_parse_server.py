"""npm parse-server and parsepy on one MongoDB: users who are enrolled at one log in at the other.

The period is so long that the code of an app is always the same.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Final

import httpx
import pyotp
import pytest
from pymongo import AsyncMongoClient

from parsepy.types import JSONValue
from tests.auth.mfa.app import NAME, error
from tests.auth.mfa.enrolment import MOBILE, SECRET, Telephone
from tests.support.availability import MissingComponentError, component_missing
from tests.support.local_app import MASTER_KEY, LocalApp, local_app
from tests.support.node import ensure_node_modules
from tests.support.reference import FOLDER, running_reference

pytestmark = pytest.mark.anyio

PERIOD: Final = 10_000_000_000
CODE: Final = pyotp.HOTP(SECRET).at(0)
INVALID: Final = (141, "Invalid MFA token")
ENTER: Final = (141, "Please enter the token")


@dataclass(frozen=True, slots=True)
class Both:
    ours: LocalApp
    theirs: httpx.AsyncClient
    phone: Telephone
    users: Any
    """The collection, as MongoDB has it."""

    async def stored(self) -> dict[str, Any]:
        row = await self.users.find_one({"username": "ann"})
        found: dict[str, Any] = row["_auth_data_mfa"]
        return found

    async def sign_up(self) -> tuple[str, str]:
        answer = (await self.theirs.post("/users", json=NAME)).json()
        return answer["objectId"], answer["sessionToken"]

    async def change_at_ours(self, user: tuple[str, str], mfa: JSONValue) -> httpx.Response:
        body = {"authData": {"mfa": mfa}}
        return await self.ours.send("PUT", f"/users/{user[0]}", body, X_Parse_Session_Token=user[1])

    async def change_at_theirs(self, user: tuple[str, str], mfa: JSONValue) -> httpx.Response:
        body = {"authData": {"mfa": mfa}}
        headers = {"X-Parse-Session-Token": user[1]}
        return await self.theirs.put(f"/users/{user[0]}", json=body, headers=headers)

    async def log_in_at_ours(self, token: str) -> httpx.Response:
        return await self.ours.send("POST", "/login", _with(token))

    async def log_in_at_theirs(self, token: str) -> httpx.Response:
        return await self.theirs.post("/login", json=_with(token))


@pytest.fixture
async def both(mongodb_database_uri: str) -> AsyncIterator[Both]:
    try:
        ensure_node_modules(FOLDER)
    except MissingComponentError as missing:
        component_missing(missing)
    phone = Telephone()
    mfa = {"options": ["TOTP", "SMS"], "period": PERIOD}
    theirs = {"auth": {"mfa": {**mfa, "sendSMS": "silent"}}, "masterKey": MASTER_KEY}
    ours = {"auth": {"mfa": {**mfa, "sendSMS": phone}}, "databaseURI": mongodb_database_uri}
    headers = {"X-Parse-Application-Id": "app"}
    with running_reference(mongodb_database_uri, theirs) as reference:  # type: ignore[arg-type]
        async with (
            local_app(**ours) as app,  # type: ignore[arg-type]
            httpx.AsyncClient(base_url=reference.url, headers=headers, timeout=60) as client,
            AsyncMongoClient[dict[str, Any]](mongodb_database_uri) as mongo,
        ):
            yield Both(app, client, phone, mongo.get_default_database()["_User"])


def _with(token: str) -> dict[str, Any]:
    return {**NAME, "authData": {"mfa": {"token": token}}}


def _recovery(answer: httpx.Response) -> list[str]:
    told: str = answer.json()["authDataResponse"]["mfa"]["recovery"]
    return told.split(", ")


async def test_an_app_that_was_enrolled_there(both: Both) -> None:
    user = await both.sign_up()
    codes = _recovery(await both.change_at_theirs(user, {"secret": SECRET, "token": CODE}))

    assert (await both.log_in_at_ours(CODE)).is_success
    assert error(await both.log_in_at_ours(CODE)) == INVALID
    assert (await both.log_in_at_theirs(CODE)).is_success, "it remembers no codes"
    assert (await both.log_in_at_ours(codes[0])).is_success
    assert error(await both.log_in_at_theirs(codes[0])) == INVALID
    assert (await both.log_in_at_theirs(codes[1])).is_success
    assert error(await both.log_in_at_ours(codes[1])) == INVALID
    assert error(await both.log_in_at_ours(CODE)) == INVALID, "remembered over its write"
    assert await both.stored() == {"secret": SECRET, "recovery": [], "usedUntil": PERIOD}


async def test_an_app_that_was_enrolled_here(both: Both) -> None:
    user = await both.sign_up()
    codes = _recovery(await both.change_at_ours(user, {"secret": SECRET, "token": CODE}))

    assert (await both.log_in_at_theirs(CODE)).is_success
    assert error(await both.log_in_at_theirs(codes[0])) == INVALID, "it would keep them in clear"
    assert (await both.log_in_at_ours(codes[0])).is_success
    change: dict[str, JSONValue] = {"secret": SECRET, "token": CODE, "old": CODE}
    assert (await both.change_at_theirs(user, change)).is_success
    assert set(await both.stored()) == {"secret", "recovery"}


async def test_a_number_that_was_enrolled_there(both: Both) -> None:
    user = await both.sign_up()
    await both.change_at_theirs(user, {"mobile": MOBILE})
    code = (await both.stored())["pending"][MOBILE]["token"]

    assert (await both.change_at_ours(user, {"mobile": MOBILE, "token": code})).is_success
    assert await both.stored() == {"pending": {}, "mobile": MOBILE}
    assert error(await both.log_in_at_theirs("request")) == ENTER
    code = (await both.stored())["token"]
    assert (await both.log_in_at_ours(code)).is_success
    assert error(await both.log_in_at_theirs(code)) == (141, "Invalid MFA token 1")


async def test_a_number_that_was_enrolled_here(both: Both) -> None:
    user = await both.sign_up()
    assert (await both.change_at_ours(user, {"mobile": MOBILE})).is_success
    sent: dict[str, JSONValue] = {"mobile": MOBILE, "token": both.phone.code}
    assert error(await both.change_at_theirs(user, sent)) == INVALID, "codes stay where they began"
    assert (await both.change_at_ours(user, sent)).is_success

    assert error(await both.log_in_at_ours("request")) == ENTER
    assert error(await both.log_in_at_theirs(both.phone.code)) == (141, "Invalid MFA token 1")
    assert (await both.log_in_at_ours(both.phone.code)).is_success
    assert error(await both.log_in_at_theirs("request")) == ENTER
    assert (await both.log_in_at_theirs((await both.stored())["token"])).is_success
