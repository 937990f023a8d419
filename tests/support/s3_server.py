"""An S3-compatible server as a process of its own: nanio, which checks every signature."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from tests.support.availability import MissingComponentError
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

KEY, SECRET = "test-key", "test-secret-of-s3"
BUCKET = "bucket"


@dataclass(frozen=True, slots=True)
class S3Server:
    """Serves `BUCKET` at `url`; `folder` is where its objects are."""

    url: str
    folder: Path

    @property
    def options(self) -> dict[str, object]:
        """Those of `filesAdapter` that lead here."""
        return {
            "bucket": BUCKET,
            "region": "eu-central-1",
            "endpoint": self.url,
            "accessKey": KEY,
            "secretKey": SECRET,
        }

    def unfinished(self) -> list[Path]:
        """What is left of uploads in parts that were neither completed nor taken back."""
        return list((self.folder / ".nanio" / "multipart").iterdir())


def find_s3() -> None:
    """Raises MissingComponentError where the server is not installed."""
    if find_spec("nanio") is None:
        raise MissingComponentError("no S3 server: pip install nanio")


@contextmanager
def running_s3(folder: Path) -> Iterator[S3Server]:
    """A server with an empty bucket, which ends with the block."""
    (folder / BUCKET).mkdir(parents=True)
    port = free_port()
    command = [
        *(sys.executable, "-m", "nanio", "serve", "--data-dir", str(folder)),
        *("--host", "127.0.0.1", "--port", str(port), "--no-access-log"),
    ]
    environment = {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    with RunningProcess(command, environment=environment) as process:
        process.wait_for_line(lambda line: "Uvicorn running on" in line)
        yield S3Server(f"http://127.0.0.1:{port}", folder)
