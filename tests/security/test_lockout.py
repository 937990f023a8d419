"""Guesses are counted, whichever way they come; nothing else is a way to guess."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.security.doors import MASTER, Door, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

THRESHOLD = 3
ANN = {"username": "ann", "password": "secret", "email": "ann@parse.test"}
LOCKED = "Your account is locked"


@pytest.fixture
async def locking(database_uri: str) -> AsyncIterator[LocalApp]:
    options: dict[str, Any] = {"accountLockout": {"threshold": THRESHOLD, "duration": 5}}
    async with local_app(databaseURI=database_uri, **options) as app:
        await app.ok("POST", "/users", ANN)
        yield app


async def count_of(app: LocalApp) -> object:
    rows = await rows_of(app, "_User")
    return next(row for row in rows if row.get("username") == "ann").get("_failed_login_count")


async def test_rule_guesses_count_by_every_door_name_and_route(
    locking: LocalApp, door: Door
) -> None:
    guesses: list[tuple[str, dict[str, object]]] = [
        ("/login", {"username": "ann"}),
        ("/verifyPassword", {"email": "ann@parse.test"}),
        ("/challenge", {"username": "ann@parse.test", "challengeData": {"mfa": {}}}),
    ]
    for number, (path, account) in enumerate(guesses, start=1):
        reply = await door.ask(locking, "POST", path, {**account, "password": "wrong"})
        assert reply.code == 101
        assert await count_of(locking) == number

    for path, account in guesses:
        reply = await door.ask(locking, "POST", path, {**account, "password": "secret"})
        assert str(reply.error).startswith(LOCKED)


async def test_rule_ten_guesses_at_once_count_ten(database_uri: str) -> None:
    options: dict[str, Any] = {"accountLockout": {"threshold": 50, "duration": 5}}
    async with local_app(databaseURI=database_uri, **options) as app:
        await app.ok("POST", "/users", ANN)
        guess = {"username": "ann", "password": "wrong"}

        answers = await asyncio.gather(*(app.send("POST", "/login", guess) for _ in range(10)))

        assert {answer.json()["code"] for answer in answers} == {101}
        assert await count_of(app) == 10


async def test_rule_a_batch_of_guesses_counts_each(locking: LocalApp) -> None:
    guess = {"method": "POST", "path": "/parse/login"}
    requests = [{**guess, "body": {"username": "ann", "password": str(n)}} for n in range(10)]

    answers = await locking.ok("POST", "/batch", {"requests": requests})

    errors = [answer["error"]["error"] for answer in answers if "error" in answer]
    assert sum(error.startswith(LOCKED) for error in errors) == 10 - THRESHOLD
    again = await locking.send("POST", "/login", ANN)
    assert again.json()["error"].startswith(LOCKED)


async def test_rule_a_transaction_takes_no_guess_back(locking: LocalApp) -> None:
    requests = [
        {"method": "POST", "path": "/parse/login", "body": {"username": name, "password": "x"}}
        for name in ("ann", "nobody")
    ]
    answers = [
        await locking.send("POST", "/batch", {"transaction": True, "requests": [request]})
        for request in requests
    ]

    assert {answer.text for answer in answers} == {answers[0].text}
    assert answers[0].json()["code"] == 108


async def test_rule_a_locked_account_tells_no_right_password(locking: LocalApp) -> None:
    for _ in range(THRESHOLD):
        await locking.send("POST", "/login", {"username": "ann", "password": "wrong"})

    answers = [
        await locking.send("POST", "/login", {"username": "ann", "password": password})
        for password in ("wrong", "secret")
    ]

    assert answers[0].text == answers[1].text


async def test_rule_nobody_sets_a_count_or_a_lock(locking: LocalApp, door: Door) -> None:
    (row,) = await rows_of(locking, "_User")
    logged_in = await locking.ok("POST", "/login", ANN)
    ann = User(logged_in["objectId"], logged_in["sessionToken"])
    (before,) = await rows_of(locking, "_User")
    for name in ("_failed_login_count", "_account_lockout_expires_at"):
        for who in (session(ann), MASTER):
            body = {name: 0, f"{name}.a": 1}
            reply = await door.ask(locking, "PUT", f"/users/{row['objectId']}", body, who=who)
            assert reply.code == 105
    assert await rows_of(locking, "_User") == [before]


async def test_rule_changing_another_s_password_is_no_way_to_guess(door: Door) -> None:
    """A policy on earlier passwords would answer which ones there were."""
    policy = {"maxPasswordHistory": 5, "doNotAllowUsername": True, "validatorPattern": "."}
    async with local_app(passwordPolicy=policy) as app:
        await app.ok("POST", "/users", ANN)
        eve = await app.sign_up()
        (ann,) = await app.find("_User", {"username": "ann"}, master=True)
        path = f"/users/{ann['objectId']}"

        replies = [
            await door.ask(app, "PUT", path, {"password": guess}, who=session(eve))
            for guess in ("secret", "wrong", "ann")
        ]

        assert {reply.code for reply in replies} == {206}
        assert {reply.error for reply in replies} == {"Permission denied"}
