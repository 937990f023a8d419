"""Answers that are made while they are sent."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Message

from parsepy.http.answer import StreamedAnswer
from parsepy.http.streaming import send_stream

pytestmark = pytest.mark.anyio


@dataclass
class Client:
    """Takes what is sent, and leaves after `patience` parts."""

    patience: int = 1000
    sent: list[Message] = field(default_factory=list)
    gone: asyncio.Event = field(default_factory=asyncio.Event)
    closed: int = 0
    made: int = 0

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if len(self.sent) > self.patience:
            self.gone.set()
        await asyncio.sleep(0)

    async def close(self) -> None:
        self.closed += 1

    async def content(self, count: int, error: Exception | None = None) -> AsyncIterator[bytes]:
        for _ in range(count):
            self.made += 1
            yield b"x"
        if error is not None:
            raise error

    @property
    def body(self) -> bytes:
        return b"".join(message.get("body", b"") for message in self.sent)


async def _answered(client: Client, answer: StreamedAnswer, *, head: bool = False) -> None:
    await send_stream(client.receive, client.send, answer, [(b"A", b"1")], head=head)


async def test_parts_are_sent_as_they_are_made() -> None:
    client = Client()

    await _answered(client, StreamedAnswer(206, [(b"B", b"2")], client.content(3), client.close))

    assert client.sent[0]["status"] == 206
    assert client.sent[0]["headers"] == [(b"A", b"1"), (b"B", b"2")]
    assert client.body == b"xxx"
    assert not client.sent[-1].get("more_body")
    assert client.closed == 1


async def test_the_answer_to_a_head_has_no_body_and_is_closed() -> None:
    client = Client()

    await _answered(client, StreamedAnswer(200, [], client.content(3), client.close), head=True)

    assert (client.body, client.made, client.closed) == (b"", 0, 1)


async def test_nothing_is_made_for_a_client_that_has_gone() -> None:
    client = Client(patience=5)

    await _answered(client, StreamedAnswer(200, [], client.content(1000), client.close))

    assert client.made < 20
    assert client.closed == 1


async def test_a_content_that_breaks_off_is_no_whole_answer() -> None:
    client = Client()

    with pytest.raises(OSError, match="disk"):
        await _answered(
            client, StreamedAnswer(200, [], client.content(2, OSError("disk")), client.close)
        )

    assert client.sent[-1]["more_body"]
    assert client.closed == 1
