"""Loading cloud code again when its files change, without a restart (`parsepy dev`)."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Final

from parsepy.cloud.loader import CloudCode, CloudCodeError
from parsepy.cloud.registry import Registry

_DEBOUNCE_MS: Final = 50
"""Editors write a file in several steps."""


class Watcher:
    """Runs until `close`. Code that does not import leaves the old code as it is."""

    def __init__(self, code: CloudCode, registry: Registry, tell: Callable[[str], None]) -> None:
        self._code = code
        self._registry = registry
        self._tell = tell
        self._stop = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())

    async def close(self) -> None:
        self._stop.set()
        task, self._task = self._task, None
        if task is not None:
            await task

    async def _run(self) -> None:
        from watchfiles import PythonFilter, awatch

        folders = [str(folder) for folder in sorted(self._code.folders)]
        if not folders:
            return
        async for changes in awatch(
            *folders,
            watch_filter=PythonFilter(),
            debounce=_DEBOUNCE_MS,
            step=_DEBOUNCE_MS,
            stop_event=self._stop,
        ):
            await self._reload(sorted({path for _, path in changes}))

    async def _reload(self, changed: list[str]) -> None:
        names = ", ".join(Path(path).name for path in changed)
        try:
            loaded = await asyncio.to_thread(self._code.load)
            await self._code.settle(loaded)
        except CloudCodeError as error:
            self._tell(f"{error}\nThe cloud code from before {names} was changed goes on.")
            return
        self._registry.take_loaded(loaded)
        self._tell(f"Cloud code loaded again: {names} changed.")
