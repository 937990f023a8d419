"""Roles and sessions in a transaction: what it changed counts inside, and outside once kept."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from parsepy.errors import ParseError
from parsepy.schema.system_classes import join_class
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio


class Fault(Exception):
    """What stops a block in the middle."""


@pytest.fixture(params=["sqlite", "mongodb"])
async def parse(request: pytest.FixtureRequest) -> AsyncIterator[LocalApp]:
    uri = f"sqlite:///{request.getfixturevalue('tmp_path')}/app.sqlite"
    if request.param == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as running:
        yield running


async def _names(parse: LocalApp, user: User) -> list[str]:
    return await parse.app.parts.roles.names_of(user.id)


async def _join(parse: LocalApp, role: str, user: User) -> None:
    """What a write of a role does."""
    join = join_class("users", "_Role")
    await parse.storage.storage.change_relation(join, role, [user.id], [])
    await parse.app.parts.roles.forget_all()


async def test_a_role_that_is_taken_back_is_not_remembered(parse: LocalApp) -> None:
    ann, role = await parse.sign_up(), await parse.grant_role("r")

    async def join_and_fail() -> None:
        async with parse.storage.storage.transaction():
            await _join(parse, role, ann)
            assert await _names(parse, ann) == ["r"]
            raise Fault

    with pytest.raises(Fault):
        await join_and_fail()
    assert await _names(parse, ann) == []


async def test_a_role_that_is_kept_is_known_to_who_asked_before_the_end(parse: LocalApp) -> None:
    ann, role = await parse.sign_up(), await parse.grant_role("r")
    joined, go_on = asyncio.Event(), asyncio.Event()

    async def join() -> None:
        async with parse.storage.storage.transaction():
            await _join(parse, role, ann)
            assert await _names(parse, ann) == ["r"]
            joined.set()
            await go_on.wait()

    joining = asyncio.create_task(join())
    await joined.wait()
    assert await _names(parse, ann) == []
    go_on.set()
    await joining
    assert await _names(parse, ann) == ["r"]


async def test_a_session_that_is_taken_back_is_not_remembered(parse: LocalApp) -> None:
    ann = await parse.sign_up()
    sessions = parse.app.parts.users.sessions
    tokens: list[str] = []

    async def log_in_and_fail() -> None:
        async with parse.storage.storage.transaction():
            session = await sessions.create(parse.context(), ann.id, None, None)
            tokens.append(str(session["sessionToken"]))
            assert (await sessions.resolve(tokens[0]))["objectId"] == ann.id
            raise Fault

    with pytest.raises(Fault):
        await log_in_and_fail()
    with pytest.raises(ParseError):
        await sessions.resolve(tokens[0])


async def test_a_session_that_was_ended_ends_for_who_used_it_before_the_end(
    parse: LocalApp,
) -> None:
    ann = await parse.sign_up()
    sessions = parse.app.parts.users.sessions
    ended, go_on = asyncio.Event(), asyncio.Event()

    async def end() -> None:
        async with parse.storage.storage.transaction():
            await sessions.end(ann.token)
            ended.set()
            await go_on.wait()

    ending = asyncio.create_task(end())
    await ended.wait()
    assert (await sessions.resolve(ann.token))["objectId"] == ann.id
    go_on.set()
    await ending
    with pytest.raises(ParseError):
        await sessions.resolve(ann.token)
