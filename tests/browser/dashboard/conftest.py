"""A server with cloud code, the dashboard that looks after it, and a browser on a desk."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
import pytest

from parsepy.types import JSONMapping
from tests.browser.dashboard.page import Dashboard
from tests.browser.dashboard.process import APP, READ_ONLY_APP, running_dashboard
from tests.browser.server import MASTER, Server, running_server
from tests.browser.webdriver import running_browser
from tests.support.availability import MissingComponentError, component_missing
from tests.support.mongod import RunningMongod
from tests.support.parsepy_stores import STORES

UNLISTED: Final = ("_JobStatus", "_JobSchedule")
DESK: Final = (1600, 1000)
ON_EVERY_STORE: Final = pytest.mark.parametrize("server", STORES, indirect=True)
"""Those that ask most of a store; the others run on the embedded one."""
OPTIONS: Final[JSONMapping] = {
    "cloud": str(Path(__file__).parent / "cloud.py"),
    "readOnlyMasterKey": "read-only-key",
    "allowCustomObjectId": True,
    "security": {"enableCheck": True},
}


@dataclass(frozen=True, slots=True)
class Rest:
    """What the server says beside the dashboard, with the master key."""

    server: Server

    def ask(self, method: str, path: str, body: object = None) -> Any:
        return self.server.send(method, path, body, **MASTER).raise_for_status().json()

    def add_scores(self) -> None:
        for player, points in (("ann", 7), ("bob", 12), ("eve", 30)):
            self.ask("POST", "/classes/Score", {"player": player, "points": points})

    def rows(self, class_name: str) -> list[dict[str, Any]]:
        """Oldest first."""
        answer = self.ask("GET", f"/classes/{class_name}?order=createdAt")
        rows: list[dict[str, Any]] = answer["results"]
        return rows

    def schema(self, class_name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.ask("GET", f"/schemas/{class_name}")
        return found

    def erase_everything(self) -> None:
        names = [found["className"] for found in self.ask("GET", "/schemas")["results"]]
        for class_name in (*names, *UNLISTED):
            self.ask("DELETE", f"/purge/{class_name}")
            if not class_name.startswith("_"):
                self.ask("DELETE", f"/schemas/{class_name}")


@pytest.fixture(scope="session", params=["sqlite"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    if request.param == "sqlite":
        with running_server(folder, {**OPTIONS, "databaseURI": f"sqlite:///{folder}/app"}) as used:
            yield used
        return
    mongod: RunningMongod = request.getfixturevalue("mongod")
    database = f"parsepy_test_{uuid4().hex}"
    with running_server(folder, {**OPTIONS, "databaseURI": mongod.database_uri(database)}) as used:
        yield used
    mongod.drop_database(database)


@pytest.fixture(scope="session")
def desk(
    driver: httpx.Client, server: Server, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Dashboard]:
    profile = tmp_path_factory.mktemp("profile")
    try:
        with (
            running_dashboard(tmp_path_factory.mktemp("dashboard"), server.url) as url,
            running_browser(driver, profile, scripts=True, size=DESK) as browser,
        ):
            yield Dashboard(browser, url, APP)
    except MissingComponentError as missing:
        component_missing(missing)


@pytest.fixture
def rest(server: Server) -> Rest:
    rest = Rest(server)
    rest.erase_everything()
    return rest


@pytest.fixture
def dashboard(desk: Dashboard, rest: Rest) -> Iterator[Dashboard]:
    """It shows the app of `rest`; the server may refuse nothing that a test does not expect."""
    desk.forget_everything()
    yield desk
    assert desk.refusals(rest.server.url) == []


@pytest.fixture
def read_only(dashboard: Dashboard) -> Dashboard:
    """The same app, with the key that changes nothing."""
    return dashboard.of_app(READ_ONLY_APP)
