"""Permissions of classes and objects, on every class that a request touches."""

import pytest

from tests.security.doors import (
    MASTER,
    NOBODY,
    Door,
    session,
)
from tests.support.local_app import LocalApp, local_app

pytestmark = pytest.mark.anyio

OPERATIONS = ("find", "get", "count", "create", "update", "delete", "addField")


async def _close(app: LocalApp, class_name: str, operation: str) -> None:
    open_ = {name: {"*": True} for name in OPERATIONS if name != operation}
    await app.ok("PUT", f"/schemas/{class_name}", {"classLevelPermissions": open_}, master=True)


@pytest.mark.parametrize("operation", OPERATIONS)
async def test_rule_class_permissions_hold_by_every_door(
    app: LocalApp, transport: Door, operation: str
) -> None:
    game = await app.create("Game", {"name": "chess"})
    ann = await app.sign_up()
    await _close(app, "Game", operation)
    requests: dict[str, list[tuple[str, str, dict[str, object]]]] = {
        "find": [("GET", "/classes/Game", {}), ("GET", "/classes/Game", {"where": {"name": "x"}})],
        "get": [
            ("GET", f"/classes/Game/{game}", {}),
            ("GET", "/classes/Game", {"where": {"objectId": game}}),
        ],
        "count": [
            ("GET", "/classes/Game", {"count": 1, "limit": 0}),
            ("GET", "/classes/Game", {"count": 1}),
        ],
        "create": [("POST", "/classes/Game", {"name": "x"})],
        "update": [("PUT", f"/classes/Game/{game}", {"name": "x"})],
        "delete": [("DELETE", f"/classes/Game/{game}", {})],
        "addField": [
            ("POST", "/classes/Game", {"newField": 1}),
            ("PUT", f"/classes/Game/{game}", {"newField": None}),
            ("PUT", f"/classes/Game/{game}", {"newField.a": 1}),
            ("PUT", f"/classes/Game/{game}", {"newField.a.b": {"__op": "Increment", "amount": 1}}),
            ("PUT", f"/classes/Game/{game}", {"newField": {"a": 1}}),
        ],
    }
    before = await app.find("Game", {}, master=True)
    for method, path, body in requests[operation]:
        for who in (NOBODY, session(ann)):
            reply = await transport.ask(app, method, path, body, who=who)
            assert reply.code == 119, (path, body)
    assert await app.find("Game", {}, master=True) == before


async def test_rule_permission_is_judged_on_included_classes(
    app: LocalApp, transport: Door
) -> None:
    game = await app.create("Game", {"name": "secret.test"})
    pointer = {"__type": "Pointer", "className": "Game", "objectId": game}
    await app.create("Box", {"one": pointer, "all": [[pointer], pointer], "map": {"deep": pointer}})
    await _close(app, "Game", "get")
    for include in ("one", "all", "map.deep", "*", "one.x.y"):
        reply = await transport.ask(app, "GET", "/classes/Box", {"include": include})
        assert "secret.test" not in reply.text, include


async def test_rule_acls_hold_for_includes_and_counts(app: LocalApp, transport: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    acl = {ann.id: {"read": True, "write": True}}
    game = await app.create("Game", {"name": "secret.test", "ACL": acl})
    pointer = {"__type": "Pointer", "className": "Game", "objectId": game}
    await app.create("Box", {"one": pointer, "all": [pointer]})
    for who in (NOBODY, session(ben)):
        for parameters in ({"include": "one,all"}, {"include": "*"}):
            reply = await transport.ask(app, "GET", "/classes/Box", parameters, who=who)
            assert "secret.test" not in reply.text
        counted = {"count": 1, "limit": 0, "where": {"name": {"$regex": "^secret"}}}
        reply = await transport.ask(app, "GET", "/classes/Game", counted, who=who)
        assert reply.value["count"] == 0


async def test_rule_an_object_out_of_reach_is_like_a_missing_one(
    app: LocalApp, transport: Door
) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    game = await app.create("Game", {"name": "x", "ACL": {ann.id: {"read": True, "write": True}}})
    for who in (NOBODY, session(ben)):
        for method, body in (("GET", {}), ("PUT", {"name": "y"}), ("DELETE", {})):
            there = await transport.ask(app, method, f"/classes/Game/{game}", body, who=who)
            missing = await transport.ask(app, method, "/classes/Game/missing", body, who=who)
            assert there == missing
            assert there.code == 101


async def test_rule_explain_is_not_for_clients(app: LocalApp, transport: Door) -> None:
    await app.create("Game", {"name": "x"})
    for parameters in ({"explain": True}, {"explain": "executionStats"}, {"explain": "true"}):
        reply = await transport.ask(app, "GET", "/classes/Game", parameters)
        assert reply.code in (102, 108, 119), parameters
    for explain in ("nonsense", 5, ["a"], {"a": 1}, "__class__"):
        for who in (NOBODY, MASTER):
            reply = await transport.ask(app, "GET", "/classes/Game", {"explain": explain}, who=who)
            assert reply.code == 102, explain


async def test_rule_a_hint_chooses_an_index_and_nothing_else(
    stored: LocalApp, transport: Door
) -> None:
    await stored.create("Game", {"name": "x", "ACL": {}})
    await stored.create("Game", {"name": "y"})
    for hint in (
        "_id_",
        {"_id": 1},
        "gone",
        "x'; --",
        5,
        True,
        ["a"],
        {"$where": 1},
        {"a": "b"},
        {},
    ):
        reply = await transport.ask(stored, "GET", "/classes/Game", {"hint": hint})
        names = [row["name"] for row in reply.value["results"]] if reply.ok else ["y"]
        assert (reply.code in (None, 102), names) == (True, ["y"]), (hint, reply)


async def test_rule_clients_create_no_classes_where_they_must_not(transport: Door) -> None:
    async with local_app(allowClientClassCreation=False) as app:
        for method, path, body in (
            ("POST", "/classes/New", {"a": 1}),
            ("PUT", "/classes/New/one", {"a": 1}),
            ("GET", "/classes/New", {}),
            ("GET", "/classes/New/one", {}),
        ):
            reply = await transport.ask(app, method, path, body)
            assert (reply.code, reply.error) == (119, "Permission denied"), (method, path)
        schemas = await app.ok("GET", "/schemas", master=True)
    assert "New" not in {schema["className"] for schema in schemas["results"]}


async def test_rule_defaults_and_permissions_are_copied_per_use(stored: LocalApp) -> None:
    body = {
        "fields": {
            "list": {"type": "Array", "defaultValue": [1]},
            "map": {"type": "Object", "defaultValue": {"a": {"b": 1}}},
        },
        "classLevelPermissions": {
            **{operation: {"*": True} for operation in OPERATIONS},
            "ACL": {"*": {"read": True}, "currentUser": {"read": True, "write": True}},
        },
    }
    await stored.ok("POST", "/schemas/Game", body, master=True)
    before = await stored.ok("GET", "/schemas/Game", master=True)
    ann, ben = await stored.sign_up(), await stored.sign_up()
    first = await stored.create("Game", {}, user=ann)
    changes = {"list": {"__op": "Add", "objects": [2]}, "map.a.b": 2, "map.c": [1]}
    await stored.ok("PUT", f"/classes/Game/{first}", changes, user=ann)

    second = await stored.ok("POST", "/classes/Game", {}, user=ben)

    kept = await stored.ok("GET", f"/classes/Game/{second['objectId']}")
    for seen in (second, kept):
        assert (seen["list"], seen["map"]) == ([1], {"a": {"b": 1}})
        assert seen["ACL"] == {"*": {"read": True}, ben.id: {"read": True, "write": True}}
    assert await stored.ok("GET", "/schemas/Game", master=True) == before


async def test_rule_a_hint_of_a_client_has_no_effect(stored: LocalApp, transport: Door) -> None:
    await stored.create("Game", {"name": "y"})
    hint = {"hint": "an index that is not there"}

    by_client = await transport.ask(stored, "GET", "/classes/Game", hint)
    by_master = await transport.ask(stored, "GET", "/classes/Game", hint, who=MASTER)

    assert by_client.ok, by_client
    assert by_master.code == 102
