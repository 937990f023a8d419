"""parsepy as a process of its own, as an app on another machine meets it."""

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from parsepy.types import JSONMapping
from tests.support.ports import free_port
from tests.support.processes import ProcessFailedError, RunningProcess

MOUNT_PATH = "/parse"
READY_SECONDS = 30.0
BETWEEN_TRIES = 0.02


@dataclass(frozen=True, slots=True)
class Keys:
    """What an app must know to be let in."""

    app_id: str = "app"
    master_key: str = "master-key"
    client_key: str = "client-key"
    javascript_key: str = "javascript-key"
    rest_key: str = "rest-key"
    dotnet_key: str = "dotnet-key"


@dataclass(frozen=True, slots=True)
class RunningParsepy:
    """A server at `url` (with the mount path, without a final slash)."""

    url: str
    keys: Keys
    control_url: str
    process: RunningProcess

    def reset(self) -> None:
        """Erase all data."""
        httpx.post(f"{self.control_url}/__test__/reset", json={}).raise_for_status()


def server_options(url: str, keys: Keys) -> JSONMapping:
    return {
        "appId": keys.app_id,
        "masterKey": keys.master_key,
        "clientKey": keys.client_key,
        "javascriptKey": keys.javascript_key,
        "restAPIKey": keys.rest_key,
        "dotNetKey": keys.dotnet_key,
        "serverURL": url,
        "mountPath": MOUNT_PATH,
        "allowClientClassCreation": True,
    }


@contextmanager
def running_parsepy(
    database_uri: str,
    folder: Path,
    options: JSONMapping | None = None,
    environment: Mapping[str, str] | None = None,
    *,
    port: int | None = None,
) -> Iterator[RunningParsepy]:
    """Start the server and wait until it answers; the process ends with the block.

    `folder` takes its configuration; `options` are parse-server's, beside the usual ones; without
    `port` it is any free one. Raises ProcessFailedError with the output when the server does not
    start.
    """
    port, control_port, keys = port or free_port(), free_port(), Keys()
    url = f"http://127.0.0.1:{port}{MOUNT_PATH}"
    config = folder / "config.json"
    config.write_text(json.dumps({**server_options(url, keys), **(options or {})}))
    variables = {
        **(environment or {}),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "CONTROL_PORT": str(control_port),
        "CONFIG": str(config),
        "DATABASE_URI": database_uri,
    }
    command = [sys.executable, "-m", "parsepy.testing", "serve"]
    with RunningProcess(command, environment=variables, folder=folder) as process:
        control_url = f"http://127.0.0.1:{control_port}"
        _wait_until_ready(process, [f"{url}/health", f"{control_url}/__test__/info"])
        yield RunningParsepy(url, keys, control_url, process)


def _wait_until_ready(process: RunningProcess, urls: list[str]) -> None:
    until = time.monotonic() + READY_SECONDS
    pause = threading.Event()
    with httpx.Client() as client:
        while not all(_answers(client, url) for url in urls):
            if process.poll() is not None or time.monotonic() > until:
                raise ProcessFailedError(f"the server does not answer:\n{process.output}")
            pause.wait(BETWEEN_TRIES)


def _answers(client: httpx.Client, url: str) -> bool:
    try:
        return client.get(url).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
