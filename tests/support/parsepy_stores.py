"""The server under test, once per store: the fixture of the folders that talk to a process."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.support.mongod import RunningMongod
from tests.support.parsepy_server import RunningParsepy, running_parsepy


@pytest.fixture(scope="session", params=["sqlite", "mongodb"])
def parsepy(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningParsepy]:
    """A parsepy process; tests that count on an empty store call its `reset` first."""
    folder = tmp_path_factory.mktemp("parsepy")
    if request.param == "sqlite":
        with running_parsepy(f"sqlite:///{folder}/app.sqlite", folder) as server:
            yield server
        return
    mongod: RunningMongod = request.getfixturevalue("mongod")
    database = f"parsepy_test_{uuid4().hex}"
    with running_parsepy(mongod.database_uri(database), folder) as server:
        yield server
    mongod.drop_database(database)
