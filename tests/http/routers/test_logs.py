"""`/scriptlog`."""

import json
import logging
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from parsepy.cloud.requests import FunctionRequest, TriggerRequest
from parsepy.errors import ParseError
from parsepy.http.routers.logs import read_query
from parsepy.types import JSONValue
from tests.support.local_app import MAINTENANCE_KEY, READ_ONLY_KEY, LocalApp, local_app

pytestmark = pytest.mark.anyio

LOG = "/scriptlog"


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("parsepy.logs.writer._FLUSH_SECONDS", 60.0)


@pytest.fixture
async def logged(tmp_path: Path) -> AsyncIterator[LocalApp]:
    """An app that keeps its log."""
    async with local_app(logsFolder=str(tmp_path)) as app:
        yield app


def _write(folder: Path, *entries: tuple[str, str, datetime]) -> None:
    for level, message, moment in entries:
        text = moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = json.dumps({"level": level, "message": message, "timestamp": text})
        with (folder / f"parse-server.info.{text[:10]}").open("a") as file:
            file.write(f"{line}\n")


async def _messages(app: LocalApp, query: str = "") -> list[str]:
    found = await app.ok("GET", f"{LOG}?{query}", master=True)
    return [entry["message"] for entry in found]


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
async def test_it_takes_the_master_key(
    logged: LocalApp, headers: dict[str, str], status: int
) -> None:
    answer = await logged.send("GET", LOG, **headers)  # type: ignore[arg-type]

    assert answer.status_code == status


async def test_a_user_is_refused(logged: LocalApp) -> None:
    answer = await logged.send("GET", LOG, user=await logged.sign_up())

    assert (answer.status_code, answer.json()) == (403, {"error": "Permission denied"})


async def test_only_reading_is_there(logged: LocalApp) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await logged.send(method, LOG, {}, master=True)).status_code == 404


async def test_the_last_seven_days_by_default_and_ten_entries(
    logged: LocalApp, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    _write(tmp_path, ("info", "too old", now - timedelta(days=7, minutes=5)))
    _write(tmp_path, ("info", "old", now - timedelta(days=6, hours=23)))
    assert await _messages(logged) == ["old"]

    seconds = [now - timedelta(seconds=60 - number) for number in range(12)]
    _write(tmp_path, *(("info", str(number), at) for number, at in enumerate(seconds)))

    assert await _messages(logged) == [str(number) for number in range(11, 1, -1)]
    assert await _messages(logged, "size=3") == ["11", "10", "9"]
    assert await _messages(logged, "size=3&n=2") == ["11", "10"]
    assert await _messages(logged, "n=&size=2") == ["11", "10"]
    assert await _messages(logged, "order=asc&n=3") == ["old", "0", "1"]


async def test_times_levels_and_texts(logged: LocalApp, tmp_path: Path) -> None:
    day = datetime(2024, 5, 6, tzinfo=UTC)
    _write(
        tmp_path,
        ("info", "One", day),
        ("warn", "Two", day + timedelta(hours=1)),
        ("verbose", "Three", day + timedelta(hours=2)),
    )
    whole = "from=2024-05-06&until=2024-05-07"

    assert await _messages(logged, whole) == ["Two", "One"]
    assert await _messages(logged, f"{whole}&level=verbose") == ["Three", "Two", "One"]
    assert await _messages(logged, f"{whole}&level=warn") == ["Two"]
    assert await _messages(logged, f"{whole}&text=one") == ["One"]
    assert await _messages(logged, "from=2024-05-06T00:30:00.000Z&until=2024-05-07") == ["Two"]
    milliseconds = int(day.timestamp() * 1000) + 1
    dashboard = f"level=info&n=100&startDate={milliseconds}&until=2024-05-07"
    assert await _messages(logged, dashboard) == ["Two"]


async def test_sdks_ask_by_post(logged: LocalApp, tmp_path: Path) -> None:
    _write(tmp_path, ("info", "one", datetime.now(UTC)))

    found = await logged.ok("POST", f"{LOG}?n=1&level=info", {"_method": "GET"}, master=True)

    assert [entry["message"] for entry in found] == ["one"]


WRONG: dict[str, list[JSONValue]] = {
    "from": ["yesterday", [], {}, True, 1.5, "2024-13-01"],
    "until": ["x"],
    "startDate": ["x"],
    "size": [0, -1, 1001, 1.5, "ten", True, [], {}, 1e300],
    "n": ["x"],
    "order": ["up", 1, [], "ASC"],
    "level": ["fatal", 1, [], "silent"],
    "text": [[], {}, "x" * 1001],
}
BAD = [(name, value) for name, values in WRONG.items() for value in values]


@pytest.mark.parametrize(("name", "value"), BAD, ids=lambda part: str(part)[:20])
async def test_bad_input_is_refused(logged: LocalApp, name: str, value: JSONValue) -> None:
    given = {name: value}
    with pytest.raises(ParseError) as raised:
        read_query(given)
    assert raised.value.code == 102
    assert name in raised.value.message

    answer = await logged.send("POST", LOG, {"_method": "GET", **given}, master=True)

    assert (answer.status_code, answer.json()["code"]) == (400, 102)


async def test_without_a_log_there_is_nothing_to_ask(parse: LocalApp) -> None:
    answer = await parse.send("GET", LOG, master=True)

    assert answer.status_code == 400
    assert answer.json() == {
        "code": 115,
        "error": "Querying logs is not supported with this adapter",
    }


async def test_what_functions_and_triggers_did_is_there_with_what_they_say(
    tmp_path: Path,
) -> None:
    async with local_app(logsFolder=str(tmp_path), logLevel="silly") as app:
        registry = app.app.registry

        @registry.function("hello")
        def hello(request: FunctionRequest) -> str:
            request.log.warning("in a thread: %s", request.params["name"])
            return "hi"

        @registry.function("broken")
        async def broken(_request: FunctionRequest) -> None:
            raise RuntimeError("it broke")

        async def check(request: TriggerRequest) -> None:
            request.log.silly("checking")

        registry.add_trigger("beforeSave", "Game", check)
        user = await app.sign_up()
        await app.ok("POST", "/functions/hello", {"name": "Ann", "password": "x"}, user=user)
        await app.send("POST", "/functions/broken", {})
        await app.create("Game", {"n": 1})
        found = await app.ok("GET", f"{LOG}?n=100&level=silly&order=asc", master=True)
        errors = await app.ok("GET", f"{LOG}?level=error", master=True)

    by_message = {entry["message"].partition(" for user")[0]: entry for entry in found}
    ran = by_message["Ran cloud function hello"]
    assert ran["message"] == (
        f"Ran cloud function hello for user {user.id} with:\n"
        '  Input: {"name":"Ann","password":"********"}\n  Result: "hi"'
    )
    assert ran["params"] == {"name": "Ann", "password": "********"}
    assert (ran["level"], ran["functionName"], ran["user"]) == ("info", "hello", user.id)
    said = by_message["in a thread: Ann"]
    assert (said["level"], said["requestId"]) == ("warn", ran["requestId"])
    failed = by_message["Failed running cloud function broken"]
    assert failed["error"] == {"message": "it broke", "code": 141}
    assert "RuntimeError: it broke" in failed["stack"]
    assert [entry["message"] for entry in errors] == [failed["message"]]
    triggered = by_message["beforeSave triggered for Game"]
    assert (triggered["className"], triggered["triggerType"]) == ("Game", "beforeSave")
    assert by_message["checking"]["level"] == "silly"


async def test_a_silent_app_keeps_nothing(tmp_path: Path) -> None:
    async with local_app(logsFolder=str(tmp_path / "logs"), logLevel="silent") as app:
        await app.send("GET", "/classes/Game/none")
        assert (await app.send("GET", LOG, master=True)).json()["code"] == 115

    assert not (tmp_path / "logs").exists()


async def test_a_folder_that_cannot_be_written_fails_no_request(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logging.getLogger("parsepy"), "propagate", True)
    (tmp_path / "taken").write_text("a file")
    async with local_app(logsFolder=str(tmp_path / "taken")) as app:
        answer = await app.send("GET", "/classes/Game/none")
        app.app.parts.logs._writer.flush()  # type: ignore[union-attr]

    assert answer.json()["code"] == 101
    assert "the log cannot be kept" in caplog.text
