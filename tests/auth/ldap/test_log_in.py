"""Logging in by a directory through the whole app: the password goes there and nowhere else."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.auth.ldap.conftest import PEOPLE
from tests.support.local_app import LocalApp, local_app
from tests.support.slapd import SUFFIX, RunningSlapd

pytestmark = pytest.mark.anyio

PASSWORD = "secret"
WRONG = (101, "LDAP: Wrong username or password")


def _proof(user_id: object = "ann", password: object = PASSWORD) -> dict[str, Any]:
    return {"authData": {"ldap": {"id": user_id, "password": password}}}


@pytest.fixture
async def parse(slapd: RunningSlapd) -> AsyncIterator[LocalApp]:
    options = {"url": slapd.url, "suffix": SUFFIX, "dn": f"uid={{{{id}}}},{PEOPLE}"}
    async with local_app(auth={"ldap": options}) as running:
        yield running


async def test_the_first_log_in_makes_a_user_and_the_next_finds_him(parse: LocalApp) -> None:
    first = await parse.send("POST", "/users", _proof())
    again = await parse.send("POST", "/users", _proof())

    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["objectId"] == first.json()["objectId"]
    assert again.json()["authData"] == {"ldap": {"id": "ann"}}
    users = await parse.find("_User", {}, master=True)
    assert [user["authData"] for user in users] == [{"ldap": {"id": "ann"}}]


async def test_the_password_is_in_no_answer_and_in_no_row(parse: LocalApp) -> None:
    user = await parse.sign_up()
    answers = [
        await parse.send("PUT", f"/users/{user.id}", _proof(), user=user),
        await parse.send("POST", "/users", _proof()),
        await parse.send("GET", "/users/me", user=user),
        await parse.send("GET", f"/users/{user.id}", master=True),
        await parse.send("GET", "/sessions", master=True),
    ]

    assert all(answer.is_success for answer in answers)
    assert [answer.text for answer in answers if PASSWORD in answer.text] == []


async def test_a_wrong_password_opens_no_account(parse: LocalApp) -> None:
    await parse.ok("POST", "/users", _proof())

    for password in ("wrong", "", None, {"$ne": ""}):
        answer = await parse.send("POST", "/users", _proof("ann", password))
        assert (answer.json()["code"], answer.json()["error"]) == WRONG
    only_id = await parse.send("POST", "/users", {"authData": {"ldap": {"id": "ann"}}})
    assert (only_id.json()["code"], only_id.json()["error"]) == WRONG
    assert len(await parse.find("_Session", {}, master=True)) == 1


async def test_linking_takes_the_password_too(parse: LocalApp) -> None:
    user, other = await parse.sign_up(), await parse.sign_up()

    refused = await parse.send("PUT", f"/users/{user.id}", _proof("ann", "wrong"), user=user)
    await parse.ok("PUT", f"/users/{user.id}", _proof(), user=user)
    taken = await parse.send("PUT", f"/users/{other.id}", _proof(), user=other)

    assert (refused.json()["code"], refused.json()["error"]) == WRONG
    assert (taken.json()["code"], taken.json()["error"]) == (208, "this auth is already used")


async def test_ids_that_are_no_text_are_refused_before_anybody_is_asked(parse: LocalApp) -> None:
    for user_id in (5, None, "", ["ann"], {"$regex": "a"}):
        answer = await parse.send("POST", "/users", _proof(user_id))
        assert answer.json()["code"] == 162


async def test_it_is_not_there_where_nobody_has_configured_it() -> None:
    async with local_app() as parse:
        answer = await parse.send("POST", "/users", _proof())

    assert answer.json()["code"] == 252
