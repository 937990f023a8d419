"""A store that remembers, and loggers as they were."""

import logging
import threading
from collections.abc import Iterator, Sequence

import pytest

from parsepy.logs.base import LogQuery
from parsepy.telemetry.entries import Entry
from parsepy.types import JSONObject


class MemoryStore:
    """Keeps entries in memory; `held` keeps its writer waiting until it is set."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.batches = 0
        self.failing: Exception | None = None
        self.is_closed = False
        self.threads: set[str] = set()
        self.reached = threading.Event()
        self.held = threading.Event()
        self.held.set()

    def write(self, entries: Sequence[Entry]) -> None:
        self.threads.add(threading.current_thread().name)
        self.reached.set()
        assert self.held.wait(30)
        if self.failing is not None:
            raise self.failing
        self.batches += 1
        self.entries += entries

    def query(self, query: LogQuery) -> list[JSONObject]:
        found: list[JSONObject] = [{"message": message} for message in self.messages]
        return found[: query.size]

    def close(self) -> None:
        self.is_closed = True

    @property
    def messages(self) -> list[str]:
        return [entry.message for entry in self.entries]


@pytest.fixture
def memory_store() -> MemoryStore:
    return MemoryStore()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, what was logged is written when it is looked at."""
    for name in ("_FLUSH_SECONDS", "_CLOSE_SECONDS"):
        monkeypatch.setattr(f"parsepy.logs.writer.{name}", 60.0)


@pytest.fixture(autouse=True)
def logger() -> Iterator[logging.Logger]:
    """parsepy's logger, and afterwards as it was before."""
    found = logging.getLogger("parsepy")
    before = (found.handlers[:], found.level, found.propagate)
    # A test before may have configured logging as a server does.
    found.handlers, found.propagate = [], True
    yield found
    found.handlers, found.propagate = before[0], before[2]
    found.setLevel(before[1])
