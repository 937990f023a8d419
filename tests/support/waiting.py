"""Waiting for what other tasks, threads and processes bring about."""

from collections.abc import Awaitable, Callable

import anyio

PATIENCE = 30.0
BETWEEN_LOOKS = 0.005


async def until(condition: Callable[[], bool | Awaitable[bool]]) -> None:
    """Returns when the condition holds; raises TimeoutError when it does not come true."""
    with anyio.fail_after(PATIENCE):
        while True:
            met = condition()
            if await met if isinstance(met, Awaitable) else met:
                return
            await anyio.sleep(BETWEEN_LOOKS)
