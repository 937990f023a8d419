"""From `logging` to a store, past whoever logs."""

import contextvars
import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from parsepy.logs import writer as writing
from parsepy.logs.writer import LOG_OF, LogWriter
from parsepy.telemetry import logs
from parsepy.telemetry.masking import MASK, Masker
from tests.logs.conftest import MemoryStore

_log = logging.getLogger("parsepy.some.room")


@pytest.fixture
def writer(memory_store: MemoryStore) -> Iterator[LogWriter]:
    made = LogWriter(logging.INFO, memory_store, Masker(["a-key-of-the-app"]))
    made.start()
    logs.attach(made)
    yield made
    memory_store.held.set()
    logs.detach(made)
    made.end()


def test_entries_come_in_order_from_a_thread_of_their_own(
    writer: LogWriter, memory_store: MemoryStore
) -> None:
    for number in range(2000):
        _log.info("entry %d", number)
    _log.debug("less than is wanted")
    writer.flush()

    assert memory_store.messages == [f"entry {number}" for number in range(2000)]
    assert memory_store.threads == {"parsepy-log"}
    assert memory_store.batches < 2000, "what waits is written together"


def test_secrets_are_masked_before_the_store_sees_them(
    writer: LogWriter, memory_store: MemoryStore
) -> None:
    _log.info("a-key-of-the-app and password=abc", extra={"meta": {"token": "x"}})
    writer.flush()

    (entry,) = memory_store.entries
    assert entry.message == f"{MASK} and password={MASK}"
    assert entry.meta == {"token": MASK}


def test_a_store_that_hangs_holds_nobody_up_and_what_is_left_out_is_counted(
    writer: LogWriter, memory_store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_WAITING", 10)
    memory_store.held.clear()
    _log.info("first")
    assert memory_store.reached.wait(30)

    for number in range(25):
        _log.info("entry %d", number)
    memory_store.held.set()
    writer.flush()

    *kept, last = memory_store.messages
    assert kept == ["first", *(f"entry {number}" for number in range(10))]
    assert last == "15 log entries were left out: they came faster than they were written"
    assert memory_store.entries[-1].level == "warn"


def test_a_store_that_fails_is_told_of_once_on_the_console(
    writer: LogWriter, memory_store: MemoryStore, caplog: pytest.LogCaptureFixture
) -> None:
    memory_store.failing = OSError("the disk is full")
    for number in range(3):
        _log.info("lost %d", number)
        writer.flush()
    memory_store.failing = None
    _log.info("kept")
    writer.flush()

    told = [record for record in caplog.records if record.name == "parsepy.logs.writer"]
    assert [record.getMessage() for record in told] == ["the log cannot be kept: the disk is full"]
    assert memory_store.messages == ["kept"]


def test_what_is_logged_before_the_end_is_written(memory_store: MemoryStore) -> None:
    writer = LogWriter(logging.INFO, memory_store, Masker())
    writer.start()
    logs.attach(writer)
    for number in range(1000):
        _log.info("entry %d", number)
    logs.detach(writer)

    writer.end()

    assert len(memory_store.entries) == 1000
    assert memory_store.is_closed


def test_two_apps_have_two_logs(writer: LogWriter, memory_store: MemoryStore) -> None:
    others_store = MemoryStore()
    other = LogWriter(logging.INFO, others_store, Masker())
    other.start()
    logs.attach(other)
    mine, his = contextvars.copy_context(), contextvars.copy_context()
    mine.run(LOG_OF.set, writer)
    his.run(LOG_OF.set, other)

    mine.run(_log.info, "mine")
    his.run(_log.info, "his")
    _log.info("nobody's")
    writer.flush()
    logs.detach(other)
    other.end()

    assert memory_store.messages == ["mine", "nobody's"]
    assert others_store.messages == ["his", "nobody's"]


def test_a_record_that_cannot_be_told_is_left_out(
    writer: LogWriter, memory_store: MemoryStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging, "raiseExceptions", False)

    _log.info("%d", "no number")
    _log.info("goes on")
    writer.flush()

    assert memory_store.messages == ["goes on"]


def test_a_process_that_just_ends_has_written_what_it_logged(tmp_path: Path) -> None:
    code = f"""
import logging
from pathlib import Path
from parsepy.logs.files import LogFiles
from parsepy.logs.files.keeping import Keeping
from parsepy.logs.writer import LogWriter
from parsepy.telemetry import logs
from parsepy.telemetry.masking import Masker

writer = LogWriter(logging.INFO, LogFiles(Path({str(tmp_path)!r}), Keeping()), Masker())
writer.start()
logs.attach(writer)
for number in range(1000):
    logging.getLogger("parsepy.x").info("entry %d", number)
"""
    subprocess.run([sys.executable, "-c", code], check=True)

    (file,) = tmp_path.iterdir()
    assert len(file.read_text().splitlines()) == 1000
