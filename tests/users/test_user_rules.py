"""Signing up, linking and changing a user: what happens at once, and what nobody is told."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

TOGETHER = 4


@pytest.fixture(params=["sqlite", "mongodb"])
async def on_each_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[LocalApp]:
    """An app whose reads and writes really wait, so that requests overlap."""
    uri = f"sqlite:///{tmp_path}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


async def _sign_ups(parse: LocalApp, *bodies: dict[str, Any]) -> list[httpx.Response]:
    return await asyncio.gather(*(parse.send("POST", "/users", body) for body in bodies))


async def _check_whole(parse: LocalApp, users: int) -> None:
    """There are that many users, and no session that is not one of theirs."""
    found = await parse.find("_User", {}, master=True)
    sessions = await parse.find("_Session", {}, master=True)
    ids = {user["objectId"] for user in found}
    assert len(found) == users
    assert {session["user"]["objectId"] for session in sessions} <= ids


async def test_of_sign_ups_with_one_name_at_once_one_gets_it(on_each_store: LocalApp) -> None:
    body = {"username": "ann", "password": "x"}

    answers = await _sign_ups(on_each_store, *[body] * TOGETHER)

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (TOGETHER - 1)
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {202}
    await _check_whole(on_each_store, 1)


async def test_of_sign_ups_with_one_address_at_once_one_gets_it(on_each_store: LocalApp) -> None:
    answers = await _sign_ups(
        on_each_store,
        *(
            {"username": f"ann{number}", "password": "x", "email": "ann@example.com"}
            for number in range(TOGETHER)
        ),
    )

    assert sorted(answer.status_code for answer in answers) == [201] + [400] * (TOGETHER - 1)
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {203}
    await _check_whole(on_each_store, 1)


async def test_sign_ups_with_one_identity_at_once_are_one_user(on_each_store: LocalApp) -> None:
    body = {"authData": {"anonymous": {"id": "one"}}}

    answers = await _sign_ups(on_each_store, *[body] * TOGETHER)

    statuses = [answer.status_code for answer in answers]
    assert statuses.count(201) == 1
    for answer in answers:
        assert answer.status_code in (200, 201) or answer.json()["code"] == 208
    await _check_whole(on_each_store, 1)
    assert (await on_each_store.send("POST", "/users", body)).status_code == 200


async def test_of_users_who_link_one_identity_at_once_one_gets_it(
    on_each_store: LocalApp,
) -> None:
    parse = on_each_store
    users = [await parse.sign_up() for _ in range(TOGETHER)]
    body = {"authData": {"anonymous": {"id": "wanted"}}}

    answers = await asyncio.gather(
        *(parse.send("PUT", f"/users/{user.id}", body, user=user) for user in users)
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (TOGETHER - 1)
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {208}
    holders = await parse.find("_User", {"authData.anonymous.id": "wanted"}, master=True)
    assert len(holders) == 1


async def test_no_address_is_nobodys_and_may_be_many_users(on_each_store: LocalApp) -> None:
    answers = await _sign_ups(
        on_each_store,
        *({"username": f"ann{number}", "password": "x", "email": None} for number in range(2)),
    )

    assert [answer.status_code for answer in answers] == [201, 201]
    found = await on_each_store.find("_User", {}, master=True)
    assert ["email" in user for user in found] == [False, False]


async def test_of_renamings_to_one_name_at_once_one_succeeds(on_each_store: LocalApp) -> None:
    parse = on_each_store
    users = [await parse.sign_up() for _ in range(TOGETHER)]

    answers = await asyncio.gather(
        *(
            parse.send("PUT", f"/users/{user.id}", {"username": "wanted"}, user=user)
            for user in users
        )
    )

    assert sorted(answer.status_code for answer in answers) == [200] + [400] * (TOGETHER - 1)
    assert {answer.json()["code"] for answer in answers if not answer.is_success} == {202}


PASSWORD = "a-password-nobody-may-see"
READS = ["/users/{id}", "/users", "/classes/_User/{id}", "/classes/_User", "/users/me"]


@pytest.mark.parametrize("keys", ["", "?keys=password,_hashed_password,sessionToken,authData"])
async def test_no_answer_holds_a_secret_of_a_user(parse: LocalApp, keys: str) -> None:
    ann, body = await _ann_with_secrets(parse)
    bob = await parse.sign_up()
    stored = await parse.storage.storage.get(
        await parse.app.parts.schemas.get("_User"), ann.id, None
    )
    assert stored is not None
    hashed = str(stored["_hashed_password"])
    pointer = {"__type": "Pointer", "className": "_User", "objectId": ann.id}
    page = await parse.create("Page", {"writer": pointer})

    answers = [json.dumps(body)]
    for path in [*READS, f"/classes/Page/{page}?include=writer"]:
        query = keys if "?" not in path and path != "/users/me" else ""
        target = path.replace("{id}", ann.id) + query
        answers += [
            (await parse.send("GET", target)).text,
            (await parse.send("GET", target, user=bob)).text,
            (await parse.send("GET", target, user=ann)).text.replace(ann.token, ""),
            (await parse.send("GET", target, master=True)).text,
        ]
    answers.append((await parse.send("PUT", f"/users/{ann.id}", {"a": 2}, user=ann)).text)

    leaks = [
        (secret, answer)
        for answer in answers
        for secret in (PASSWORD, hashed, '"password"', '"_', ann.token)
        if secret in answer.replace('"__type"', "").replace('"_User"', "")
    ]
    assert not leaks


async def _ann_with_secrets(parse: LocalApp) -> tuple[User, dict[str, Any]]:
    """A user with a password whom all may read; and the answer to her sign-up without token."""
    body = {
        "username": "ann",
        "password": PASSWORD,
        "ACL": {"*": {"read": True}},
        "authData": {"anonymous": {"id": "ann's secret id"}},
    }
    answer = await parse.ok("POST", "/users", body)
    return User(answer["objectId"], answer.pop("sessionToken")), answer


async def test_an_identity_is_told_to_its_owner_and_the_master_key(parse: LocalApp) -> None:
    ann, _ = await _ann_with_secrets(parse)
    bob = await parse.sign_up()

    told = {
        "nobody": (await parse.send("GET", f"/users/{ann.id}")).text,
        "bob": (await parse.send("GET", f"/users/{ann.id}", user=bob)).text,
        "ann": (await parse.send("GET", f"/users/{ann.id}", user=ann)).text,
        "master": (await parse.send("GET", f"/users/{ann.id}", master=True)).text,
    }

    assert {who for who, text in told.items() if "ann's secret id" in text} == {"ann", "master"}


async def test_a_stranger_learns_nothing_from_changing_a_user(parse: LocalApp) -> None:
    """Neither whether the user is there, nor whether a name or address is taken."""
    ann = await parse.sign_up(username="ann", email="ann@example.com")

    answers = {
        (await parse.send("PUT", f"/users/{user_id}", body)).text.replace(user_id, "")
        for user_id in (ann.id, "nothing")
        for body in ({}, {"username": "ann"}, {"email": "ann@example.com"}, {"username": "free"})
    }

    assert len(answers) == 1


async def test_a_refused_sign_up_logs_nobody_in(parse: LocalApp) -> None:
    await parse.sign_up(username="ann")

    answer = await parse.send("POST", "/users", {"username": "ANN", "password": "x"})

    assert answer.json()["code"] == 202
    await _check_whole(parse, 1)


async def test_a_user_is_private_until_he_says_otherwise(parse: LocalApp) -> None:
    ann, bob = await parse.sign_up(), await parse.sign_up(ACL={"*": {"read": True}})

    found = await parse.find("_User", {}, user=ann)

    assert {user["objectId"] for user in found} == {ann.id, bob.id}
    assert [user["objectId"] for user in await parse.find("_User", {})] == [bob.id]


async def test_a_user_cannot_lock_himself_out(parse: LocalApp) -> None:
    ann = await parse.sign_up()

    await parse.ok("PUT", f"/users/{ann.id}", {"ACL": {}}, user=ann)

    assert (await parse.ok("GET", "/users/me", user=ann))["objectId"] == ann.id
