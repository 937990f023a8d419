"""What a start imports, and that requests which every app makes find it imported."""

import json
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest

from parsepy.types import JSONObject
from tests.architecture.rooms import module_name
from tests.support.processes import RunningProcess

PACKAGE = Path(__file__).parents[2] / "parsepy"
SCRIPT = Path(__file__).with_name("recorded_start.py")
HEADERS = {"X-Parse-Application-Id": "app"}

MOST_OF_OUR_OWN = 395
"""Modules. Who needs more at a start should have a reason: each takes a third of a millisecond."""

LATE = (
    "aggregation/evaluate",
    "analytics",
    "auth/ldap",
    "auth/mfa",
    "auth/oidc.py",
    "cloud/api.py",
    "cloud/functions.py",
    "cloud/loader.py",
    "cloud/requests.py",
    "cloud/triggers.py",
    "cloud/webhooks.py",
    "copying",
    "doctor",
    "email/opening.py",
    "files/objectstore",
    "files/sweep",
    "http/idempotency",
    "http/routers/aggregate.py",
    "http/routers/events.py",
    "http/routers/pages.py",
    "livequery/parts.py",
    "pages",
    "pubsub/redis.py",
    "schema/migration.py",
    "security_check",
    "storage/mongodb",
    "testing",
)
"""Rooms and modules of the package that serve what an app need not have."""


class Started:
    """A server that runs, and what it has imported so far."""

    def __init__(self, url: str, imports: Path) -> None:
        self._url = url
        self._imports = imports
        self._headers = HEADERS

    def imported(self) -> list[str]:
        return self._imports.read_text(encoding="utf-8").split()

    def ask(self, method: str, path: str, body: JSONObject | bytes | None = None) -> JSONObject:
        content = json.dumps(body).encode() if isinstance(body, dict) else body
        request = urllib.request.Request(
            f"{self._url}{path}", content, self._headers, method=method
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return cast("JSONObject", json.load(response))

    def as_user(self, token: object) -> None:
        self._headers = {**HEADERS, "X-Parse-Session-Token": str(token)}

    def download(self, url: object) -> bytes:
        with urllib.request.urlopen(str(url), timeout=30) as response:
            return cast("bytes", response.read())


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[Started]:
    imports = folder / "imports"
    keys = ("--app-id", "app", "--master-key", "master", "--port", "0")
    command = [sys.executable, str(SCRIPT), str(imports), "serve", *keys, *arguments]
    with RunningProcess(command, folder=folder, environment={"PORT": ""}) as process:
        url = process.wait_for_line(lambda line: line.startswith("  URL "))
        process.wait_for_line(lambda line: line.startswith("  Store "))
        yield Started(url.split()[1], imports)


def test_a_start_imports_little_and_none_of_what_it_may_not_need(tmp_path: Path) -> None:
    with started(tmp_path) as server:
        modules = {name for name in server.imported() if name.split(".")[0] == "parsepy"}

    late = {module_name(PACKAGE / path, PACKAGE.parent) for path in LATE}
    too_early = [name for name in modules if any(f"{name}.".startswith(f"{x}.") for x in late)]
    assert too_early == []
    assert "parsepy.http.api" in modules
    assert len(modules) <= MOST_OF_OUR_OWN


def test_what_is_to_be_imported_late_is_there() -> None:
    assert [path for path in LATE if not (PACKAGE / path).exists()] == []


@pytest.fixture(params=["SQLite", "MongoDB"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Started]:
    store: tuple[str, ...] = ()
    if request.param == "MongoDB":
        store = ("--database-uri", request.getfixturevalue("mongodb_database_uri"))
    options = ("--allow-client-class-creation", "true", *store)
    with started(tmp_path, *options) as running:
        yield running


def test_requests_that_every_app_makes_import_nothing(server: Started) -> None:
    before = server.imported()

    created = server.ask("POST", "/classes/Score", {"points": 1, "tags": ["a"]})
    path = f"/classes/Score/{created['objectId']}"
    server.ask("PUT", path, {"points": {"__op": "Increment", "amount": 1}})
    server.ask("GET", path)
    found = server.ask("GET", "/classes/Score?where=%7B%22points%22%3A2%7D&order=-points&limit=1")
    server.ask("POST", "/batch", {"requests": [{"method": "DELETE", "path": f"/parse{path}"}]})
    signed_up = server.ask("POST", "/users", {"username": "ann", "password": "secret"})
    logged_in = server.ask("POST", "/login", {"username": "ann", "password": "secret"})
    server.as_user(logged_in["sessionToken"])
    me = server.ask("GET", "/users/me")
    file = server.ask("POST", "/files/note.txt", b"hello")
    content = server.download(file["url"])
    server.ask("POST", "/logout", {})

    assert isinstance(found["results"], list)
    assert (len(found["results"]), me["objectId"], content) == (1, signed_up["objectId"], b"hello")
    assert server.imported()[len(before) :] == []
