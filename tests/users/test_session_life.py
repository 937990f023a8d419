"""Option `extendSessionOnUse`: sessions that live longer while they are used."""

import asyncio
from collections import OrderedDict
from collections.abc import AsyncIterator
from typing import Any

import pytest

from parsepy.protocol import dates
from parsepy.users import session_life
from parsepy.users.session_life import SessionRenewal
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

LENGTH = 1000
LONG_AGO = -LENGTH * 500 - 1
"""Milliseconds: the second half of a session's life."""


class Clock:
    """The server's clock, which a test puts forward."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._now = dates.now_ms()
        monkeypatch.setattr(dates, "now_ms", lambda: self._now)

    def forward(self, seconds: float) -> None:
        self._now += int(seconds * 1000)

    def after(self, seconds: float) -> dict[str, str]:
        return {"__type": "Date", "iso": dates.format_ms(self._now + int(seconds * 1000))}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(session_life, "BETWEEN_TRIES", 0)
    return Clock(monkeypatch)


@pytest.fixture(params=["sqlite", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = (
        "sqlite::memory:"
        if request.param == "sqlite"
        else request.getfixturevalue("mongodb_database_uri")
    )
    async with local_app(databaseURI=uri, extendSessionOnUse=True, sessionLength=LENGTH) as running:
        yield running


async def _use(parse: LocalApp, user: User) -> None:
    await parse.ok("GET", "/users/me", user=user)
    await parse.app.parts.users.sessions.settled()


async def _session(parse: LocalApp, user: User) -> dict[str, Any]:
    rows = await parse.find("_Session", {"sessionToken": user.token}, master=True)
    return rows[0]


async def test_use_in_the_second_half_renews(parse: LocalApp, clock: Clock) -> None:
    user = await parse.sign_up()
    clock.forward(LENGTH / 2 - 1)
    await _use(parse, user)
    assert (await _session(parse, user))["expiresAt"] == clock.after(LENGTH / 2 + 1)

    clock.forward(2)
    await _use(parse, user)

    session = await _session(parse, user)
    assert session["expiresAt"] == clock.after(LENGTH)
    assert session["updatedAt"] == clock.after(0)["iso"]


async def test_a_session_that_is_used_outlives_its_first_end(parse: LocalApp, clock: Clock) -> None:
    user = await parse.sign_up()

    for _ in range(4):
        clock.forward(LENGTH * 0.75)
        await _use(parse, user)

    clock.forward(LENGTH + 1)
    assert (await parse.send("GET", "/users/me", user=user)).json()["code"] == 209


async def test_an_expired_session_is_not_revived(parse: LocalApp, clock: Clock) -> None:
    user = await parse.sign_up()
    before = await _session(parse, user)
    clock.forward(LENGTH + 1)

    assert (await parse.send("GET", "/users/me", user=user)).json()["code"] == 209
    await parse.app.parts.users.sessions.settled()

    assert await _session(parse, user) == before


async def test_of_many_servers_that_see_a_use_one_renews(parse: LocalApp, clock: Clock) -> None:
    user = await parse.sign_up()
    long_ago = (await _session(parse, user))["updatedAt"]
    clock.forward(LENGTH * 0.75)
    forgotten: list[str] = []

    async def forget(token: str) -> None:
        forgotten.append(token)

    servers = [SessionRenewal(parse.app.parts.services.objects, forget) for _ in range(10)]
    for server in servers:
        server.used(user.token, long_ago)
    for server in servers:
        await server.settled()

    assert forgotten == [user.token]


async def test_a_session_that_ended_meanwhile_stays_ended(parse: LocalApp, clock: Clock) -> None:
    user = await parse.sign_up()
    long_ago = (await _session(parse, user))["updatedAt"]
    clock.forward(LENGTH * 0.75)
    await parse.ok("POST", "/logout", user=user)
    renewal = SessionRenewal(parse.app.parts.services.objects, _unexpected)

    renewal.used(user.token, long_ago)
    await renewal.settled()

    assert await parse.find("_Session", {}, master=True) == []


async def _unexpected(token: str) -> None:
    raise AssertionError(token)


async def test_a_request_does_not_wait_for_the_renewal(clock: Clock) -> None:
    async with local_app(extendSessionOnUse=True, sessionLength=LENGTH) as parse:
        user = await parse.sign_up()
        clock.forward(LENGTH * 0.75)
        held = parse.storage.hold_next("update")

        await parse.ok("GET", "/users/me", user=user)

        await held.reached.wait()
        await parse.ok("GET", "/users/me", user=user)
        held.release()


async def test_a_renewal_that_fails_fails_no_request(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async with local_app(extendSessionOnUse=True, sessionLength=LENGTH) as parse:
        user = await parse.sign_up()
        clock.forward(LENGTH * 0.75)

        async def fails(*_arguments: object) -> None:
            raise RuntimeError("the store is away")

        monkeypatch.setattr(parse.storage.storage, "update", fails)

        await _use(parse, user)

    assert "A session could not be renewed." in caplog.text
    assert user.token not in caplog.text


async def test_a_session_is_tried_once_in_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    async with local_app(extendSessionOnUse=True, sessionLength=LENGTH, cacheTTL=0) as parse:
        ann, ben = await parse.sign_up(), await parse.sign_up()
        clock.forward(LENGTH * 0.75)
        # What is renewed is due again at once, so only the pause keeps it from being tried.
        monkeypatch.setattr(SessionRenewal, "_half_a_life_ago", lambda _self: "9")
        parse.storage.taken_calls()

        await asyncio.gather(*(_use(parse, user) for user in (ann, ben) for _ in range(5)))

        assert parse.storage.taken_calls().count("update") == 2


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"extendSessionOnUse": False},
        {"extendSessionOnUse": True, "expireInactiveSessions": False},
    ],
)
async def test_other_servers_write_nothing(
    monkeypatch: pytest.MonkeyPatch, options: dict[str, Any]
) -> None:
    clock = Clock(monkeypatch)
    async with local_app(sessionLength=LENGTH, **options) as parse:
        user = await parse.sign_up()
        clock.forward(LENGTH * 0.75)
        parse.storage.taken_calls()

        await _use(parse, user)

        assert "update" not in parse.storage.taken_calls()


def test_what_is_remembered_of_tries_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session_life, "MOST_REMEMBERED", 2)
    renewal = SessionRenewal.__new__(SessionRenewal)
    renewal._tried = OrderedDict()

    tried = [renewal._may_try(token) for token in ("a", "b", "a", "c", "a", "b")]

    assert tried == [True, True, False, True, True, True]
