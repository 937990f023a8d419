"""`Logs`: the log of one app."""

import asyncio
from typing import Final

from parsepy.logs.base import LogQuery, LogStore
from parsepy.logs.own import cannot_be_queried
from parsepy.logs.writer import LOG_OF, LogWriter
from parsepy.telemetry import logs
from parsepy.telemetry.masking import Masker
from parsepy.types import JSONObject

_AT_ONCE: Final = 2
"""Questions that are read at one time: each may go through a lot of disk."""


class Logs:
    """`store` is `None` where the app keeps none: the console, or what an outer application does
    with records, is all there is then."""

    def __init__(self, level: int, store: LogStore | None, masker: Masker) -> None:
        self._level = level
        self._store = store
        self._masker = masker
        self._writer: LogWriter | None = None
        self._turns = asyncio.Semaphore(_AT_ONCE)

    def start(self) -> None:
        """Entries are kept from here on. Starting what is started does nothing."""
        if self._store is None or self._writer is not None:
            return
        self._writer = LogWriter(self._level, self._store, self._masker)
        self._writer.start()
        logs.attach(self._writer)
        self.enter()

    @property
    def is_kept(self) -> bool:
        return self._writer is not None

    def enter(self) -> None:
        """What this task logs from here on is in this log, and in no other app's."""
        LOG_OF.set(self._writer)

    async def query(self, query: LogQuery) -> list[JSONObject]:
        """Raises 115 where nothing is kept that could be asked."""
        store, writer = self._store, self._writer
        if store is None or writer is None:
            raise cannot_be_queried()

        def ask() -> list[JSONObject]:
            writer.flush()
            return store.query(query)

        async with self._turns:
            return await asyncio.to_thread(ask)

    async def close(self) -> None:
        writer, self._writer = self._writer, None
        if writer is not None:
            logs.detach(writer)
            await asyncio.to_thread(writer.end)
