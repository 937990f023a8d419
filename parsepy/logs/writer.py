"""From Python's `logging` to a store, past the event loop: a bounded queue and one thread."""

import logging
import threading
from collections.abc import Callable
from contextvars import ContextVar
from queue import Empty, SimpleQueue
from time import time
from typing import Final

from parsepy.logs.base import LogStore
from parsepy.telemetry.entries import Entry, entry_of, masked_entry
from parsepy.telemetry.masking import Masker

_log = logging.getLogger(__name__)

MOST_WAITING: Final = 5000
"""Entries that wait for the store at most; what comes then is counted, and left out."""

_BATCH: Final = 500
_MANY: Final = 1000

GATHERING: Final = 0.02
"""Seconds for which entries are gathered before they are written: a wake-up and a write for each
would cost more than all the rest. Errors, and whoever asks for the log, do not wait for them."""

_FLUSH_SECONDS: Final = 2.0
_CLOSE_SECONDS: Final = 5.0

LOG_OF: Final[ContextVar["LogWriter | None"]] = ContextVar("parsepy_log", default=None)
"""Whose log the entries of this task belong in; those of nobody are in the log of every app."""


class LogWriter(logging.Handler):
    """Takes records from any thread, and never waits for the store."""

    def __init__(self, level: int, store: LogStore, masker: Masker) -> None:
        super().__init__(level)
        self._store = store
        self._masker = masker
        self._queue: SimpleQueue[Entry | threading.Event | None] = SimpleQueue()
        self._hurry = threading.Event()
        self._left_out = 0
        self._is_told = False
        self._thread = threading.Thread(target=self._run, name="parsepy-log", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def handle(self, record: logging.LogRecord) -> bool:
        """Without logging's lock: the queue is safe as it is."""
        self.emit(record)
        return True

    def emit(self, record: logging.LogRecord) -> None:
        owner = LOG_OF.get()
        if (owner is not None and owner is not self) or threading.current_thread() is self._thread:
            # What the store itself has to say would come back to it for ever.
            return
        waiting = self._queue.qsize()
        if waiting >= MOST_WAITING:
            self._left_out += 1
            return
        try:
            self._queue.put(entry_of(record))
        except Exception:
            self.handleError(record)
        if record.levelno >= logging.ERROR or waiting >= _MANY:
            self._hurry.set()

    def flush(self) -> None:
        """Waits until the store has what was logged before, for two seconds. Blocks: for threads,
        and for the end of a process that nobody has stopped in order."""
        if self._thread.is_alive():
            done = threading.Event()
            self._queue.put(done)
            self._hurry.set()
            done.wait(_FLUSH_SECONDS)

    def end(self) -> None:
        """Writes what waits, and closes the store. A store that hangs is left to itself."""
        if self._thread.is_alive():
            self._queue.put(None)
            self._hurry.set()
            self._thread.join(_CLOSE_SECONDS)

    def _run(self) -> None:
        goes_on = True
        while goes_on:
            entries, waiting, goes_on = self._take()
            if entries:
                self._guarded(lambda batch=entries: self._store.write(batch))  # type: ignore[misc]
            for event in waiting:
                event.set()
        self._guarded(self._store.close)

    def _take(self) -> tuple[list[Entry], list[threading.Event], bool]:
        """What is there, at least one thing; who waits for it to be written; whether more comes."""
        entries: list[Entry] = []
        waiting: list[threading.Event] = []
        item = self._queue.get()
        self._hurry.wait(GATHERING)
        # Before the rest is taken: whoever hurries has put his entry into the queue already.
        self._hurry.clear()
        while True:
            if item is None:
                return self._with_left_out(entries), waiting, False
            if isinstance(item, threading.Event):
                waiting.append(item)
            else:
                entries.append(masked_entry(item, self._masker))
            if len(entries) >= _BATCH or waiting:
                break
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
        return self._with_left_out(entries), waiting, True

    def _with_left_out(self, entries: list[Entry]) -> list[Entry]:
        if self._left_out:
            number, self._left_out = self._left_out, 0
            text = f"{number} log entries were left out: they came faster than they were written"
            entries.append(Entry("warn", int(time() * 1000), text))
        return entries

    def _guarded(self, step: Callable[[], None]) -> None:
        try:
            step()
            self._is_told = False
        except Exception as error:
            if not self._is_told:
                _log.warning("the log cannot be kept: %s", error)
                self._is_told = True
