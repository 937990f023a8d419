"""The mighty keys: from where they count, how they are compared, and what no key is."""

import hmac
from collections.abc import Callable
from typing import Any

import pytest

from tests.security.doors import (
    HEADERS,
    MAINTENANCE,
    MASTER,
    NOBODY,
    READ_ONLY,
    Door,
    Who,
    session,
)
from tests.support.local_app import (
    MAINTENANCE_KEY,
    MASTER_KEY,
    READ_ONLY_KEY,
    URL,
    LocalApp,
    local_app,
)

pytestmark = pytest.mark.anyio

FAR_AWAY = ("203.0.113.9", 50000)
LOCAL = "127.0.0.1"
ADDRESS_HEADERS = [
    *("X-Forwarded-For", "X-Real-IP", "X-Client-IP", "CF-Connecting-IP", "True-Client-IP"),
    *("X-Cluster-Client-IP", "Forwarded", "Forwarded-For", "X-Forwarded", "Client-IP", "Via"),
]
KEYS = {"master": MASTER, "maintenance": MAINTENANCE, "read-only": READ_ONLY}


def _ips(*allowed: str) -> dict[str, Any]:
    return {
        "masterKeyIps": list(allowed),
        "maintenanceKeyIps": list(allowed),
        "readOnlyMasterKeyIps": list(allowed),
    }


@pytest.mark.parametrize("key", KEYS)
async def test_rule_key_addresses_are_judged_on_the_peer_address(transport: Door, key: str) -> None:
    async with local_app(client_address=FAR_AWAY, **_ips(LOCAL, "::1")) as app:
        reply = await transport.ask(app, "GET", "/classes/Game", who=KEYS[key])

    assert reply.status == 403
    assert reply.value == {"error": "unauthorized"}


@pytest.mark.parametrize("key", KEYS)
async def test_rule_spoofable_headers_name_no_address(transport: Door, key: str) -> None:
    spoofed = {name: "for=127.0.0.1" if name == "Forwarded" else LOCAL for name in ADDRESS_HEADERS}
    async with local_app(client_address=FAR_AWAY, **_ips(LOCAL)) as app:
        for headers in (spoofed, {"X-Forwarded-For": f"{LOCAL}, {LOCAL}"}):
            reply = await transport.ask(app, "GET", "/classes/Game", who=KEYS[key], headers=headers)
            assert reply.status == 403


@pytest.mark.parametrize(
    ("forwarded", "allowed"),
    [
        ("198.51.100.1", True),
        ("127.0.0.1, 198.51.100.1", True),
        ("198.51.100.1, 203.0.113.77", False),
        ("198.51.100.1, nonsense", False),
        ("198.51.100.1,", False),
        ("", False),
    ],
)
async def test_rule_behind_a_proxy_only_the_trusted_hop_counts(
    transport: Door, forwarded: str, allowed: bool
) -> None:
    allowed_ips = _ips("198.51.100.1")
    async with local_app(client_address=FAR_AWAY, trustProxy=1, **allowed_ips) as app:
        reply = await transport.ask(
            app, "GET", "/classes/Game", who=MASTER, headers={"X-Forwarded-For": forwarded}
        )

    assert reply.ok is allowed


async def test_rule_no_address_is_allowed_by_an_empty_list(transport: Door) -> None:
    async with local_app(**_ips()) as app:
        for who in KEYS.values():
            assert (await transport.ask(app, "GET", "/classes/Game", who=who)).status == 403


@pytest.mark.parametrize("key", [MASTER_KEY, MAINTENANCE_KEY, READ_ONLY_KEY])
@pytest.mark.parametrize(
    "wrapped",
    [lambda key: [key], lambda key: {"$ne": None}, lambda key: {"$eq": key}, lambda key: True],
)
async def test_rule_credentials_in_a_body_are_strings(
    app: LocalApp, key: str, wrapped: Callable[[str], object]
) -> None:
    value = wrapped(key)
    for name in (
        *("_MasterKey", "_SessionToken", "_InstallationId", "_ApplicationId", "_ContentType"),
    ):
        body = {"_ApplicationId": "app", "_method": "GET", name: value}
        answer = await app.client.post(f"{URL}/classes/Game", json=body)
        assert answer.status_code == 403
        assert answer.json() == {"error": "unauthorized"}


@pytest.mark.parametrize("context", [[], 1, True, "[]", "1", "{", "null"])
async def test_rule_the_context_in_a_body_is_an_object(app: LocalApp, context: object) -> None:
    body = {"_ApplicationId": "app", "_context": context, "a": 1}

    answer = await app.client.post(f"{URL}/classes/Game", json=body)

    assert answer.status_code == 400 or context == []
    assert answer.json().get("code", 107) == 107


async def test_rule_keys_are_compared_in_constant_time(
    app: LocalApp, transport: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[bytes, bytes]] = []

    def recording(left: bytes, right: bytes) -> bool:
        compared.append((left, right))
        return hmac.compare_digest(left, right)

    monkeypatch.setattr("parsepy.http.authenticate.compare_digest", recording)

    reply = await transport.ask(app, "GET", "/classes/Game", who=Who(master_key="master-kez"))

    assert reply.ok
    pairs = {(b"master-kez", key.encode()) for key in (MASTER_KEY, READ_ONLY_KEY)}
    assert pairs <= set(compared)


async def test_rule_a_header_key_beside_body_credentials_is_compared_in_constant_time(
    app: LocalApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[bytes] = []

    def recording(left: bytes, right: bytes) -> bool:
        compared.append(left)
        return hmac.compare_digest(left, right)

    monkeypatch.setattr("parsepy.http.authenticate.compare_digest", recording)

    answer = await app.client.post(
        f"{URL}/classes/Game",
        json={"_ApplicationId": "app", "_method": "GET"},
        headers={"X-Parse-Master-Key": "master-kez"},
    )

    assert answer.status_code == 403
    assert compared == [b"master-kez"]


@pytest.mark.parametrize(
    "name",
    [
        *("_MasterKey", "masterKey", "master_key", "X-Parse-Master-Key", "x-parse-master-key"),
        *("_MaintenanceKey", "maintenanceKey", "X-Parse-Maintenance-Key"),
    ],
)
async def test_rule_keys_never_come_from_the_query_of_an_address(app: LocalApp, name: str) -> None:
    await app.ok("POST", "/schemas/Closed", {"classLevelPermissions": {"find": {}}}, master=True)
    for key in (MASTER_KEY, MAINTENANCE_KEY, READ_ONLY_KEY):
        for path in ("/classes/Closed", "/schemas", "/serverInfo"):
            answer = await app.send("GET", f"{path}?{name}={key}")
            assert answer.status_code in (400, 403)
            without_app_id = await app.client.get(
                f"{URL}{path}", params={"_ApplicationId": "app", name: key}
            )
            assert without_app_id.status_code == 403


@pytest.mark.parametrize(
    "key", ["", "None", "null", "undefined", "\xe9", "master-key ", "MASTER-KEY"]
)
async def test_rule_a_key_that_is_not_configured_matches_nothing(transport: Door, key: str) -> None:
    async with local_app(readOnlyMasterKey=None, maintenanceKey=None) as app:
        for who in (Who(master_key=key), Who(maintenance_key=key)):
            try:
                reply = await transport.ask(app, "GET", "/schemas", who=who)
            except UnicodeEncodeError:
                # No header can carry it.
                continue
            assert reply.error == "Permission denied"


@pytest.mark.parametrize("name", ["clientKey", "javascriptKey", "restAPIKey", "dotNetKey"])
async def test_rule_where_client_keys_are_configured_one_has_to_match(
    transport: Door, name: str
) -> None:
    options: dict[str, Any] = {name: "needed"}
    async with local_app(**options) as app:
        refused = await transport.ask(app, "GET", "/classes/Game")
        assert refused.status == 403
        assert (await transport.ask(app, "GET", "/classes/Game", who=MASTER)).ok


async def test_rule_the_maintenance_key_opens_no_management_route(
    app: LocalApp, transport: Door
) -> None:
    user = await app.sign_up()
    await app.create("Game", {"a": 1})
    for method, path, body in (
        ("GET", "/schemas", {}),
        ("GET", "/schemas/Game", {}),
        ("POST", "/schemas/New", {}),
        ("PUT", "/schemas/Game", {"fields": {"b": {"type": "String"}}}),
        ("DELETE", "/schemas/Game", {}),
        ("GET", "/serverInfo", {}),
        ("POST", "/loginAs", {"userId": user.id}),
    ):
        for who in (MAINTENANCE, NOBODY, session(user)):
            reply = await transport.ask(app, method, path, body, who=who)
            assert reply.error == "Permission denied", (method, path)
    schemas = await app.ok("GET", "/schemas", master=True)
    assert "New" not in {schema["className"] for schema in schemas["results"]}


async def test_rule_the_maintenance_key_reads_internal_fields_but_no_hash(
    app: LocalApp, door: Door
) -> None:
    await app.ok("POST", "/users", {"username": "ann", "password": "secret"})
    ann = (await app.find("_User", {"username": "ann"}, master=True))[0]
    internal = {"_failed_login_count": 3}
    changed = await HEADERS.ask(app, "PUT", f"/users/{ann['objectId']}", internal, who=MAINTENANCE)
    assert changed.ok

    reply = await door.ask(app, "GET", f"/users/{ann['objectId']}", who=MAINTENANCE)
    as_master = await door.ask(app, "GET", f"/users/{ann['objectId']}", who=MASTER)

    assert reply.value["_failed_login_count"] == 3
    assert "_hashed_password" not in reply.value
    assert not [name for name in as_master.value if name.startswith("_")]
