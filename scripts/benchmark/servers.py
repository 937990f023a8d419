"""The servers that are compared, each as a process of its own with a store of its own."""

import json
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from uuid import uuid4

from parsepy.types import JSONMapping, JSONObject
from scripts.benchmark.exchange import APP_ID, MASTER_KEY, REST_KEY, Client, Request
from tests.support.mongod import RunningMongod, running_mongod
from tests.support.ports import free_port
from tests.support.processes import ProcessFailedError, RunningProcess
from tests.support.reference import MOUNT_PATH, start_reference

OPTIONS: JSONObject = {
    "appId": APP_ID,
    "masterKey": MASTER_KEY,
    "restAPIKey": REST_KEY,
    "allowClientClassCreation": True,
}
CLOUD_CODE = Path(__file__).with_name("cloud")
NO_OPTIONS: JSONMapping = MappingProxyType({})
BASELINE = "parse-server"
HEALTH_PAUSE = 0.002
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that has answered its health check, `ready_after` seconds after it was started."""

    process: RunningProcess
    port: int
    ready_after: float

    @property
    def client(self) -> Client:
        return Client(self.port, MOUNT_PATH)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A server to measure; every start finds the store that the one before it left."""

    name: str
    title: str
    launch: Callable[[int], RunningProcess]
    on_mongodb: bool

    @contextmanager
    def running(self) -> Iterator[RunningServer]:
        port = free_port()
        started = time.perf_counter()
        process = self.launch(port)
        try:
            _wait_for_health(Client(port, MOUNT_PATH), process)
            yield RunningServer(process, port, time.perf_counter() - started)
        finally:
            process.stop()


NAMES = (BASELINE, "parsepy-mongodb", "parsepy-sqlite")


@contextmanager
def candidates(
    names: Iterable[str], folder: Path, options: JSONMapping = NO_OPTIONS
) -> Iterator[tuple[list[Candidate], RunningMongod | None]]:
    """The named servers and the mongod they share; their databases end with the block.

    `options` are for all of them, on top of OPTIONS.
    """
    wanted = [name for name in NAMES if name in set(names)]
    with ExitStack() as stack:
        mongod = None
        if any(name != "parsepy-sqlite" for name in wanted):
            mongod = stack.enter_context(running_mongod(folder))
        yield (
            [_candidate(name, folder, mongod, {**OPTIONS, **options}, stack) for name in wanted],
            mongod,
        )


def _candidate(
    name: str,
    folder: Path,
    mongod: RunningMongod | None,
    options: JSONObject,
    stack: ExitStack,
) -> Candidate:
    if mongod is None or name == "parsepy-sqlite":
        uri = f"sqlite:///{folder / 'bench.sqlite'}"
        return Candidate(name, "parsepy on SQLite", _parsepy(uri, folder / name, options), False)
    database = f"parsepy_bench_{uuid4().hex}"
    stack.callback(mongod.drop_database, database)
    uri = mongod.database_uri(database)
    if name == BASELINE:
        return Candidate(name, "parse-server", _reference(uri, options), True)
    return Candidate(name, "parsepy on MongoDB", _parsepy(uri, folder / name, options), True)


def _reference(database_uri: str, options: JSONObject) -> Callable[[int], RunningProcess]:
    given: JSONObject = {**options, "cloud": str(CLOUD_CODE.with_suffix(".cjs"))}
    return lambda port: start_reference(database_uri, given, port=port).process


def _parsepy(database_uri: str, folder: Path, given: JSONObject) -> Callable[[int], RunningProcess]:
    def launch(port: int) -> RunningProcess:
        folder.mkdir(exist_ok=True)
        config = folder / "config.json"
        options: JSONObject = {
            **given,
            "cloud": str(CLOUD_CODE.with_suffix(".py")),
            "databaseURI": database_uri,
            "serverURL": f"http://127.0.0.1:{port}{MOUNT_PATH}",
            "mountPath": MOUNT_PATH,
            "host": "127.0.0.1",
            "port": port,
            # As the reference is started: neither keeps a log.
            "logsFolder": None,
        }
        config.write_text(json.dumps(options))
        command = [str(Path(sys.executable).with_name("parsepy")), "serve", str(config)]
        # Whatever the user has set for servers of his own: empty counts as unset.
        foreign = [name for name in os.environ if name.startswith("PARSE_SERVER_")]
        environment = dict.fromkeys([*foreign, "PORT"], "")
        return RunningProcess(command, folder=folder, environment=environment)

    return launch


def _wait_for_health(client: Client, process: RunningProcess) -> None:
    """Ask for the health until it is good; a process that ended is reported with its output."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            if client.send(Request("GET", "/health")).status == 200:
                return
        time.sleep(HEALTH_PAUSE)
    raise ProcessFailedError(f"{process.command[0]} did not become ready:\n{process.output}")
