"""Tokens from the days before sessions, and `/upgradeToRevocableSession`."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from parsepy.protocol.operations import SetValue
from parsepy.query.tree import Equal, Path
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

LEGACY = "legacytokenofann000000000"


@pytest.fixture(params=["sqlite", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = (
        "sqlite::memory:"
        if request.param == "sqlite"
        else request.getfixturevalue("mongodb_database_uri")
    )
    async with local_app(databaseURI=uri) as running:
        yield running


async def _with_legacy_token(parse: LocalApp, token: str = LEGACY) -> User:
    user = await parse.sign_up()
    schema = await parse.app.parts.schemas.get("_User")
    storage = parse.app.parts.storage
    await storage.update(
        schema, Equal(Path("objectId"), user.id), {"sessionToken": SetValue(token)}
    )
    return user


async def _upgrade(parse: LocalApp, token: str, **headers: Any) -> Any:
    return (
        await parse.send("POST", "/upgradeToRevocableSession", {}, user=User("", token), **headers)
    ).json()


async def _tokens(parse: LocalApp) -> list[object]:
    schema = await parse.app.parts.schemas.get("_User")
    users = await parse.app.parts.storage.find(schema, Equal(Path("sessionToken"), LEGACY))
    return [user.get("sessionToken") for user in users]


async def test_a_legacy_token_becomes_a_session(parse: LocalApp) -> None:
    user = await _with_legacy_token(parse)

    session = await _upgrade(parse, LEGACY, X_Parse_Installation_Id="phone")

    assert session["user"] == {"__type": "Pointer", "className": "_User", "objectId": user.id}
    assert session["createdWith"] == {"action": "upgrade"}
    assert session["installationId"] == "phone"
    assert session["sessionToken"].startswith("r:")
    assert {"objectId", "expiresAt", "createdAt", "updatedAt"} <= session.keys()
    me = await parse.ok("GET", "/users/me", user=User(user.id, session["sessionToken"]))
    assert me["objectId"] == user.id


async def test_it_is_void_after_that(parse: LocalApp) -> None:
    await _with_legacy_token(parse)
    await _upgrade(parse, LEGACY)

    again = await _upgrade(parse, LEGACY)

    assert again == {"code": 209, "error": "invalid legacy session token"}
    assert await _tokens(parse) == []


async def test_the_user_is_otherwise_untouched(parse: LocalApp) -> None:
    user = await _with_legacy_token(parse)
    before = await parse.find("_User", {"objectId": user.id}, master=True)

    await _upgrade(parse, LEGACY)

    assert await parse.find("_User", {"objectId": user.id}, master=True) == before


async def test_a_session_s_token_gives_another_and_voids_the_legacy_one(parse: LocalApp) -> None:
    user = await _with_legacy_token(parse)

    session = await _upgrade(parse, user.token)

    assert session["sessionToken"] != user.token
    assert await _tokens(parse) == []
    assert (await parse.ok("GET", "/users/me", user=user))["objectId"] == user.id


@pytest.mark.parametrize("token", ["unknown", "r:unknown", '{"$ne":null}', "legacytoken"])
async def test_an_unknown_token_gives_nothing(parse: LocalApp, token: str) -> None:
    await _with_legacy_token(parse)

    assert (await _upgrade(parse, token))["code"] == 209
    assert await _tokens(parse) == [LEGACY]


async def test_a_token_of_two_users_is_nobody_s(parse: LocalApp) -> None:
    await _with_legacy_token(parse)
    await _with_legacy_token(parse)

    assert (await _upgrade(parse, LEGACY))["code"] == 209


async def test_without_a_token_there_is_no_session(parse: LocalApp) -> None:
    await _with_legacy_token(parse)

    answers = [
        (await parse.send("POST", "/upgradeToRevocableSession", {}, master=master)).json()
        for master in (False, True)
    ]

    assert answers == [{"code": 101, "error": "invalid session"}] * 2


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/users/me"), ("GET", "/classes/Game"), ("POST", "/logout"), ("GET", "/sessions/me")],
)
async def test_other_requests_take_no_legacy_token(parse: LocalApp, method: str, path: str) -> None:
    await _with_legacy_token(parse)

    answer = await parse.send(method, path, {} if method == "POST" else None, user=User("", LEGACY))

    assert answer.json()["code"] == 209


async def test_many_at_once_leave_no_legacy_token(parse: LocalApp) -> None:
    await _with_legacy_token(parse)

    answers = await asyncio.gather(*(_upgrade(parse, LEGACY) for _ in range(10)))

    sessions = [answer for answer in answers if "sessionToken" in answer]
    assert len({session["sessionToken"] for session in sessions}) == len(sessions) >= 1
    assert await _tokens(parse) == []


async def test_requests_of_a_session_do_not_carry_it(parse: LocalApp) -> None:
    user = await _with_legacy_token(parse)

    known = await parse.app.parts.users.sessions.resolve(user.token)

    assert LEGACY not in str(known)
    for path in (f"/users/{user.id}", "/users/me", "/users"):
        assert LEGACY not in (await parse.send("GET", path, user=user)).text
        assert LEGACY not in (await parse.send("GET", path, user=user, master=True)).text


async def test_a_legacy_token_ends_with_the_sessions_when_the_password_changes(
    parse: LocalApp,
) -> None:
    ann = await _with_legacy_token(parse)

    answer = await parse.ok("PUT", f"/users/{ann.id}", {"password": "new"}, master=True)

    assert answer.keys() == {"updatedAt"}
    assert await _tokens(parse) == []
    assert (await _upgrade(parse, LEGACY))["code"] == 209
