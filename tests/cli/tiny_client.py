"""Starts the tiny server, and talks to it."""

import http.client
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.processes import RunningProcess

ROOT = Path(__file__).parents[2]


def tiny_server(*arguments: str) -> RunningProcess:
    command = [sys.executable, "-m", "tests.cli.tiny_server", *arguments]
    return RunningProcess(command, folder=ROOT)


@contextmanager
def running_tiny_server(workers: int) -> Iterator[tuple[RunningProcess, int]]:
    """The process and its port, once it listens."""
    with tiny_server(str(workers)) as process:
        line = process.wait_for_line(lambda text: text.startswith("ready "))
        yield process, int(line.split()[1])


def answering_process(port: int) -> int:
    """The process id that a new connection reaches."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return int(connection.getresponse().read())
    finally:
        connection.close()
