"""What answers and logs never tell."""

import json
import logging
from pathlib import Path

import pytest

from parsepy.cloud.requests import FunctionRequest
from parsepy.telemetry.logs import OneLineFormatter
from tests.security.doors import DOORS, HEADERS, MASTER, NOBODY, READ_ONLY, Door, Who, session
from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    URL,
    LocalApp,
    User,
    local_app,
)

pytestmark = pytest.mark.anyio

INTERNALS = [
    *("Traceback", 'File "', ".py", "/home/", "site-packages", "RuntimeError", "sqlite", "mongo"),
    *("apsw", "pymongo", "SELECT ", "secret-cause", "localhost:27017"),
]


def _refused(user: User) -> list[tuple[str, str, dict[str, object], Who]]:
    return [
        ("GET", "/schemas", {}, NOBODY),
        ("GET", "/serverInfo", {}, session(user)),
        ("GET", "/classes/_Hooks", {}, NOBODY),
        ("GET", "/installations", {}, session(user)),
        ("GET", "/classes/Closed", {}, NOBODY),
        ("POST", "/classes/Closed", {"a": 1}, session(user)),
        ("GET", "/classes/Needy", {}, NOBODY),
        ("GET", "/classes/Missing", {}, NOBODY),
        ("POST", "/classes/Game", {"a": 1}, READ_ONLY),
        ("GET", "/users", {"where": {"email": "a"}}, NOBODY),
        ("GET", "/users", {"order": "email"}, NOBODY),
        ("POST", "/users", {"username": "x", "password": "y", "emailVerified": True}, NOBODY),
        ("PUT", f"/users/{user.id}", {"a": 1}, NOBODY),
        ("GET", "/sessions", {}, NOBODY),
        ("POST", "/loginAs", {"userId": user.id}, session(user)),
    ]


async def _closed_app(app: LocalApp) -> User:
    await app.ok("POST", "/schemas/Closed", {"classLevelPermissions": {"find": {}}}, master=True)
    needy = {"classLevelPermissions": {"find": {"requiresAuthentication": True}}}
    await app.ok("POST", "/schemas/Needy", needy, master=True)
    return await app.sign_up()


async def test_rule_permission_errors_say_only_that(door: Door) -> None:
    async with local_app(allowClientClassCreation=False) as app:
        user = await _closed_app(app)
        for method, path, body, who in _refused(user):
            reply = await door.ask(app, method, path, body, who=who)
            assert reply.error == "Permission denied", (method, path)
            assert not [word for word in INTERNALS if word in reply.text]


async def test_rule_permission_errors_say_more_only_where_the_option_is_off(
    transport: Door,
) -> None:
    async with local_app(allowClientClassCreation=False, enableSanitizedErrorResponse=False) as app:
        user = await _closed_app(app)
        for method, path, body, who in _refused(user):
            reply = await transport.ask(app, method, path, body, who=who)
            assert reply.error not in (None, "Permission denied"), (method, path)
            assert not [word for word in INTERNALS if word in reply.text]


@pytest.mark.parametrize("sanitised", [True, False])
async def test_rule_unhandled_errors_say_nothing_more_than_code_1(
    transport: Door,
    monkeypatch: pytest.MonkeyPatch,
    log: pytest.LogCaptureFixture,
    sanitised: bool,
) -> None:
    async def fail(*_arguments: object) -> object:
        raise RuntimeError('secret-cause in "/home/parse/app.py" at localhost:27017')

    for step in (
        "write_begin.begin_create",
        "write_begin.begin_update",
        "write_steps.check_permissions",
    ):
        monkeypatch.setattr(f"parsepy.objects.{step}", fail)
    monkeypatch.setattr("parsepy.objects.access.known_class", fail)
    async with local_app(enableSanitizedErrorResponse=sanitised) as app:
        for method, path, body in (
            ("POST", "/classes/Game", {"a": 1}),
            ("PUT", "/classes/Game/one", {"a": 1}),
            ("GET", "/classes/Game", {}),
            ("GET", "/classes/Game/one", {}),
            ("POST", "/users", {"username": "a", "password": "b"}),
        ):
            log.clear()
            reply = await transport.ask(app, method, path, body)
            assert (reply.code, reply.error) == (1, "Internal server error."), path
            assert reply.status in (500, None)
            assert not [word for word in INTERNALS if word in reply.text]
            assert "secret-cause" in log.text, "the cause has to be in the log"


async def test_rule_unreadable_requests_tell_nothing_of_the_server(app: LocalApp) -> None:
    headers = {"X-Parse-Application-Id": "app", "Content-Type": "application/json"}
    for content in (b"{", b"\xff\xfe", b"[1", b'{"a":}', b"NaN", b'"', b"\x00"):
        for path in ("/classes/Game", "/users", "/login", "/batch", "/nope"):
            answer = await app.client.post(f"{URL}{path}", content=content, headers=headers)
            assert 400 <= answer.status_code < 500
            assert isinstance(answer.json()["error"], str)
            assert not [word for word in INTERNALS if word in answer.text]
            assert "server" not in answer.headers


async def test_rule_passwords_keys_and_tokens_are_in_no_log(
    app: LocalApp, log: pytest.LogCaptureFixture
) -> None:
    secrets = await _ask_with_secrets(app)

    assert log.records, "refusals are logged"
    written = log.text + "".join(str(record.__dict__) for record in log.records)
    for secret in secrets:
        assert secret not in _of_parsepy(log), secret
    assert "$2b$" not in written


@pytest.mark.parametrize("level", ["info", "silly"])
async def test_rule_log_files_hold_no_secrets_and_one_line_for_an_entry(
    tmp_path: Path, level: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("parsepy.logs.writer._FLUSH_SECONDS", 60.0)
    async with local_app(logsFolder=str(tmp_path), logLevel=level) as app:

        @app.app.registry.function("leak")
        def leak(request: FunctionRequest) -> object:
            headers, token = request.headers, request.user and request.user.session_token
            request.log.error("asked with %s by %s\nERROR forged", headers, token)
            request.log.info("key %s", MASTER_KEY)
            raise RuntimeError(f"no log-in at https://ann:{token}@example.org?token={token}")

        secrets = await _ask_with_secrets(app)
        user = await app.sign_up()
        await app.ok("GET", "/users/me", user=user)
        await app.send("POST", "/functions/leak", {"password": "of-ann-too"}, user=user)
        answer = await app.send("GET", "/scriptlog?n=1000&level=silly", master=True)

    written = "".join(path.read_text() for path in tmp_path.iterdir())
    entries = [json.loads(line) for line in written.splitlines()]
    assert any("forged" in entry["message"] for entry in entries)
    assert all(entry["level"] and entry["timestamp"] for entry in entries)
    # The names of headers look like the keys of these tests.
    shown = (written + answer.text).replace("x-parse-", "")
    for name in ("master-key", "maintenance-key", "read-only-key"):
        shown = shown.replace(f'"{name}":"********"', "")
    for secret in (*secrets, user.token, "of-ann-too", "$2b$"):
        assert secret not in shown, secret


async def _ask_with_secrets(app: LocalApp) -> list[str]:
    """Asks by every door with passwords, keys and tokens, and gives them back."""
    password, wrong = "pass-word-of-ann", "pass-word-guessed"
    answer = await app.ok("POST", "/users", {"username": "ann", "password": password})
    ann = User(answer["objectId"], answer["sessionToken"])
    await app.ok("POST", "/schemas/Closed", {"classLevelPermissions": {"find": {}}}, master=True)
    for door in DOORS:
        for method, path, body, who in (
            ("GET", "/login", {"username": "ann", "password": password}, NOBODY),
            ("POST", "/login", {"username": "ann", "password": wrong}, NOBODY),
            ("GET", "/verifyPassword", {"username": "ann", "password": wrong}, NOBODY),
            ("POST", "/users", {"username": "ann", "password": password}, NOBODY),
            ("POST", "/users", {"username": "eve", "password": {"a": password}}, NOBODY),
            ("PUT", "/users/none", {"password": password}, NOBODY),
            ("GET", "/users/me", {}, session(ann)),
            ("GET", "/classes/Closed", {}, session(ann)),
            ("GET", "/classes/Closed", {"where": {"sessionToken": ann.token}}, session(ann)),
            ("GET", "/sessions", {"where": {"sessionToken": ann.token}}, READ_ONLY),
            ("POST", "/classes/Game", {"a": {"password": password}}, READ_ONLY),
            ("GET", "/schemas", {}, Who(master_key=MASTER_KEY + "x")),
            ("GET", "/schemas", {}, Who(MASTER_KEY, MAINTENANCE_KEY)),
            ("GET", "/users/me", {}, Who(session_token=ann.token + "x")),
        ):
            await door.ask(app, method, path, body, who=who)
    return [password, wrong, ann.token, MASTER_KEY, MAINTENANCE_KEY, READ_ONLY_KEY]


def _of_parsepy(log: pytest.LogCaptureFixture) -> str:
    """The server's own records; the test's HTTP client logs the addresses that it asks for."""
    mine = [record for record in log.records if not record.name.startswith(("httpx", "httpcore"))]
    return "\n".join(f"{record.getMessage()} {record.args} {record.exc_info}" for record in mine)


async def test_rule_one_event_is_one_line(transport: Door, log: pytest.LogCaptureFixture) -> None:
    name = "a%0AINFO%20forged%0D%1B[31m%E2%80%A8x%7F"
    async with local_app(allowClientClassCreation=False) as app:
        for path in (f"/classes/{name}", f"/classes/{name}/one", f"/users/{name}"):
            for method in ("GET", "PUT"):
                await transport.ask(app, method, path, {"a": 1} if method == "PUT" else {})

    formatter = OneLineFormatter()
    lines = [formatter.format(record) for record in log.records]
    assert any("forged" in line for line in lines)
    for line in lines:
        assert line.isprintable(), line


async def test_rule_the_log_names_what_was_refused(
    transport: Door, log: pytest.LogCaptureFixture
) -> None:
    async with local_app(allowClientClassCreation=False) as app:
        await transport.ask(app, "GET", "/classes/Missing")

    assert "non-existent class: Missing" in log.text


async def test_rule_tracebacks_stay_in_the_log_at_start_too(
    app: LocalApp, log: pytest.LogCaptureFixture
) -> None:
    app.app.parts.services.state = "starting"

    answer = await app.send("GET", "/classes/Game")

    assert answer.status_code == 500
    assert answer.json() == {"code": 1, "error": "Invalid server state: starting"}
    assert not [record for record in log.records if record.levelno >= logging.ERROR]
    app.app.parts.services.state = "ok"
    assert (await HEADERS.ask(app, "GET", "/classes/Game", who=MASTER)).ok
