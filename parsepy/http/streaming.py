"""Sending an answer that is made while it is sent."""

import asyncio
from collections.abc import AsyncIterator

from starlette.types import Receive, Send

from parsepy.http.answer import Headers, StreamedAnswer


async def send_stream(
    receive: Receive, send: Send, answer: StreamedAnswer, headers: Headers, *, head: bool
) -> None:
    """Ends early when the client has gone: nobody reads the rest of a long film for him.

    What the content raises comes out after the head was sent: the server then breaks the
    connection, and the client knows that the answer is not whole.
    """
    try:
        await send(
            {
                "type": "http.response.start",
                "status": answer.status,
                "headers": [*headers, *answer.headers],
            }
        )
        if answer.content is not None and not head:
            await _send_parts(receive, send, answer.content)
        await send({"type": "http.response.body", "body": b""})
    finally:
        if answer.close is not None:
            await answer.close()


async def _send_parts(receive: Receive, send: Send, content: AsyncIterator[bytes]) -> None:
    gone = asyncio.ensure_future(_disconnected(receive))
    try:
        async for part in content:
            if gone.done():
                return
            await send({"type": "http.response.body", "body": part, "more_body": True})
    finally:
        gone.cancel()


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
