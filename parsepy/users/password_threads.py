"""Threads for work that takes a core for long: they hold neither the loop nor other requests up.

They stand behind the loop's thread in the system's queue: log-ins take every core that is free, and
no other. So that they do not starve where requests keep every core busy, one that has waited for
long is taken by a thread that does not stand back.
"""

import asyncio
import os
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Final, TypeVar, TypeVarTuple, Unpack

NICER: Final = 17
"""With 10 a request still waits for a slice of theirs (4 ms); with 19 they get next to nothing
while requests keep every core busy (docs/benchmarks.md)."""

PATIENCE: Final = 3.0
"""Seconds for which work waits for a thread that stands back."""

Result = TypeVar("Result")
Arguments = TypeVarTuple("Arguments")


class PasswordThreads:
    """`close` waits for what is under way."""

    def __init__(self, count: int, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._threads = ThreadPoolExecutor(
            count, thread_name_prefix="passwords", initializer=_stand_back
        )
        self._prompt = ThreadPoolExecutor(1, thread_name_prefix="waited passwords")

    async def run(
        self, function: Callable[[Unpack[Arguments]], Result], *arguments: *Arguments
    ) -> Result:
        job = self._threads.submit(function, *arguments)
        result = asyncio.wrap_future(job)
        try:
            await asyncio.wait([result], timeout=self._patience)
        except asyncio.CancelledError:
            # Nobody is there any more to be let in.
            job.cancel()
            raise
        if not job.cancel():
            return await result
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._prompt, function, *arguments)

    def close(self) -> None:
        self._threads.shutdown()
        self._prompt.shutdown()


def _stand_back() -> None:
    if sys.platform == "linux":  # Elsewhere a priority is a process's.
        thread = threading.get_native_id()
        with suppress(OSError):
            lower = os.getpriority(os.PRIO_PROCESS, thread) + NICER
            os.setpriority(os.PRIO_PROCESS, thread, lower)
