"""`/health`, `/health/ready` and `/serverInfo`."""

from pathlib import Path

import pytest

from parsepy.app import create_app
from parsepy.errors import ParseError
from tests.support.local_app import MAINTENANCE_KEY, READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"X_Parse_Master_Key": "master-key"}, 200),
        ({"X_Parse_Master_Key": READ_ONLY_KEY}, 200),
        ({"X_Parse_Maintenance_Key": MAINTENANCE_KEY}, 403),
        ({"X_Parse_Master_Key": "wrong"}, 403),
        ({}, 403),
    ],
)
async def test_the_server_tells_of_itself_to_the_master_key(
    parse: LocalApp, headers: dict[str, str], status: int
) -> None:
    answer = await parse.send("GET", "/serverInfo", **headers)  # type: ignore[arg-type]

    assert answer.status_code == status
    if status == 200:
        assert answer.json()["parseServerVersion"] == "9.10.0"
        assert answer.json()["features"]["schemas"]["addClass"] is True
    else:
        assert "9.10" not in answer.text


async def test_no_answer_names_the_server(parse: LocalApp) -> None:
    for path in ("/health", "/classes/Game", "/nowhere"):
        headers = (await parse.send("GET", path)).headers
        assert not {"server", "x-powered-by"} & {name.lower() for name in headers}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH"])
@pytest.mark.parametrize("path", ["/health", "/health/ready", "/HEALTH/"])
async def test_anybody_may_ask_for_its_health_by_any_method(
    parse: LocalApp, method: str, path: str
) -> None:
    _wait_long(parse)

    answer = await parse.send(method, path, X_Parse_Application_Id="none")

    assert answer.status_code == 200
    if method != "HEAD":
        assert answer.json()["status"] == "ok"


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
@pytest.mark.parametrize("state", ["initialized", "starting", "error", "stopping"])
async def test_a_server_that_does_not_serve_says_so(parse: LocalApp, path: str, state: str) -> None:
    parse.app.parts.services.state = state

    answer = await parse.send("GET", path)

    assert (answer.status_code, answer.json()) == (503, {"status": state})
    assert answer.headers.get("Retry-After") == ("1" if state == "starting" else None)


@pytest.mark.parametrize("store", ["sqlite", "mongodb"])
async def test_it_is_ready_while_its_stores_answer(
    store: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    uri = f"sqlite:///{tmp_path / 'app.sqlite'}"
    if store == "mongodb":
        uri = request.getfixturevalue("mongodb_database_uri")
    async with local_app(databaseURI=uri) as parse:
        _wait_long(parse)
        ready = await parse.send("GET", "/health/ready")
        parse.app.parts.services.readiness._found_at = float("-inf")
        await parse.storage.storage.close()
        without_database = await parse.send("GET", "/health/ready")
        await parse.storage.storage.start()

    assert ready.json() == {"status": "ok", "checks": {"database": "ok", "files": "ok"}}
    assert without_database.status_code == 503
    checks = without_database.json()["checks"]
    assert checks["database"] == "error"
    assert without_database.json() == {"status": "error", "checks": checks}


def _wait_long(parse: LocalApp) -> None:
    """However slow the machine is, a store that answers is there."""
    parse.app.parts.services.readiness._seconds = 60


async def test_a_start_that_fails_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "app.sqlite").write_text("no database, and longer than the header of one" * 3)
    app = create_app(
        {
            "appId": "app",
            "masterKey": "m",
            "databaseURI": f"sqlite:///{tmp_path / 'app.sqlite'}",
            "logsFolder": str(tmp_path / "logs"),
        }
    )

    with pytest.raises(ParseError):
        await app.parts.start()

    assert app.parts.services.state == "error"
    assert not app.parts.logs.is_kept
