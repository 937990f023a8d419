"""One loop for everybody: nothing blocks it, and nothing of one request reaches another."""

import asyncio
import logging
import threading
from collections.abc import Callable

import bcrypt
import pytest

from tests.security.doors import HEADERS, NOBODY, Door
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio


async def test_rule_bcrypt_never_blocks_the_loop(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop_thread, threads = threading.get_ident(), []

    def noting(function: Callable[..., object]) -> Callable[..., object]:
        def noted(*arguments: object) -> object:
            threads.append(threading.get_ident())
            return function(*arguments)

        return noted

    for name in ("hashpw", "checkpw", "gensalt"):
        original = getattr(bcrypt, name)
        monkeypatch.setattr(f"parsepy.users.passwords.bcrypt.{name}", noting(original))
    await app.ok("POST", "/users", {"username": "ann", "password": "secret"})
    for name in ("ann", "nobody"):
        await app.send("POST", "/login", {"username": name, "password": "wrong"})

    assert len(threads) == 4
    assert loop_thread not in threads


async def test_rule_passwords_are_read_as_far_as_bcrypt_reads(app: LocalApp, door: Door) -> None:
    for place, password in enumerate(
        ("x" * 72, "y" * 73, "é" * 60, "z" * 5_000, "\U0001f600" * 30)
    ):
        account = {"username": f"user{place}", "password": password}
        assert (await door.ask(app, "POST", "/users", account)).ok
        assert (await door.ask(app, "POST", "/login", account)).ok
        wrong = {**account, "password": "w" + password}
        assert (await door.ask(app, "POST", "/login", wrong)).code == 101


async def test_rule_one_request_never_edits_what_another_reads(app: LocalApp) -> None:
    ann = await app.sign_up(name="ann")
    await app.create("Game", {"map": {"a": [1]}, "list": [1]})

    async def write(place: int) -> None:
        body = {"map": {"a": [place]}, "list": [place], "name": str(place)}
        await app.create("Game", body, user=ann)

    async def read() -> list[str]:
        games = await app.find("Game", {}, user=ann)
        me = await app.ok("GET", "/users/me", user=ann)
        return [str(games[0]["map"]), str(games[0]["list"]), me["name"], me["sessionToken"]]

    seen = await asyncio.gather(
        *(read() for _ in range(20)), *(write(place) for place in range(20))
    )

    assert {str(answer) for answer in seen if answer is not None} == {
        str(["{'a': [1]}", "[1]", "ann", ann.token])
    }


async def test_rule_failures_in_the_background_are_caught_and_logged(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    await app.create("Game", {"name": "x"})
    schemas = app.app.parts.schemas

    async def fail() -> None:
        raise RuntimeError("the store is away")

    monkeypatch.setattr(schemas, "_max_age", -1.0)
    monkeypatch.setattr(schemas, "load", fail)
    first = await HEADERS.ask(app, "GET", "/classes/Game", who=NOBODY)
    await asyncio.gather(*(task for task in [schemas._loading] if task is not None))
    second = await HEADERS.ask(app, "GET", "/classes/Game", who=NOBODY)

    assert first.ok
    assert second.ok
    assert [record for record in log.records if record.levelno == logging.WARNING]
