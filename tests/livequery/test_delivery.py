"""Many who are told of one change."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack

import pytest

from parsepy.livequery import delivery
from parsepy.livequery.server import LiveServer
from parsepy.livequery.sockets import Socket
from parsepy.livequery.subscriptions import Subscription
from tests.support.live_client import LiveClient, subscriber
from tests.support.local_app import LocalApp

pytestmark = pytest.mark.anyio

COUNT = 6


class Watched:
    """A socket that does something before each frame."""

    def __init__(self, socket: Socket, before: Callable[[], object]) -> None:
        self._socket = socket
        self._before = before

    @property
    def unsent(self) -> int:
        return self._socket.unsent

    def write(self, text: bytes) -> None:
        self._before()
        self._socket.write(text)

    def close(self, code: int) -> None:
        self._socket.close(code)


@pytest.fixture
async def subscribers(parse: LocalApp) -> AsyncIterator[list[LiveClient]]:
    """Clients with the same query, in the order in which they are told."""
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(subscriber(parse, "Game", {"n": 1}))
            for _ in range(COUNT)
        ]


def server_of(parse: LocalApp) -> LiveServer:
    assert parse.app.parts.live is not None
    return parse.app.parts.live.server


def subscriptions_of(server: LiveServer) -> list[Subscription]:
    (group,) = server._classes["Game"]._groups.values()
    return list(group.subscriptions)


def watch(subscription: Subscription, before: Callable[[], object]) -> None:
    client = subscription.client
    client._socket = Watched(client._socket, before)


async def test_who_leaves_while_others_are_told_hears_nothing(
    parse: LocalApp, subscribers: list[LiveClient]
) -> None:
    server = server_of(parse)
    first, *_, last = subscriptions_of(server)
    watch(first, lambda: server.unsubscribe(last) if last.group is not None else None)

    await parse.create("Game", {"n": 1})

    told = [[frame["op"] for frame in await client.told()] for client in subscribers]
    assert told == [*[["create"]] * (COUNT - 1), []]


async def test_others_have_their_turn_while_many_are_told(
    parse: LocalApp, subscribers: list[LiveClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery, "BETWEEN_PAUSES", 2)
    turns = list[str]()
    for subscription in subscriptions_of(server_of(parse)):
        watch(subscription, lambda: turns.append("told"))

    async def other() -> None:
        while turns.count("told") < COUNT:
            turns.append("other")
            await asyncio.sleep(0)

    beside = asyncio.create_task(other())
    await parse.create("Game", {"n": 1})
    await beside

    told = "".join(turns).replace("other", " ").split()
    assert "".join(told) == "told" * COUNT
    assert max(map(len, told)) == 2 * len("told")
