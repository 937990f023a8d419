"""Requests and answers in the log, at level verbose."""

from pathlib import Path

import pytest

from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsepy.logs.writer._FLUSH_SECONDS", 60.0)


async def _log(app: LocalApp) -> list[dict[str, object]]:
    found: list[dict[str, object]] = await app.ok(
        "GET", "/scriptlog?level=verbose&n=100&order=asc", master=True
    )
    return found


async def test_a_request_and_its_answer_are_told_with_secrets_masked(tmp_path: Path) -> None:
    async with local_app(logsFolder=str(tmp_path), verbose=True) as app:
        body = {
            "username": "ann",
            "password": "hunter2",
            "authData": {"anonymous": {"id": "hunter2"}},
        }
        created = await app.ok("POST", "/users", body)
        await app.send("GET", "/login?username=ann&password=hunter%322%20x")
        entries = await _log(app)

    signed_up, answered, log_in, refused, asking = entries
    assert signed_up["message"] == (
        'REQUEST for [POST] /parse/users: {\n  "username": "ann",\n'
        '  "password": "********",\n  "authData": "********"\n}'
    )
    assert (signed_up["level"], signed_up["method"]) == ("verbose", "POST")
    assert signed_up["url"] == "/parse/users"
    assert str(answered["message"]).startswith("RESPONSE from [POST] /parse/users: {")
    result = answered["result"]
    assert isinstance(result, dict)
    assert result["response"]["objectId"] == created["objectId"]
    assert result["response"]["sessionToken"] == "********"
    assert log_in["message"] == (
        "REQUEST for [GET] /parse/login?username=ann&password=********: {}"
    )
    assert refused["message"] == "Invalid username/password."
    headers = asking["headers"]
    assert isinstance(headers, dict)
    assert headers["x-parse-master-key"] == "********"
    assert headers["x-parse-application-id"] == "app"
    assert "hunter" not in str(entries)
    assert created["sessionToken"] not in str(entries)


async def test_what_the_log_says_is_not_told_again(tmp_path: Path) -> None:
    async with local_app(logsFolder=str(tmp_path), verbose=True) as app:
        for _ in range(3):
            await _log(app)
        entries = await _log(app)

    assert [str(entry["message"])[:7] for entry in entries] == ["REQUEST"] * 4


async def test_without_verbose_nothing_is_told(tmp_path: Path) -> None:
    async with local_app(logsFolder=str(tmp_path)) as app:
        await app.create("Game", {"a": 1})
        assert await _log(app) == []
