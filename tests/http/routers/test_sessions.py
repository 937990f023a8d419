"""`/sessions` and `/upgradeToRevocableSession`: whose session it is, and what a client may set."""

import pytest

from tests.support.local_app import MASTER_KEY, READ_ONLY_KEY, LocalApp, User

pytestmark = pytest.mark.anyio


async def test_a_client_s_session_is_its_own_whatever_it_says(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    pointer = {"__type": "Pointer", "className": "_User", "objectId": bob.id}
    body = {"user": pointer, "sessionToken": "r:chosen", "createdWith": {"a": 1}, "mine": "x"}

    made = await parse.ok("POST", "/sessions", body, user=ann)

    assert made["user"]["objectId"] == ann.id
    assert made["sessionToken"] != "r:chosen"
    assert made["createdWith"] == {"action": "create"}
    assert made["mine"] == "x"
    owner = await parse.ok("GET", "/users/me", user=User("", made["sessionToken"]))
    assert owner["objectId"] == ann.id


async def test_a_user_sees_his_sessions_and_no_others(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up()
    own = (await parse.ok("GET", "/sessions/me", user=ann))["objectId"]

    found = (await parse.ok("GET", "/sessions", user=ann))["results"]
    counted = await parse.ok("GET", "/sessions?count=1&limit=0", user=ann)
    foreign = await parse.send("GET", f"/sessions/{own}", user=bob)
    by_token = await parse.find("_Session", {"sessionToken": ann.token}, user=bob)

    assert [session["objectId"] for session in found] == [own]
    assert counted == {"results": [], "count": 1}
    assert (foreign.status_code, by_token) == (404, [])


@pytest.mark.parametrize("path", ["/sessions", "/classes/_Session"])
async def test_without_a_session_there_are_none_to_see(parse: LocalApp, path: str) -> None:
    await parse.sign_up()

    answer = await parse.send("GET", path)

    assert answer.json()["code"] == 209
    assert "r:" not in answer.text


@pytest.mark.parametrize(("key", "shown"), [(MASTER_KEY, True), (READ_ONLY_KEY, False)])
async def test_a_key_that_may_not_write_reads_no_tokens(
    parse: LocalApp, key: str, shown: bool
) -> None:
    user = await parse.sign_up()

    answer = await parse.send("GET", "/sessions", X_Parse_Master_Key=key)

    assert len(answer.json()["results"]) == 1
    assert (user.token in answer.text) is shown


async def test_an_upgrade_leaves_the_old_session_as_it_is(parse: LocalApp) -> None:
    user = await parse.sign_up()

    upgraded = await parse.ok("POST", "/upgradeToRevocableSession", {}, user=user)

    new = User(user.id, upgraded["sessionToken"])
    assert new.token != user.token
    for each in (user, new):
        assert (await parse.ok("GET", "/users/me", user=each))["objectId"] == user.id
