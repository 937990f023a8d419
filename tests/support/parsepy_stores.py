"""The server under test, once per store: the fixture of the folders that talk to a process."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from parsepy.types import JSONMapping
from tests.support.mongod import RunningMongod
from tests.support.parsepy_server import RunningParsepy, running_parsepy

STORES = ("sqlite", "mongodb")


@pytest.fixture(scope="session", params=STORES)
def parsepy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningParsepy]:
    """A parsepy process; tests that count on an empty store call its `reset` first."""
    with parsepy_on(request, tmp_path_factory.mktemp("parsepy")) as server:
        yield server


@contextmanager
def parsepy_on(
    request: pytest.FixtureRequest,
    folder: Path,
    options: JSONMapping | None = None,
    environment: Mapping[str, str] | None = None,
) -> Iterator[RunningParsepy]:
    """The process on the store that the parameter of a fixture names."""
    if request.param == "sqlite":
        uri = f"sqlite:///{folder}/app.sqlite"
        with running_parsepy(uri, folder, options, environment) as server:
            yield server
        return
    mongod: RunningMongod = request.getfixturevalue("mongod")
    database = f"parsepy_test_{uuid4().hex}"
    with running_parsepy(mongod.database_uri(database), folder, options, environment) as server:
        yield server
    mongod.drop_database(database)
