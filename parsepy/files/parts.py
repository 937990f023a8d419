"""Streams of bytes, cut anew."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import ParamSpec, TypeVar

Result = TypeVar("Result")
Arguments = ParamSpec("Arguments")


async def in_parts_of(size: int, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The same bytes in parts of exactly `size`, but for the last one."""
    waiting = bytearray()
    async for part in content:
        waiting += part
        while len(waiting) >= size:
            yield bytes(waiting[:size])
            del waiting[:size]
    if waiting:
        yield bytes(waiting)


async def in_thread(
    step: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """As `asyncio.to_thread`, but over only when the thread is done with it, cancelled or not.

    What is cleaned up after a cancelled step must not be in the step's hands any more.
    """
    running = asyncio.ensure_future(asyncio.to_thread(step, *args, **kwargs))
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
