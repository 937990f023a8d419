"""Fixtures that every test may use."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.support.availability import MissingComponentError, component_missing
from tests.support.mongod import RunningMongod, existing_server, find_mongod, running_mongod
from tests.support.ports import free_port
from tests.support.processes import RunningProcess
from tests.support.redis_server import RunningRedis, find_redis, running_redis


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def mongod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMongod]:
    """A real MongoDB server, one per test process.

    Workers do not share one: then none has to outlive the worker that started it, and an
    interrupted run leaves nothing behind.
    """
    try:
        if existing_server() is None:
            find_mongod()
    except MissingComponentError as missing:
        component_missing(missing)
    with running_mongod(tmp_path_factory.mktemp("mongod"), journals_first=False) as server:
        yield server


@pytest.fixture(scope="session")
def mongodb_uri(mongod: RunningMongod) -> str:
    """The address of a real MongoDB replica set, without a database name."""
    return mongod.uri


@pytest.fixture(scope="session")
def redis_installed() -> None:
    """Skips where there is no redis-server."""
    try:
        find_redis()
    except MissingComponentError as missing:
        component_missing(missing)


@pytest.fixture
def redis(redis_installed: None, tmp_path: Path) -> Iterator[RunningRedis]:
    """A real Redis of this test alone: it may be stopped and frozen."""
    with running_redis(tmp_path) as server:
        yield server


@pytest.fixture
def database_name(mongod: RunningMongod) -> Iterator[str]:
    """The name of a database of this test alone, dropped after it."""
    name = f"parsepy_test_{uuid4().hex}"
    yield name
    mongod.drop_database(name)


@pytest.fixture
def mongodb_database_uri(mongod: RunningMongod, database_name: str) -> str:
    """The address of a database of this test alone: a value for `databaseURI`."""
    return mongod.database_uri(database_name)


@pytest.fixture
def standalone_uri(tmp_path: Path) -> Iterator[str]:
    """A server without a replica set, which has no change streams."""
    port = free_port()
    arguments = ["--port", str(port), "--bind_ip", "127.0.0.1", "--dbpath", str(tmp_path)]
    memory = ["--wiredTigerCacheSizeGB", "0.25", "--nounixsocket"]
    with RunningProcess([str(find_mongod()), *arguments, *memory]) as process:
        process.wait_for_line(lambda line: "Waiting for connections" in line)
        yield f"mongodb://127.0.0.1:{port}/test"


@pytest.fixture(params=["sqlite", "mongodb"])
def database_uri(request: pytest.FixtureRequest) -> str:
    """A database on each store."""
    if request.param == "sqlite":
        return "sqlite::memory:"
    uri: str = request.getfixturevalue("mongodb_database_uri")
    return uri
