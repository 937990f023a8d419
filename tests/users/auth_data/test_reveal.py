"""What providers hide leaves by no door that may hold a user."""

from typing import Any

import pytest

from parsepy.protocol.operations import SetValue
from parsepy.query import tree
from tests.support.local_app import LocalApp, User, local_app
from tests.users.auth_data.providers import Secretive

pytestmark = pytest.mark.anyio

SECRET = "nobody may read this"
BODY = {"username": "ann", "password": "secret"}
AUTH_DATA = {"vault": {"id": "1", "key": SECRET}}
SHOWN = {"vault": {"status": "there"}}


async def _ann(parse: LocalApp) -> User:
    answer = await parse.ok("POST", "/users", {**BODY, "authData": AUTH_DATA})
    assert SECRET not in str(answer)
    return User(answer["objectId"], answer["sessionToken"])


async def test_every_door_shows_what_the_provider_lets_be_seen() -> None:
    async with local_app(auth={"vault": Secretive()}) as parse:
        ann = await _ann(parse)
        await parse.create("Note", {"by": _pointer(ann)}, user=ann)
        answers: dict[str, Any] = {
            "log-in": await parse.ok("POST", "/login", BODY),
            "log-in with proof": await parse.ok("POST", "/login", {**BODY, "authData": AUTH_DATA}),
            "by provider": await parse.ok("POST", "/users", {"authData": AUTH_DATA}),
            "verify password": await parse.ok("POST", "/verifyPassword", BODY),
            "me": await parse.ok("GET", "/users/me", user=ann),
            "get": await parse.ok("GET", f"/users/{ann.id}", user=ann),
            "find": await parse.find("_User", {"objectId": ann.id}, user=ann),
            "include": await parse.ok("GET", "/classes/Note?include=by", user=ann),
            "session": await parse.ok("GET", "/sessions/me?include=user", user=ann),
            "update": await parse.ok(
                "PUT", f"/users/{ann.id}", {"authData": {"vault": {"key": "new"}}}, user=ann
            ),
            "batch": await parse.ok(
                "POST",
                "/batch",
                {"requests": [{"method": "GET", "path": "/parse/users/me"}]},
                user=ann,
            ),
        }
        by_master = await parse.ok("GET", f"/users/{ann.id}", master=True)

    for door, answer in answers.items():
        assert SECRET not in str(answer), door
    assert answers["me"]["authData"] == answers["get"]["authData"] == SHOWN
    assert answers["log-in"]["authData"] == answers["find"][0]["authData"] == SHOWN
    assert by_master["authData"]["vault"]["key"] == "new"


async def test_cloud_code_gets_no_more_of_the_caller_than_he_himself() -> None:
    async with local_app(auth={"vault": Secretive()}) as parse:
        seen: list[Any] = []

        @parse.app.registry.function("whoami")
        async def whoami(request: Any) -> str:
            seen.append(request.user.state)
            return "you"

        ann = await _ann(parse)
        await parse.ok("POST", "/functions/whoami", {}, user=ann)

    assert SECRET not in str(seen)
    assert seen[0]["authData"] == SHOWN


async def test_others_see_no_authentication_data_at_all() -> None:
    async with local_app(auth={"vault": Secretive()}) as parse:
        answer = await parse.ok(
            "POST", "/users", {"authData": AUTH_DATA, "ACL": {"*": {"read": True}}}
        )
        eve = await parse.sign_up()

        seen = await parse.ok("GET", f"/users/{answer['objectId']}", user=eve)

    assert "authData" not in seen


async def test_of_a_provider_that_is_not_configured_its_owner_sees_the_id_only() -> None:
    async with local_app() as parse:
        ann = await parse.sign_up()
        where = {"objectId": ann.id}
        schema = await parse.app.parts.schemas.get("_User")
        await parse.app.parts.storage.update(
            schema,
            tree.Equal(tree.Path("objectId"), ann.id),
            {"authData.vault": SetValue({"id": "1", "key": SECRET})},
        )

        by_owner = await parse.find("_User", where, user=ann)
        by_master = await parse.find("_User", where, master=True)

    assert by_owner[0]["authData"]["vault"] == {"id": "1"}
    assert by_master[0]["authData"]["vault"]["key"] == SECRET


def _pointer(user: User) -> dict[str, str]:
    return {"__type": "Pointer", "className": "_User", "objectId": user.id}
