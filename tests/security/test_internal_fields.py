"""Fields of users that only the server writes and reads, at any depth, by every door."""

import pytest

from parsepy.protocol.operations import SetValue
from parsepy.query.tree import Equal, Path
from tests.security.doors import MASTER, NOBODY, Door, Who, session
from tests.security.stored_rows import rows_of
from tests.support.local_app import LocalApp, User

pytestmark = pytest.mark.anyio

INTERNAL_FIELDS = [
    *("_hashed_password", "_perishable_token", "_perishable_token_expires_at"),
    *("_email_verify_token", "_email_verify_token_expires_at", "_failed_login_count"),
    *("_account_lockout_expires_at", "_password_changed_at", "_password_history", "_tombstone"),
    *("_session_token", "_rperm", "_wperm", "_acl", "_auth_data_anonymous", "_p_user"),
]
DELETE = {"__op": "Delete"}


@pytest.fixture
async def ann(app: LocalApp) -> User:
    body = {"username": "ann", "password": "secret", "email": "ann@parse.test"}
    answer = await app.ok("POST", "/users", body)
    return User(answer["objectId"], answer["sessionToken"])


async def test_rule_internal_fields_are_never_writable(
    app: LocalApp, ann: User, door: Door
) -> None:
    before = await rows_of(app, "_User")
    values: list[object] = ["x", None, DELETE, {"__op": "Increment", "amount": 1}, ["*"]]
    for name in [*INTERNAL_FIELDS, "_hashed_password.a", "_password_history.0"]:
        for value in values:
            for who in (session(ann), MASTER):
                account = {"username": "eve", "password": "x", name: value}
                created = await door.ask(app, "POST", "/users", account, who=who)
                assert created.code == 105, (name, value)
                updated = await door.ask(app, "PUT", f"/users/{ann.id}", {name: value}, who=who)
                assert updated.code == 105, (name, value)
    assert await rows_of(app, "_User") == before


async def test_rule_a_token_of_old_days_is_written_by_no_client(
    app: LocalApp, ann: User, door: Door
) -> None:
    """It would be a way in that outlives the session it was planted by. SDKs send back what they
    have, so it is no error either."""
    schema = await app.app.parts.schemas.get("_User")
    where = Equal(Path("objectId"), ann.id)
    await app.storage.storage.update(schema, where, {"sessionToken": SetValue("legacy")})
    values: list[object] = ["mine", ann.token, "", None, DELETE, {"a": 1}, 1]
    bodies = [{"sessionToken": value} for value in values] + [{"sessionToken.a": 1}]
    for place, body in enumerate(bodies):
        updated = await door.ask(app, "PUT", f"/users/{ann.id}", body, who=session(ann))
        assert updated.ok, body
        account = {"username": f"eve{place}", "password": "x", **body}
        created = await door.ask(app, "POST", "/users", account)
        assert created.ok, body
        assert created.value["sessionToken"].startswith("r:")
    tokens = {row["username"]: row.get("sessionToken") for row in await rows_of(app, "_User")}
    assert tokens.pop("ann") == "legacy"
    assert set(tokens.values()) == {None}
    shown = await app.ok("GET", "/schemas/_User", master=True)
    assert "sessionToken" not in shown["fields"]
    planted = Who(session_token="mine")
    assert not (await door.ask(app, "POST", "/upgradeToRevocableSession", {}, who=planted)).ok


async def test_rule_a_token_of_old_days_is_no_filter(app: LocalApp, ann: User, door: Door) -> None:
    """Not even on rows that a caller may read."""
    schema = await app.app.parts.schemas.get("_User")
    where = Equal(Path("objectId"), ann.id)
    await app.storage.storage.update(schema, where, {"sessionToken": SetValue("legacy")})
    await app.create("Guess", {"text": "legacy"})
    conditions: list[object] = ["legacy", {"$regex": "^l"}, {"$ne": "x"}, {"$exists": True}]
    for condition in conditions:
        for asked in (
            {"sessionToken": condition},
            {"$or": [{"sessionToken": condition}]},
            {"$nor": [{"$nor": [{"sessionToken": condition}]}]},
        ):
            reply = await door.ask(app, "GET", "/users", {"where": asked}, who=session(ann))
            assert not reply.ok or reply.value == {"results": []}, asked
            counted = {"where": asked, "count": 1, "limit": 0}
            reply = await door.ask(app, "GET", "/users", counted, who=session(ann))
            assert not reply.ok or reply.value["count"] == 0, asked
    query = {"className": "_User", "where": {}}
    select = {"text": {"$select": {"query": query, "key": "sessionToken"}}}
    reply = await door.ask(app, "GET", "/classes/Guess", {"where": select}, who=session(ann))
    assert not reply.ok or reply.value == {"results": []}


async def test_rule_internal_fields_are_never_readable(
    app: LocalApp, ann: User, door: Door
) -> None:
    internal = {"_failed_login_count": 7, "_perishable_token": "perishable"}
    await app.ok("PUT", f"/users/{ann.id}", internal, X_Parse_Maintenance_Key="maintenance-key")
    every = ",".join(INTERNAL_FIELDS)
    for who in (session(ann), MASTER, NOBODY):
        for method, path, body in (
            ("GET", "/users", {}),
            ("GET", "/users", {"keys": every}),
            ("GET", f"/users/{ann.id}", {"keys": every}),
            ("GET", f"/users/{ann.id}", {"excludeKeys": "username"}),
            ("GET", "/users/me", {}),
            ("GET", "/sessions", {"include": "user", "keys": "user._hashed_password"}),
            ("GET", "/login", {"username": "ann", "password": "secret"}),
            ("POST", "/login", {"username": "ann", "password": "secret"}),
            ("POST", "/verifyPassword", {"username": "ann", "password": "secret"}),
            ("POST", "/loginAs", {"userId": ann.id}),
            ("PUT", f"/users/{ann.id}", {"phone": "1"}),
        ):
            reply = await door.ask(app, method, path, body, who=who)
            assert "perishable" not in reply.text, path
            assert "_hashed" not in reply.text, path
            assert "$2b$" not in reply.text, path
            assert "failed_login" not in reply.text, path


async def test_rule_internal_fields_are_never_usable_in_a_filter(
    app: LocalApp, ann: User, door: Door
) -> None:
    for name in [*INTERNAL_FIELDS, "_hashed_password.a", "_auth_data_anonymous.id"]:
        if name in ("_rperm", "_wperm"):
            # What they say is in the ACL of the objects that a caller reads anyway.
            continue
        for where in (
            {name: "x"},
            {name: {"$exists": True}},
            {"$or": [{"username": "ann"}, {name: {"$regex": "^a"}}]},
            {"$and": [{"$nor": [{"$or": [{name: {"$ne": None}}]}]}]},
        ):
            for who in (session(ann), NOBODY):
                reply = await door.ask(app, "GET", "/users", {"where": where}, who=who)
                assert reply.code == 105, where


async def test_rule_password_hashes_are_never_usable_in_a_filter(
    app: LocalApp, ann: User, door: Door
) -> None:
    for condition in ({"$regex": "^.2b"}, {"$exists": True}, {"$gt": ""}):
        for name in ("_hashed_password", "password"):
            for who in (session(ann), MASTER):
                where = {name: condition}
                reply = await door.ask(app, "GET", "/users", {"where": where}, who=who)
                assert reply.code == 105 or reply.value == {"results": []}, where


async def test_rule_internal_fields_are_never_sortable(
    app: LocalApp, ann: User, door: Door
) -> None:
    for name in INTERNAL_FIELDS:
        for order in (name, f"-{name}", f"username,{name}", f"{name}.a"):
            for who in (session(ann), MASTER):
                reply = await door.ask(app, "GET", "/users", {"order": order}, who=who)
                assert reply.code == 105, order
    # A user's token from the days before sessions.
    for order in ("sessionToken", "-sessionToken", "username,sessionToken", "sessionToken.a"):
        reply = await door.ask(app, "GET", "/users", {"order": order}, who=session(ann))
        assert reply.code == 105, order


async def test_rule_nothing_below_a_provider_but_its_id_is_a_filter_or_sort_key(
    app: LocalApp, door: Door
) -> None:
    user = await app.sign_up()
    secret = {"anonymous": {"id": "mine", "secret": "s3cret"}}
    await app.ok("PUT", f"/users/{user.id}", {"authData": secret}, master=True)
    for who in (session(user), NOBODY):
        for where in (
            {"authData.anonymous.secret": {"$regex": "^s"}},
            {"$or": [{"authData.anonymous.secret": "s3cret"}]},
            {"authData.anonymous": {"$exists": True}},
            {"authData.anonymous.id.x": 1},
            {"authData": {"$exists": True}},
            {"authData": secret},
            {"$nor": [{"authData": {"$exists": False}}]},
        ):
            reply = await door.ask(app, "GET", "/users", {"where": where}, who=who)
            assert not reply.ok or reply.value == {"results": []}, where
        for order in ("authData.anonymous.secret", "-authData.anonymous.secret", "authData"):
            reply = await door.ask(app, "GET", "/users", {"order": order}, who=who)
            assert reply.code == 105, order
