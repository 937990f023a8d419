"""Publishing within one process."""

import pytest

from parsepy.pubsub.in_process import InProcessPubSub

pytestmark = pytest.mark.anyio


async def test_subscribers_of_a_channel_get_what_is_published_there() -> None:
    pubsub = InProcessPubSub()
    got: list[tuple[str, bytes]] = []

    async def first(message: bytes) -> None:
        got.append(("first", message))

    async def second(message: bytes) -> None:
        got.append(("second", message))

    pubsub.subscribe("a", first)
    pubsub.subscribe("a", second)
    pubsub.subscribe("b", second)
    await pubsub.start()

    told = [await pubsub.publish(channel, channel.encode()) for channel in "abc"]

    assert told == [1, 1, 0]
    assert got == [("first", b"a"), ("second", b"a"), ("second", b"b")]
    assert pubsub.hears
    await pubsub.close()
