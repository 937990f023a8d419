"""The real parse-server from npm as a process of its own."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from parsepy.types import JSONMapping, JSONValue
from tests.support.node import ensure_node_modules, find_node
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

FOLDER = Path(__file__).parent.parent / "reference"
MOUNT_PATH = "/parse"
DEFAULT_OPTIONS: JSONMapping = {
    "appId": "app",
    "masterKey": "master",
    "silent": True,
    "logsFolder": None,
}
# The reference makes a logger, and its folder, before it has read its options.
ENVIRONMENT = {"NODE_ENV": "production", "PARSE_SERVER_LOGS_FOLDER": "null"}


@dataclass(frozen=True, slots=True)
class RunningReference:
    """A parse-server that answers at `url` (with the mount path, without a final slash)."""

    url: str
    port: int
    options: JSONMapping
    process: RunningProcess

    def stop(self) -> None:
        self.process.stop()


def start_reference(
    database_uri: str,
    options: JSONMapping | None = None,
    *,
    mount_path: str = MOUNT_PATH,
    port: int | None = None,
) -> RunningReference:
    """Start parse-server on a free port and wait until it answers.

    `options` are parse-server's own, on top of DEFAULT_OPTIONS; `database_uri` names the
    MongoDB database. Raises MissingComponentError without Node, and ProcessFailedError when
    parse-server does not start.
    """
    node = find_node()
    ensure_node_modules(FOLDER)
    port = port or free_port()
    url = f"http://127.0.0.1:{port}{mount_path}"
    used: dict[str, JSONValue] = {
        **DEFAULT_OPTIONS,
        "databaseURI": database_uri,
        "serverURL": url,
        **(options or {}),
    }
    given = json.dumps({"port": port, "mountPath": mount_path, "options": used})
    environment = {**ENVIRONMENT, "PARSE_REFERENCE": given}
    process = RunningProcess([node, "start.cjs"], environment=environment, folder=FOLDER)
    try:
        process.wait_for_line(lambda line: line == "ready", deadline=60)
    except BaseException:
        process.kill()
        raise
    return RunningReference(url, port, used, process)


@contextmanager
def running_reference(
    database_uri: str,
    options: JSONMapping | None = None,
    *,
    mount_path: str = MOUNT_PATH,
    port: int | None = None,
) -> Iterator[RunningReference]:
    """`start_reference` for a with block; the process ends with the block."""
    reference = start_reference(database_uri, options, mount_path=mount_path, port=port)
    try:
        yield reference
    finally:
        reference.stop()
