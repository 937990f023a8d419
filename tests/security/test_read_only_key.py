"""The read-only master key: it reads like the master key, it writes nothing, and it reads nothing
with which one could write."""

import pytest

from tests.security.doors import HEADERS, MASTER, READ_ONLY, Door, Reply, Who
from tests.support.local_app import READ_ONLY_KEY, LocalApp, User

pytestmark = pytest.mark.anyio


@pytest.fixture
async def ann(app: LocalApp) -> User:
    user = await app.sign_up(username="ann")
    await app.create("Game", {"name": "chess"})
    return user


async def _everything(app: LocalApp) -> list[Reply]:
    paths = ("/classes/Game", "/users", "/roles", "/sessions", "/installations", "/schemas")
    replies = [await HEADERS.ask(app, "GET", path, who=MASTER) for path in paths]
    return [reply.value for reply in replies]


async def test_rule_the_read_only_key_refuses_every_write(
    app: LocalApp, ann: User, door: Door
) -> None:
    game = (await app.find("Game", {}))[0]["objectId"]
    role = await app.grant_role("admins", ann)
    current = (await app.find("_Session", {}, master=True))[0]["objectId"]
    phone = await app.create("_Installation", {"installationId": "p", "deviceType": "ios"})
    before = await _everything(app)
    for method, path, body in (
        ("POST", "/classes/Game", {"a": 1}),
        ("POST", "/classes/New", {"a": 1}),
        ("PUT", f"/classes/Game/{game}", {"a": 1}),
        ("DELETE", f"/classes/Game/{game}", {}),
        ("POST", "/users", {"username": "eve", "password": "x"}),
        ("POST", "/users", {"authData": {"anonymous": {"id": "new"}}}),
        ("PUT", f"/users/{ann.id}", {"password": "mine"}),
        ("DELETE", f"/users/{ann.id}", {}),
        ("POST", "/roles", {"name": "r", "ACL": {}}),
        ("PUT", f"/roles/{role}", {"a": 1}),
        ("DELETE", f"/roles/{role}", {}),
        ("POST", "/sessions", {}),
        (
            "POST",
            "/sessions",
            {"user": {"__type": "Pointer", "className": "_User", "objectId": ann.id}},
        ),
        ("PUT", f"/sessions/{current}", {"a": 1}),
        ("DELETE", f"/sessions/{current}", {}),
        ("POST", "/installations", {"installationId": "q", "deviceType": "ios"}),
        ("PUT", f"/installations/{phone}", {"a": 1}),
        ("DELETE", f"/installations/{phone}", {}),
        ("POST", "/classes/_Audience", {"name": "all", "query": "{}"}),
        ("POST", "/schemas", {"className": "New"}),
        ("PUT", "/schemas/Game", {"fields": {"b": {"type": "String"}}}),
        ("PUT", "/schemas/Game", {"classLevelPermissions": {}}),
        ("DELETE", "/schemas/Game", {}),
        ("POST", "/loginAs", {"userId": ann.id}),
    ):
        for who in (READ_ONLY, Who(READ_ONLY_KEY, session_token=ann.token)):
            reply = await door.ask(app, method, path, body, who=who)
            assert reply.code == 119, (method, path, reply.value)
    assert await _everything(app) == before


async def test_rule_the_read_only_key_ends_no_session(
    app: LocalApp, ann: User, transport: Door
) -> None:
    reply = await transport.ask(app, "POST", "/logout", who=Who(READ_ONLY_KEY, None, ann.token))

    assert reply.code == 119
    assert (await app.send("GET", "/users/me", user=ann)).status_code == 200


async def test_rule_the_read_only_key_reads_no_session_tokens(
    app: LocalApp, ann: User, door: Door
) -> None:
    current = (await app.find("_Session", {}, master=True))[0]["objectId"]
    pointer = {"__type": "Pointer", "className": "_Session", "objectId": current}
    await app.ok("POST", "/classes/Log", {"session": pointer, "all": [pointer]}, master=True)
    for path, parameters in (
        ("/sessions", {}),
        ("/sessions", {"keys": "sessionToken"}),
        ("/sessions", {"include": "user"}),
        (f"/sessions/{current}", {}),
        (f"/sessions/{current}", {"keys": "sessionToken,user"}),
        ("/classes/Log", {"include": "session,all"}),
        ("/classes/Log", {"include": "session", "keys": "session.sessionToken"}),
        ("/users", {}),
        (f"/users/{ann.id}", {}),
    ):
        reply = await door.ask(app, "GET", path, parameters, who=READ_ONLY)
        assert reply.ok, path
        assert "r:" not in reply.text, path


@pytest.mark.parametrize("field", ["sessionToken", "_session_token"])
async def test_rule_the_read_only_key_guesses_no_session_tokens(
    app: LocalApp, ann: User, door: Door, field: str
) -> None:
    conditions: list[object] = [
        *(ann.token, {"$regex": "^r:"}, {"$gt": "r:"}, {"$in": [ann.token]}, {"$ne": "x"}),
        {"$exists": True},
    ]
    for condition in conditions:
        for where in ({field: condition}, {"$or": [{field: condition}]}, {"$nor": [{field: "x"}]}):
            for parameters in ({"where": where}, {"where": where, "count": 1, "limit": 0}):
                reply = await door.ask(app, "GET", "/sessions", parameters, who=READ_ONLY)
                assert reply.code in (105, 119), where
    assert (await door.ask(app, "GET", "/sessions", {"order": field}, who=READ_ONLY)).code in (
        105,
        119,
    )
