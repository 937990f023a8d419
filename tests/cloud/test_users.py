"""Accounts in cloud code: the same rules as over REST, and nobody is logged in by himself."""

from typing import Any

import pytest

from parsepy.cloud import ACL, Installation, Object, Query, Role, Session, User
from parsepy.errors import ParseError
from tests.support.local_app import LocalApp, local_app
from tests.users.auth_data.providers import Badge

pytestmark = pytest.mark.anyio


async def test_a_user_signs_up_logs_in_and_out(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        ann = await User(username="ann", password="secret", email="a@example.com").sign_up()
        assert ann.session_token is None
        assert "password" not in ann.to_json()
        bob = await User(username="bob", password="secret").sign_up(installation_id="phone")
        assert bob.session_token is not None

        logged_in = await User.log_in("ann", "secret")
        token = str(logged_in.session_token)
        assert (logged_in.object_id, logged_in.email) == (ann.object_id, "a@example.com")
        assert (await User.become(token)).object_id == ann.object_id
        assert (await Session.current(token)).user.object_id == ann.object_id
        await logged_in.save({"age": 30}, session_token=token)

        await User.log_out(token)
        with pytest.raises(ParseError) as ended:
            await User.become(token)
        assert ended.value.code == 209
        assert (await User.log_in_as(str(ann.object_id))).session_token
        assert (await User.verify_password("ann", "secret")).object_id == ann.object_id
        for wrong in (User.log_in("ann", "x"), User.verify_password("nobody", "x")):
            with pytest.raises(ParseError) as refused:
                await wrong
            assert refused.value.code == 101


async def test_providers_log_in_link_and_go(stored: LocalApp) -> None:
    async with local_app(auth={"badge": {"module": Badge()}}) as parse:
        with parse.app.cloud_code():
            ann = await User.log_in_with("badge", {"id": "1", "code": "open"})
            again = await User.log_in_with("badge", {"id": "1", "code": "open"})
            assert ann.object_id == again.object_id
            assert again.is_linked("badge")

            await ann.link_with("anonymous", {"id": "2"}, session_token=str(again.session_token))
            await ann.unlink_from("badge", use_master_key=True)
            stored_user = await Query(User).get(str(ann.object_id), use_master_key=True)
            assert (stored_user.is_linked("badge"), stored_user.is_linked("anonymous")) == (
                False,
                True,
            )


async def test_roles_hold_users_and_roles(stored: LocalApp) -> None:
    with stored.app.cloud_code():
        ann = await User(username="ann", password="x").sign_up()
        admins = Role.named("admins", ACL())
        admins.users.add(ann)
        await admins.save(use_master_key=True)
        staff = Role.named("staff", ACL())
        staff.roles.add(admins)
        await staff.save(use_master_key=True)

        members = await admins.users.query().find(use_master_key=True)
        assert [type(one) for one in members] == [User]
        assert members[0].object_id == ann.object_id
        below = await staff.roles.query().first(use_master_key=True)
        assert isinstance(below, Role)
        assert below.name == "admins"

        secret = Object("Secret")
        acl = ACL()
        acl.role("staff").read = True
        secret.set_acl(acl)
        await secret.save(use_master_key=True)
        token = str((await User.log_in("ann", "x")).session_token)
        assert await Query("Secret").count(session_token=token) == 1
        assert await Query("Secret").count() == 0


async def test_the_caller_of_a_function_is_a_user(parse: LocalApp) -> None:
    class Player(User):
        team: str

    seen: list[Any] = []
    parse.app.registry.add_class(Player)

    @parse.app.registry.function("who")
    async def who(request: Any) -> str:
        seen.append(request.user)
        await request.user.save({"team": "red"}, session_token=request.user.session_token)
        return str(request.user.team)

    ann = await parse.sign_up()
    assert await parse.ok("POST", "/functions/who", {}, user=ann) == {"result": "red"}
    assert isinstance(seen[0], Player)


async def test_installations_are_objects_of_their_class(parse: LocalApp) -> None:
    with parse.app.cloud_code():
        phone = Installation(device_type="ios", installation_id="i-1", channels=["a"])
        await phone.save(use_master_key=True)
        found = await Query(Installation).first(use_master_key=True)

    assert found is not None
    assert (found.device_type, found.installation_id, found.channels) == ("ios", "i-1", ["a"])
