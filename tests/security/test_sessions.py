"""Sessions belong to their users, and what makes them sessions belongs to the server."""

import asyncio
from collections.abc import Mapping

import pytest

from parsepy.protocol.operations import SetValue
from parsepy.query.tree import Equal, Path
from tests.security.doors import HEADERS, MASTER, NOBODY, Door, Who, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import LocalApp, User, local_app

pytestmark = pytest.mark.anyio

EARLY = {"__type": "Date", "iso": "2001-01-01T00:00:00.000Z"}
LATE = {"__type": "Date", "iso": "2999-01-01T00:00:00.000Z"}


def _server_values(other: User) -> list[dict[str, object]]:
    """Everything a client could try to give a session that only the server gives it."""
    pointer = {"__type": "Pointer", "className": "_User", "objectId": other.id}
    wanted: dict[str, list[object]] = {
        "sessionToken": ["r:mine", other.token],
        "user": [pointer],
        "expiresAt": [LATE, EARLY],
        "createdWith": [{"action": "login", "authProvider": "password"}],
        "installationId": ["theirs"],
    }
    empty: list[object] = [None, "", 0, {"__op": "Delete"}]
    below: list[object] = [1, None, {"__op": "Delete"}]
    bodies: list[dict[str, object]] = []
    for name, values in wanted.items():
        bodies += [{name: value} for value in [*values, *empty]]
        bodies += [{f"{name}.a": value} for value in below]
    return bodies


@pytest.mark.parametrize("expire", [True, False])
async def test_rule_server_fields_are_the_servers_at_creation(
    transport: Door, expire: bool
) -> None:
    async with local_app(expireInactiveSessions=expire) as app:
        ann, ben = await app.sign_up(), await app.sign_up()
        first = {row["objectId"] for row in await rows_of(app, "_Session")}
        for body in _server_values(ben):
            reply = await transport.ask(app, "POST", "/sessions", body, who=session(ann))
            assert reply.ok or reply.code in (105, 111), body
        made = [row for row in await rows_of(app, "_Session") if row["objectId"] not in first]
        for row in made:
            assert row["user"] == {"__type": "Pointer", "className": "_User", "objectId": ann.id}
            assert row["createdWith"] == {"action": "create"}
            assert len(str(row["sessionToken"])) == 34
            assert "installationId" not in row
            assert ("expiresAt" in row) is expire
            assert row.get("expiresAt") not in (EARLY, LATE)
            assert not [name for name in row if "." in name]
        assert made
        tokens = {row["sessionToken"] for row in await rows_of(app, "_Session")}
        assert len(tokens) == len(made) + len(first)


async def test_rule_server_fields_are_the_servers_at_update(app: LocalApp, door: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    own = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    before = await rows_of(app, "_Session")
    disguised: list[Mapping[str, object]] = [
        {"user": {"__op": "Delete", "objectId": ann.id}},
        {"user": {"__op": "Delete", "__type": "Pointer", "className": "_User", "objectId": ann.id}},
        {"user.objectId": ben.id},
    ]
    for body in [*_server_values(ben), *disguised]:
        reply = await door.ask(app, "PUT", f"/sessions/{own}", body, who=session(ann))
        assert reply.code in (105, 111), body
    assert await rows_of(app, "_Session") == before


async def test_rule_a_session_belongs_to_its_user(app: LocalApp, door: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    foreign = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    before = await rows_of(app, "_Session")
    for method, body in (("GET", {}), ("PUT", {"a": 1}), ("PUT", {}), ("DELETE", {})):
        path = f"/sessions/{foreign}"
        assert (await door.ask(app, method, path, body, who=session(ben))).code == 101
        assert (await door.ask(app, method, path, body)).code == 209
    assert await rows_of(app, "_Session") == before


async def test_rule_queries_show_ones_own_sessions_only(app: LocalApp, door: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    own = (await app.find("_Session", {}, user=ben))[0]["objectId"]
    wheres: list[dict[str, object]] = [
        {},
        {"sessionToken": {"$exists": True}},
        {"$or": [{"sessionToken": ann.token}, {"objectId": {"$exists": True}}]},
        {"$nor": [{"sessionToken": ben.token, "objectId": "x"}]},
    ]
    for where in wheres:
        for more in ({"count": 1}, {"include": "user"}):
            parameters: dict[str, object] = {"where": where, **more}
            reply = await door.ask(app, "GET", "/sessions", parameters, who=session(ben))
            assert [row["objectId"] for row in reply.value["results"]] == [own]
            assert reply.value.get("count", 1) == 1
            assert ann.token not in reply.text
            assert (await door.ask(app, "GET", "/sessions", parameters)).code == 209
    foreign: list[dict[str, object]] = [
        {"sessionToken": ann.token},
        {"sessionToken": {"$regex": "^r:"}, "user": ann.id},
    ]
    for where in foreign:
        counted = {"where": where, "count": 1, "limit": 0}
        reply = await door.ask(app, "GET", "/sessions", counted, who=session(ben))
        assert not reply.ok or reply.value["count"] == 0


async def test_rule_subqueries_show_ones_own_sessions_only(app: LocalApp, transport: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    foreign = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    pointer = {"__type": "Pointer", "className": "_Session", "objectId": foreign}
    await app.create("Log", {"session": pointer, "token": ann.token}, user=ben)
    query = {"className": "_Session", "where": {"sessionToken": {"$regex": "^r:"}}}
    wheres: list[dict[str, object]] = [
        {"session": {"$inQuery": query}},
        {"token": {"$select": {"query": query, "key": "sessionToken"}}},
        {"objectId": {"$exists": True}, "session": {"$inQuery": {**query, "where": {}}}},
    ]
    for where in wheres:
        for parameters in ({"where": where}, {"where": where, "count": 1, "limit": 0}):
            by_ben = await transport.ask(app, "GET", "/classes/Log", parameters, who=session(ben))
            by_nobody = await transport.ask(app, "GET", "/classes/Log", parameters)
            assert by_ben.value["results"] == []
            assert by_ben.value.get("count", 0) == 0
            assert not by_nobody.ok


async def test_rule_a_legacy_token_is_a_text_that_is_equal(app: LocalApp, transport: Door) -> None:
    ann = await app.sign_up()
    schema = await app.app.parts.schemas.get("_User")
    where = Equal(Path("objectId"), ann.id)
    await app.storage.storage.update(schema, where, {"sessionToken": SetValue("legacytoken")})
    near = ("legacy", "LEGACYTOKEN", "^legacytoken$", "r:legacytoken", '{"$ne":null}', "%", "*")
    for token in near:
        who = Who(session_token=token)
        for path in ("/upgradeToRevocableSession", "/sessions", "/logout"):
            assert not (await transport.ask(app, "POST", path, {}, who=who)).ok

    sessions = await rows_of(app, "_Session")
    assert [row["sessionToken"] for row in sessions] == [ann.token]


async def test_rule_includes_show_ones_own_sessions_only(app: LocalApp, transport: Door) -> None:
    ann, ben = await app.sign_up(), await app.sign_up()
    foreign = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    pointer = {"__type": "Pointer", "className": "_Session", "objectId": foreign}
    await app.create("Log", {"one": pointer, "all": [pointer]}, user=ben)
    for who in (session(ben), NOBODY):
        for parameters in ({"include": "one,all"}, {"keys": "one.sessionToken"}):
            reply = await transport.ask(app, "GET", "/classes/Log", parameters, who=who)
            assert ann.token not in reply.text
            assert "sessionToken" not in reply.text


async def test_rule_expiry_is_compared_on_every_use(
    app: LocalApp, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = await app.sign_up()
    assert (await door.ask(app, "GET", f"/users/{ann.id}", who=session(ann))).ok

    monkeypatch.setattr("parsepy.users.sessions.dates.now", lambda: "2999-01-01T00:00:00.000Z")

    assert (await door.ask(app, "GET", f"/users/{ann.id}", who=session(ann))).code == 209


@pytest.mark.parametrize("ending", ["log-out", "password", "deletion", "its session deleted"])
async def test_rule_an_ended_session_is_refused_at_once(
    app: LocalApp, door: Door, ending: str
) -> None:
    ann = await app.sign_up()
    own = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    asked = {
        "log-out": ("POST", "/logout", {}),
        "password": ("PUT", f"/users/{ann.id}", {"password": "new"}),
        "deletion": ("DELETE", f"/users/{ann.id}", {}),
        "its session deleted": ("DELETE", f"/sessions/{own}", {}),
    }[ending]
    assert (await HEADERS.ask(app, "GET", "/users/me", who=session(ann))).ok

    assert (await door.ask(app, asked[0], asked[1], asked[2], who=session(ann))).ok

    assert (await door.ask(app, "GET", "/users", who=session(ann))).code == 209
    assert (await door.ask(app, "GET", "/users/me", who=session(ann))).code == 209


async def test_rule_new_rights_of_a_session_hold_at_once(app: LocalApp, door: Door) -> None:
    ann = await app.sign_up()
    own = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    assert (await door.ask(app, "GET", "/users", who=session(ann))).ok

    ended = await door.ask(app, "PUT", f"/sessions/{own}", {"expiresAt": EARLY}, who=MASTER)

    assert ended.ok
    assert (await door.ask(app, "GET", "/users", who=session(ann))).code == 209


async def test_rule_a_class_is_never_redirected_to_sessions(app: LocalApp, transport: Door) -> None:
    ann = await app.sign_up()
    own = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    pointer = {"__type": "Pointer", "className": "_Session", "objectId": own}
    await app.create("Game", {"session": pointer})

    by_pointer = {"redirectClassNameForKey": "session"}
    reply = await transport.ask(app, "GET", "/classes/Game", by_pointer)

    assert [row["className"] for row in reply.value["results"]] == ["Game"]
    assert ann.token not in reply.text


async def test_rule_a_relation_leads_to_sessions_of_ones_own_only(
    app: LocalApp, transport: Door
) -> None:
    ann, eve = await app.sign_up(), await app.sign_up()
    fields = {"all": {"type": "Relation", "targetClass": "_Session"}}
    await app.ok("POST", "/schemas/Game", {"fields": fields}, master=True)

    by_relation = {"redirectClassNameForKey": "all"}
    unknown = await transport.ask(app, "GET", "/classes/Game", by_relation)
    known = await transport.ask(app, "GET", "/classes/Game", by_relation, who=session(eve))

    assert unknown.code == 209
    assert [row["user"]["objectId"] for row in known.value["results"]] == [eve.id]
    assert ann.token not in unknown.text + known.text


async def test_rule_sessions_me_strips_protected_fields_like_a_find(
    app: LocalApp, transport: Door
) -> None:
    ann = await app.sign_up()
    fields = {"note": {"type": "String"}}
    permissions = {
        **{operation: {"*": True} for operation in ("find", "get", "create", "update", "addField")},
        "protectedFields": {"*": ["note", "createdWith"]},
    }
    change = {"fields": fields, "classLevelPermissions": permissions}
    await app.ok("PUT", "/schemas/_Session", change, master=True)
    own = (await app.find("_Session", {}, user=ann))[0]["objectId"]
    await app.ok("PUT", f"/classes/_Session/{own}", {"note": "hidden"}, master=True)
    for method, path, body in (
        ("GET", "/sessions/me", {}),
        ("GET", "/sessions/ME", {}),
        ("GET", f"/sessions/{own}", {}),
        ("POST", "/upgradeToRevocableSession", {}),
        ("POST", "/sessions", {"note": "hidden"}),
    ):
        reply = await transport.ask(app, method, path, body, who=session(ann))
        assert reply.ok, path
        assert "note" not in reply.value
        assert "createdWith" not in reply.value
        assert reply.value["sessionToken"].startswith("r:")


async def test_rule_every_method_of_sessions_me_needs_a_session(
    app: LocalApp, transport: Door
) -> None:
    await app.sign_up()
    before = await rows_of(app, "_Session")
    for method in ("GET", "PUT", "DELETE"):
        for who in (NOBODY, Who(session_token="r:unknown")):
            reply = await transport.ask(app, method, "/sessions/me", {}, who=who)
            assert reply.code == 209
    assert await rows_of(app, "_Session") == before


async def test_rule_making_a_session_ends_no_foreign_one(app: LocalApp, transport: Door) -> None:
    ann = await app.sign_up()
    ben = await app.sign_up()
    await app.ok("POST", "/sessions", {}, user=ann, X_Parse_Installation_Id="phone")
    pointer = {"__type": "Pointer", "className": "_User", "objectId": ann.id}
    foreign = [row for row in await rows_of(app, "_Session") if row["user"] == pointer]
    for body in (
        {"user": pointer, "installationId": "phone"},
        {"user": {"$ne": 1}},
        {"user": None},
    ):
        headers = {"X-Parse-Installation-Id": "phone"}
        await transport.ask(app, "POST", "/sessions", body, who=session(ben), headers=headers)
    assert [row for row in await rows_of(app, "_Session") if row["user"] == pointer] == foreign


async def _log_ins(app: LocalApp, *names: str, installation: str) -> list[User]:
    """Sessions of those users, begun at once on one installation."""

    async def log_in(name: str) -> User:
        body = {"authData": {"anonymous": {"id": name}}}
        answer = await app.ok("POST", "/users", body, X_Parse_Installation_Id=installation)
        return User(answer["objectId"], answer["sessionToken"])

    return list(await asyncio.gather(*map(log_in, names)))


async def test_rule_a_log_in_ends_its_users_session_of_that_installation_alone(
    stored: LocalApp,
) -> None:
    await _log_ins(stored, "ann", installation="web")
    (tablet,) = await _log_ins(stored, "ann", installation="tablet")
    (ben,) = await _log_ins(stored, "ben", installation="phone")
    (first,) = await _log_ins(stored, "ann", installation="phone")

    (second,) = await _log_ins(stored, "ann", installation="phone")

    left = [row["sessionToken"] for row in await rows_of(stored, "_Session")]
    assert first.token not in left
    assert {tablet.token, ben.token, second.token} <= set(left)
    assert len(left) == 4


async def test_rule_ten_log_ins_at_once_end_no_foreign_session_and_leave_each_one(
    stored: LocalApp,
) -> None:
    (tablet,) = await _log_ins(stored, "ann", installation="tablet")
    # A user that several make at once is made by one of them; the others are told so (208).
    await _log_ins(stored, "ben", installation="web")
    users = await _log_ins(stored, *["ann", "ben"] * 5, installation="phone")

    left = {row["sessionToken"] for row in await rows_of(stored, "_Session")}
    assert tablet.token in left
    for one in ({user.token for user in users[::2]}, {user.token for user in users[1::2]}):
        assert one & left


async def test_rule_the_user_of_a_clean_up_is_not_the_bodys(stored: LocalApp, door: Door) -> None:
    (ann,) = await _log_ins(stored, "ann", installation="phone")
    (ben,) = await _log_ins(stored, "ben", installation="phone")
    pointer = {"__type": "Pointer", "className": "_User", "objectId": ann.id}
    forged = {"user": pointer, "installationId": "phone", "sessionToken": ann.token}
    identity = {"authData": {"anonymous": {"id": "ben"}}}
    headers = {"X-Parse-Installation-Id": "phone"}
    for path in ("/users", "/sessions", "/upgradeToRevocableSession"):
        who = NOBODY if path == "/users" else session(ben)
        body = {**forged, **identity} if path == "/users" else forged
        reply = await door.ask(stored, "POST", path, body, who=who, headers=headers)
        if reply.ok and path != "/sessions":
            ben = User(ben.id, reply.value["sessionToken"])

    assert ann.token in {row["sessionToken"] for row in await rows_of(stored, "_Session")}


@pytest.mark.parametrize(
    ("read", "path", "body"),
    [
        ("find", "/login", {"username": "ann", "password": "old"}),
        ("get", "/sessions", {}),
        ("get", "/upgradeToRevocableSession", {}),
    ],
    ids=["log-in", "further session", "upgrade"],
)
async def test_rule_no_session_that_is_made_meanwhile_outlives_a_change_of_the_password(
    stored: LocalApp, read: str, path: str, body: Mapping[str, object]
) -> None:
    signed_up = await stored.ok("POST", "/users", {"username": "ann", "password": "old"})
    ann = User(signed_up["objectId"], signed_up["sessionToken"])
    held = stored.storage.hold_next(read)
    by = None if path == "/login" else ann
    asked = asyncio.create_task(stored.send("POST", path, body, user=by))
    await held.reached.wait()
    await stored.ok("PUT", f"/users/{ann.id}", {"password": "new"}, master=True)
    held.release()
    answer = await asked
    assert not answer.is_success
    assert answer.json()["code"] in (101, 209)
    assert await rows_of(stored, "_Session") == []
