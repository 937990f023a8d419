"""Streams: of bytes, cut anew; of what is there already."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import ParamSpec, TypeVar

from parsepy.errors import Code, ParseError

Item = TypeVar("Item")
Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


async def in_parts_of(size: int, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of exactly `size`, but for the last one."""
    waiting: list[bytes] = []
    length = 0
    async for part in content:
        waiting.append(part)
        length += len(part)
        if length < size:
            continue
        whole = waiting[0] if len(waiting) == 1 else b"".join(waiting)
        end = length - length % size
        for at in range(0, end, size):
            yield whole[at : at + size]
        waiting, length = [whole[end:]], length - end
    if length:
        yield b"".join(waiting)


async def each(items: Iterable[Item]) -> AsyncIterator[Item]:
    """What a loop would give, for those who want to wait for it."""
    for item in items:
        yield item


async def not_empty(content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes. Raises 130 when there are none."""
    empty = True
    async for part in content:
        if part:
            empty = False
            yield part
    if empty:
        raise is_empty()


async def at_most(limit: int, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes. Raises 130 as soon as there are more than `limit`."""
    size = 0
    async for part in content:
        size += len(part)
        if size > limit:
            raise too_large(limit)
        yield part


def too_large(limit: int) -> ParseError:
    return ParseError(Code.FILE_SAVE_ERROR, f"File size exceeds maximum allowed: {limit} bytes.")


def is_empty() -> ParseError:
    return ParseError(Code.FILE_SAVE_ERROR, "Invalid file upload.")


async def in_thread(
    step: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """As `asyncio.to_thread`, but over only when the thread is done with it, cancelled or not."""
    return await finished(asyncio.ensure_future(asyncio.to_thread(step, *args, **kwargs)))


async def finished(running: "asyncio.Future[Result]") -> Result:
    """What comes of a step in a thread, once the thread is done with it, cancelled or not.

    What is cleaned up after a cancelled step must not be in the step's hands any more.
    """
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
