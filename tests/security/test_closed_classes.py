"""Classes and routes that are not for clients, in every spelling."""

from urllib.parse import quote

import pytest

from tests.security.doors import (
    DOORS,
    HEADERS,
    MAINTENANCE,
    MASTER,
    NOBODY,
    TRANSPORTS,
    Door,
    session,
)
from tests.support.local_app import URL, LocalApp

pytestmark = pytest.mark.anyio

INTERNAL_CLASSES = [
    *("_JobStatus", "_PushStatus", "_Hooks", "_GlobalConfig", "_GraphQLConfig", "_JobSchedule"),
    *("_Audience", "_Idempotency", "_Join:users:_Role", "_Join:roles:_Role", "_Join:fans:Game"),
]
NO_CLASSES = [
    *("_ParsepyMail", "_ParsepyFileAccess", "_ParsepyEvent"),
    *("_SCHEMA", "_Schema", "system.users", "system.profile", "_join:users:_Role", "_hooks"),
    *("_user", "_Session ", "_Join", "_Join:", "_Join:users", "_Join:users:_Role:x", "__proto__"),
    *("sqlite_schema'", "_USER", "_Foo", "_", "$cmd", "admin.system.users", "fs.files", "_Join::"),
]


def _spellings(class_name: str) -> list[str]:
    """The path's segment as it is, with odd characters encoded, and with every one encoded."""
    every = "".join(f"%{byte:02x}" for byte in class_name.encode())
    return [quote(class_name, safe=":"), quote(class_name, safe=""), every, every.upper()]


@pytest.mark.parametrize("class_name", INTERNAL_CLASSES)
async def test_rule_internal_classes_are_closed_to_clients_in_every_spelling(
    app: LocalApp, transport: Door, class_name: str
) -> None:
    ann = await app.sign_up()
    await app.grant_role("admins", ann)
    fields = {"owningId": "x", "relatedId": ann.id, "name": "x"}
    for spelling in _spellings(class_name):
        for method, path, body in (
            ("GET", f"/classes/{spelling}", {}),
            ("GET", f"/classes/{spelling}", {"count": 1, "limit": 0}),
            ("GET", f"/classes/{spelling}/one", {}),
            ("POST", f"/classes/{spelling}", fields),
            ("PUT", f"/classes/{spelling}/one", fields),
            ("DELETE", f"/classes/{spelling}/one", {}),
        ):
            for who in (session(ann), NOBODY):
                reply = await transport.ask(app, method, path, body, who=who)
                assert (reply.code, reply.error) == (119, "Permission denied"), (method, path)


async def test_rule_a_write_to_what_is_no_class_is_a_clean_refusal(stored: LocalApp) -> None:
    ann = await stored.sign_up()
    schemas = await stored.ok("GET", "/schemas", master=True)
    for class_name in NO_CLASSES:
        for who in (session(ann), MASTER, MAINTENANCE):
            path = f"/classes/{quote(class_name, safe='')}"
            created = await HEADERS.ask(stored, "POST", path, {"a": 1}, who=who)
            updated = await HEADERS.ask(stored, "PUT", f"{path}/one", {"a": 1}, who=who)
            deleted = await HEADERS.ask(stored, "DELETE", f"{path}/one", who=who)
            got = await HEADERS.ask(stored, "GET", f"{path}/one", who=who)
            found = await HEADERS.ask(stored, "GET", path, who=who)
            assert created.code in (107, 119), class_name
            assert updated.code in (101, 107, 119), class_name
            assert deleted.code in (101, 107, 119), class_name
            assert got.code in (101, 119), class_name
            assert found.code == 119 or found.value == {"results": []}, class_name
    assert await stored.ok("GET", "/schemas", master=True) == schemas


async def test_rule_join_rows_grant_no_roles_by_any_door(app: LocalApp) -> None:
    eve = await app.sign_up()
    role = await app.grant_role("admins")
    row = {"owningId": role, "relatedId": eve.id}
    pointer = {"__type": "Pointer", "className": "_User", "objectId": eve.id}
    for door in DOORS:
        await door.ask(app, "POST", "/classes/_Join:users:_Role", row, who=session(eve))
        membership = {"users": {"__op": "AddRelation", "objects": [pointer]}}
        await door.ask(app, "PUT", f"/roles/{role}", membership, who=session(eve))
        await door.ask(app, "PUT", f"/roles/{role}", membership)
    assert await app.app.parts.storage.role_names(eve.id) == []


async def test_rule_internal_classes_are_no_classes_to_the_schema_api(
    app: LocalApp, transport: Door
) -> None:
    for class_name in [*INTERNAL_CLASSES, *NO_CLASSES]:
        if class_name in ("_JobStatus", "_PushStatus", "_JobSchedule", "_Audience", "_Idempotency"):
            # These exist for every caller of the schema API, and stay as they are.
            continue
        body = {"className": class_name, "fields": {"a": {"type": "String"}}}
        assert not (await transport.ask(app, "POST", "/schemas", body, who=MASTER)).ok, class_name
        path = f"/schemas/{quote(class_name, safe='')}"
        assert not (await transport.ask(app, "PUT", path, body, who=MASTER)).ok, class_name


async def test_rule_pointers_open_no_internal_class(app: LocalApp, transport: Door) -> None:
    hook = {"functionName": "f", "url": "http://secret.test"}
    await app.ok("POST", "/hooks/functions", hook, master=True)
    (created,) = await app.find("_Hooks", {}, master=True)
    config = await app.ok("POST", "/classes/_Audience", {"name": "secret.test"}, master=True)
    for class_name, object_id in (
        ("_Hooks", created["objectId"]),
        ("_Audience", config["objectId"]),
    ):
        pointer = {"__type": "Pointer", "className": class_name, "objectId": object_id}
        await app.ok("POST", f"/classes/Box{class_name}", {"all": [pointer], "one": pointer})
        for parameters in ({"include": "all"}, {"include": "one"}, {"keys": "one.url,all.name"}):
            reply = await transport.ask(app, "GET", f"/classes/Box{class_name}", parameters)
            assert "secret.test" not in reply.text
            everything = await transport.ask(
                app, "GET", f"/classes/Box{class_name}", {"include": "one"}, who=MASTER
            )
            assert "secret.test" in everything.text


async def test_rule_only_the_master_key_reaches_management_routes(app: LocalApp) -> None:
    ann = await app.sign_up()
    for transport in TRANSPORTS:
        for method, path in (
            ("GET", "/schemas"),
            ("GET", "/Schemas/"),
            ("GET", "/%73chemas"),
            ("POST", "/schemas/New"),
            ("PUT", "/schemas/_User"),
            ("DELETE", "/schemas/_User"),
            ("GET", "/serverInfo"),
            ("GET", "/SERVERINFO"),
        ):
            for who in (NOBODY, session(ann)):
                reply = await transport.ask(app, method, path, who=who)
                assert reply.error == "Permission denied", (method, path)
    assert (await app.client.get(f"{URL}/schemas")).status_code == 403
