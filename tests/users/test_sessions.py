"""Sessions: remembered for a while, refused from the moment they end."""

import asyncio
import re
from collections.abc import Awaitable, Callable

import pytest

from parsepy.protocol import dates
from parsepy.protocol.values import pointer
from parsepy.query.tree import Equal, Path
from parsepy.types import JSONObject, ParseObject
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

TIMES: ParseObject = dict.fromkeys(("createdAt", "updatedAt"), "2024-01-02T03:04:05.678Z")
Ending = Callable[[LocalApp, User], Awaitable[object]]


async def _log_out(parse: LocalApp, user: User) -> None:
    await parse.ok("POST", "/logout", user=user)


async def _delete_session(parse: LocalApp, user: User) -> None:
    session = await parse.ok("GET", "/sessions/me", user=user)
    await parse.ok("DELETE", f"/sessions/{session['objectId']}", user=user)


async def _delete_user(parse: LocalApp, user: User) -> None:
    await parse.ok("DELETE", f"/users/{user.id}", user=user)


async def _change_password(parse: LocalApp, user: User) -> None:
    await parse.ok("PUT", f"/users/{user.id}", {"password": "new"}, master=True)


async def _log_out_in_a_batch(parse: LocalApp, user: User) -> None:
    request = {"method": "POST", "path": "/parse/logout", "body": {}}
    await parse.ok("POST", "/batch", {"requests": [request]}, user=user)


ENDINGS: list[Ending] = [
    _log_out,
    _delete_session,
    _delete_user,
    _change_password,
    _log_out_in_a_batch,
]


async def _status(parse: LocalApp, user: User) -> int:
    answer = await parse.send("GET", "/users/me", user=user)
    if answer.is_success:
        return 0
    return int(answer.json()["code"])


@pytest.mark.parametrize("ending", ENDINGS)
async def test_an_ended_session_is_refused_at_once(parse: LocalApp, ending: Ending) -> None:
    user, other = await parse.sign_up(), await parse.sign_up()
    assert [await _status(parse, each) for each in (user, other)] == [0, 0]

    await ending(parse, user)

    assert [await _status(parse, each) for each in (user, other)] == [209, 0]


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("looked_up", ["find", "get"])
async def test_a_look_up_under_way_does_not_revive_an_ended_session(
    parse: LocalApp, ending: Ending, looked_up: str
) -> None:
    user = await parse.sign_up()
    await parse.app.parts.users.sessions.forget_all()
    held = parse.storage.hold_next(looked_up)
    slow = asyncio.create_task(parse.app.parts.users.sessions.resolve(user.token))
    await held.reached.wait()

    await ending(parse, user)
    held.release()
    await asyncio.gather(slow, return_exceptions=True)

    assert await _status(parse, user) == 209


async def test_a_new_log_in_ends_the_session_of_the_same_installation(parse: LocalApp) -> None:
    identity = {"authData": {"anonymous": {"id": "one"}}}
    tokens = [
        (await parse.ok("POST", "/users", identity, X_Parse_Installation_Id="phone"))[
            "sessionToken"
        ]
        for _ in range(2)
    ]
    elsewhere = (await parse.ok("POST", "/users", identity))["sessionToken"]

    statuses = [await _status(parse, User("", token)) for token in (*tokens, elsewhere)]

    assert statuses == [209, 0, 0]


@pytest.mark.parametrize("store", ["sqlite", "mongodb"])
async def test_log_ins_at_once_do_not_end_each_other(
    store: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = "sqlite::memory:"
    if store == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    identity = {"authData": {"anonymous": {"id": "one"}}}
    async with local_app(databaseURI=uri) as parse:
        await parse.ok("POST", "/users", identity)
        moment = dates.now_ms()
        monkeypatch.setattr(dates, "now_ms", lambda: moment)

        async def log_in() -> User:
            answer = await parse.ok("POST", "/users", identity, X_Parse_Installation_Id="phone")
            return User(answer["objectId"], answer["sessionToken"])

        users = await asyncio.gather(*(log_in() for _ in range(10)))
        statuses = [await _status(parse, user) for user in users]

    assert 0 in statuses
    assert set(statuses) <= {0, 209}


async def test_a_change_of_the_user_is_seen_by_his_next_request(parse: LocalApp) -> None:
    user = await parse.sign_up(score=1)
    await parse.ok("GET", "/users/me", user=user)

    await parse.ok("PUT", f"/users/{user.id}", {"score": 2}, user=user)

    assert (await parse.app.parts.users.sessions.resolve(user.token))["score"] == 2
    assert (await parse.ok("GET", "/users/me", user=user))["score"] == 2


async def test_the_cached_user_holds_no_secret(parse: LocalApp) -> None:
    user = await parse.sign_up(password="secret", username="ann")

    cached = await parse.app.parts.users.sessions.resolve(user.token)

    assert cached["username"] == "ann"
    assert [name for name in cached if name.startswith("_") or name == "password"] == []


async def test_without_a_time_to_live_every_request_looks_up() -> None:
    async with local_app(cacheTTL=0) as parse:
        user = await parse.sign_up()
        for _ in range(2):
            parse.storage.taken_calls()
            await parse.ok("GET", "/users/me", user=user)
            assert parse.storage.taken_calls() == ["find", "get", "role_names", "find"]


async def test_a_session_expires_though_it_is_remembered(
    parse: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = await parse.sign_up()
    assert await _status(parse, user) == 0

    monkeypatch.setattr(dates, "now", lambda: "2999-01-01T00:00:00.000Z")

    answer = await parse.send("GET", "/users/me", user=user)
    assert answer.json() == {"code": 209, "error": "Session token is expired."}


@pytest.mark.parametrize(("expire", "expected"), [(True, True), (False, False)])
async def test_sessions_end_by_themselves_where_the_server_says_so(
    expire: bool, expected: bool
) -> None:
    async with local_app(expireInactiveSessions=expire, sessionLength=60) as parse:
        user = await parse.sign_up()

        session = await parse.ok("GET", "/sessions/me", user=user)

    assert ("expiresAt" in session) is expected


async def test_every_log_in_has_a_token_of_its_own(parse: LocalApp) -> None:
    identity = {"authData": {"anonymous": {"id": "one"}}}

    tokens = {(await parse.ok("POST", "/users", identity))["sessionToken"] for _ in range(5)}

    assert len(tokens) == 5
    assert all(re.fullmatch("r:[0-9a-f]{32}", token) for token in tokens)


@pytest.mark.parametrize(
    "token", ["", "r:", "r:" + "0" * 32, "x", "'", '{"$ne":null}', "null", " "]
)
async def test_a_token_of_no_session_is_refused(parse: LocalApp, token: str) -> None:
    await parse.sign_up()

    answer = await parse.send("GET", "/users/me", user=User("", token))

    assert answer.json()["code"] == 209


async def test_a_session_whose_user_is_gone_is_refused(parse: LocalApp) -> None:
    user = await parse.sign_up()
    storage, schemas = parse.storage.storage, parse.app.parts.schemas
    await storage.delete(await schemas.get("_User"), Equal(Path("objectId"), user.id))

    assert await _status(parse, user) == 209


async def test_a_session_that_names_a_role_for_its_user_is_refused(parse: LocalApp) -> None:
    """Such a user id would be taken for the role itself by every ACL."""
    schema = await parse.app.parts.schemas.get("_User")
    await parse.storage.storage.insert(schema, {"objectId": "role:admins", **TIMES})
    session: JSONObject = {
        "sessionToken": "r:forged",
        "user": pointer("_User", "role:admins"),
    }
    await parse.create("_Session", session, master=True)

    answer = await parse.send("GET", "/classes/Game", user=User("", "r:forged"))

    assert answer.status_code == 500
    assert answer.json()["code"] == 1
