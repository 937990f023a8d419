"""Locking accounts: what counts, when it locks, what opens it again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from parsepy.protocol import dates, values
from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from parsepy.types import JSONValue, ParseObject
from parsepy.users.lockout import COUNT, LOCKED_UNTIL
from tests.support.local_app import LocalApp, local_app

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("cheap_passwords")]

ANN = {"username": "ann", "password": "secret"}
INVALID = (101, "Invalid username/password.")
LOCKED = (
    101,
    "Your account is locked due to multiple failed login attempts."
    " Please try again after 2 minute(s)",
)
IN = (None, None)


@pytest.fixture
async def app(database_uri: str) -> AsyncIterator[LocalApp]:
    options: dict[str, Any] = {"accountLockout": {"threshold": 2, "duration": 2}}
    async with local_app(databaseURI=database_uri, **options) as running:
        await running.ok("POST", "/users", ANN)
        yield running


async def attempt(
    app: LocalApp, password: str, path: str = "/login", **who: object
) -> tuple[object, object]:
    sent = {**(who or {"username": "ann"}), "password": password}
    answer = (await app.send("POST", path, sent)).json()
    return answer.get("code"), answer.get("error")


async def row(app: LocalApp) -> ParseObject:
    schema = await app.app.parts.schemas.get("_User")
    (found,) = await app.storage.storage.find(schema, tree.EVERYTHING)
    return found


async def set_internal(app: LocalApp, name: str, value: JSONValue) -> None:
    schema = await app.app.parts.schemas.get("_User")
    changed = await app.storage.storage.update(schema, tree.EVERYTHING, {name: SetValue(value)})
    assert changed is not None


def minutes_from_now(minutes: float) -> JSONValue:
    moment = datetime.now(UTC) + timedelta(minutes=minutes)
    return values.date(dates.format_datetime(moment))


async def test_failures_up_to_the_threshold_are_told_as_always_and_then_it_is_locked(
    app: LocalApp,
) -> None:
    answers = [await attempt(app, "wrong") for _ in range(4)]

    assert answers == [INVALID, INVALID, LOCKED, LOCKED]
    assert (await row(app))[COUNT] == 2


async def test_with_a_threshold_of_one_the_first_failure_locks(database_uri: str) -> None:
    options: dict[str, Any] = {"accountLockout": {"threshold": 1, "duration": 2}}
    async with local_app(databaseURI=database_uri, **options) as app:
        await app.ok("POST", "/users", ANN)

        answers = [await attempt(app, password) for password in ("wrong", "secret", "wrong")]

    assert answers == [INVALID, LOCKED, LOCKED]


async def test_the_right_password_does_not_open_a_locked_account(app: LocalApp) -> None:
    for _ in range(2):
        await attempt(app, "wrong")

    assert await attempt(app, "secret") == LOCKED
    assert await attempt(app, "secret") == LOCKED


async def test_a_success_sets_the_count_back(app: LocalApp) -> None:
    answers = [await attempt(app, password) for password in ("wrong", "secret", "wrong", "secret")]

    assert answers == [INVALID, IN, INVALID, IN]
    assert (await row(app))[COUNT] == 0


async def test_the_lock_lasts_as_long_as_configured(app: LocalApp) -> None:
    earliest = datetime.now(UTC) + timedelta(minutes=2) - timedelta(milliseconds=1)
    for _ in range(2):
        await attempt(app, "wrong")
    latest = datetime.now(UTC) + timedelta(minutes=2)

    until = (await row(app))[LOCKED_UNTIL]
    assert isinstance(until, dict)
    moment = dates.parse(str(until["iso"]))
    assert moment is not None
    assert earliest <= moment <= latest


async def test_after_the_lock_the_right_password_opens_and_counts_anew(app: LocalApp) -> None:
    for _ in range(2):
        await attempt(app, "wrong")
    await set_internal(app, LOCKED_UNTIL, minutes_from_now(-0.001))

    assert await attempt(app, "secret") == IN
    assert (await row(app))[COUNT] == 0
    assert await attempt(app, "wrong") == INVALID


async def test_after_the_lock_one_more_failure_locks_again(app: LocalApp) -> None:
    for _ in range(2):
        await attempt(app, "wrong")
    await set_internal(app, LOCKED_UNTIL, minutes_from_now(-0.001))

    assert await attempt(app, "wrong") == LOCKED
    assert (await row(app))[COUNT] == 3
    assert await attempt(app, "secret") == LOCKED


async def test_a_date_without_enough_failures_locks_nobody(app: LocalApp) -> None:
    await set_internal(app, LOCKED_UNTIL, minutes_from_now(5))

    assert await attempt(app, "secret") == IN


async def test_ten_guesses_at_once_count_ten(database_uri: str) -> None:
    options: dict[str, Any] = {"accountLockout": {"threshold": 100, "duration": 2}}
    async with local_app(databaseURI=database_uri, **options) as app:
        await app.ok("POST", "/users", ANN)

        answers = await asyncio.gather(*(attempt(app, "wrong") for _ in range(10)))

        assert answers == [INVALID] * 10
        assert (await row(app))[COUNT] == 10


async def test_ten_guesses_at_once_are_not_more_than_the_threshold(app: LocalApp) -> None:
    answers = await asyncio.gather(*(attempt(app, "wrong") for _ in range(10)))

    assert sorted(answers) == sorted([INVALID] * 2 + [LOCKED] * 8)
    assert (await row(app))[COUNT] == 2


async def test_a_right_guess_among_many_does_not_open_what_they_have_locked(app: LocalApp) -> None:
    held = app.storage.hold_next("find")
    right = asyncio.create_task(attempt(app, "secret"))
    await held.reached.wait()
    for _ in range(2):
        await attempt(app, "wrong")
    held.release()

    assert await right == LOCKED


@pytest.mark.parametrize("path", ["/login", "/verifyPassword"])
async def test_every_way_to_prove_a_password_counts(app: LocalApp, path: str) -> None:
    answers = [await attempt(app, "wrong", path) for _ in range(3)]

    assert answers == [INVALID, INVALID, LOCKED]
    assert await attempt(app, "secret") == LOCKED


async def test_name_and_address_count_together(app: LocalApp) -> None:
    user_id = str((await row(app))["objectId"])
    await app.ok("PUT", f"/users/{user_id}", {"email": "ann@example.org"}, master=True)

    assert await attempt(app, "wrong") == INVALID
    assert await attempt(app, "wrong", email="ann@example.org") == INVALID
    assert await attempt(app, "wrong", username="ann@example.org") == LOCKED


async def test_an_account_without_a_password_is_locked_too(app: LocalApp) -> None:
    await app.sign_up(username="eve")

    answers = [await attempt(app, "wrong", username="eve") for _ in range(3)]

    assert answers == [INVALID, INVALID, LOCKED]


async def test_sessions_and_other_ways_in_stay_open(app: LocalApp) -> None:
    session = await app.ok("POST", "/login", ANN)
    for _ in range(3):
        await attempt(app, "wrong")

    me = await app.send("GET", "/users/me", X_Parse_Session_Token=session["sessionToken"])
    assert me.status_code == 200
    body = {"userId": session["objectId"]}
    assert (await app.send("POST", "/loginAs", body, master=True)).status_code == 200


async def test_without_the_option_nothing_is_counted(parse: LocalApp) -> None:
    await parse.ok("POST", "/users", ANN)
    for _ in range(3):
        assert await attempt(parse, "wrong") == INVALID

    assert COUNT not in await row(parse)


async def test_the_first_failure_may_be_the_last(database_uri: str) -> None:
    options: dict[str, Any] = {"accountLockout": {"threshold": 1, "duration": 2}}
    async with local_app(databaseURI=database_uri, **options) as app:
        await app.ok("POST", "/users", ANN)

        assert await attempt(app, "wrong") == INVALID
        assert await attempt(app, "secret") == LOCKED


async def test_a_transaction_cannot_hold_a_log_in_that_counts(app: LocalApp) -> None:
    def request(name: str, password: str) -> dict[str, object]:
        body = {"username": name, "password": password}
        return {"method": "POST", "path": "/parse/login", "body": body}

    for name, password in (("ann", "wrong"), ("ann", "secret"), ("nobody", "wrong")):
        batch = {"transaction": True, "requests": [request(name, password)]}
        answer = (await app.send("POST", "/batch", batch)).json()
        assert answer["code"] == 108

    assert COUNT not in await row(app)


@pytest.mark.parametrize("path", ["/login", "/verifyPassword"])
async def test_a_wrong_password_costs_the_store_the_same_whether_the_name_exists(
    app: LocalApp, path: str
) -> None:
    app.storage.taken_calls()

    assert await attempt(app, "wrong", path) == INVALID
    known = app.storage.taken_calls()
    assert await attempt(app, "wrong", path, username="nobody") == INVALID
    unknown = app.storage.taken_calls()

    assert "update" in known
    assert unknown == known


async def test_failures_of_unknown_names_leave_no_trace(app: LocalApp) -> None:
    for _ in range(4):
        assert await attempt(app, "wrong", username="nobody") == INVALID

    assert COUNT not in await row(app)
    assert await attempt(app, "secret") == IN
